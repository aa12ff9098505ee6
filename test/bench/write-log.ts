/** A line of the sandbox's write log. */
export interface LoggedWrite {
  /** Of the HTTP request that it came in. */
  readonly ordinal: number
  /** Whether it was a command of a batch. */
  readonly nested: boolean
  readonly method: string
  readonly entity: string
  readonly id: number
  /** The parameters as the portal read them. */
  readonly asked: Readonly<Record<string, unknown>>
}

/** The writes in a log, in the order in which they were carried out. */
export function writesIn(log: string): LoggedWrite[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LoggedWrite)
}

/** A field that a write sets, as text. */
export function writtenField({ asked }: LoggedWrite, name: string): string {
  const { fields } = asked as { fields?: Readonly<Record<string, unknown>> }
  return String(fields?.[name])
}
