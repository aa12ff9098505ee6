import type { ColumnState } from './columns.ts'

/** A place in a list: everything up to here has left for the output. */
export interface Mark {
  /** Id of the last row; `undefined` if there was none. */
  readonly afterId: number | undefined
  /** Rows since the list began. */
  readonly rows: number
  /** The fields that were asked for, masks replaced by what they stood for; `undefined` for whatever the portal selects. */
  readonly select: readonly string[] | undefined
  /** For tables. */
  readonly columns: ColumnState | undefined
  /** Ids up to here of rows that cannot be read, and are left out; none if it is left out itself. */
  readonly unreadable?: readonly number[]
}

/** What an earlier run has left behind, and where it ended. */
export interface Resumed extends Mark {
  /** All rows are there. */
  readonly isComplete: boolean
  /** When the first of these runs began, in ISO 8601. */
  readonly startedAt: string
}

/** Writes down how far an output is, so that a later run can go on with it. */
export interface Recorder {
  /** What this run goes on with; `undefined`: it begins anew. */
  readonly resumed: Resumed | undefined
  /** Whether it has to be told of every row; else every page is enough. */
  readonly everyRow: boolean
  /** Told when whole rows were written, the last of which `mark` speaks of. @throws OutputError */
  reached(mark: () => Mark): Promise<void>
  /** Nobody is to go on with this output: what is missing in it would not come by that. */
  forget(): Promise<void>
}
