/** A run that failed after its output was opened: the error, and what became of the rows. */
export class FailedRun extends Error {
  /** Sentences for the user, such as where the rows so far are. */
  readonly notes: readonly string[]

  constructor(cause: unknown, notes: readonly string[]) {
    super('the run failed', { cause })
    this.notes = notes
  }
}
