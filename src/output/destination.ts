import type { Recorder } from './recorder.ts'

/** Where text goes. Exactly one of `commit` and `abandon` ends it. */
export interface Destination {
  /** First bytes of what the rows are added to, unpacked; `undefined` if the output begins with them. */
  readonly head?: Buffer | undefined
  /** Only where a later run can go on with what this one leaves behind. */
  readonly recorder?: Recorder | undefined
  /**
   * Takes all of `chunk` or throws; resolves once there is room for more, and `chunk` is the caller's again.
   *
   * @throws BrokenPipeError if the reader has gone, OutputError for everything else (disk full, I/O error)
   */
  write(chunk: Buffer): Promise<void>
  /** Everything is there: makes it durable and, for a file, puts it in the place of the old one. @throws OutputError */
  commit(): Promise<void>
  /** The run failed: leaves the old file alone. Says where the rows so far are, if they are kept anywhere. */
  abandon(): Promise<string | undefined>
}
