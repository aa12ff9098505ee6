import type { JsonText } from '../protocol/json-text.ts'
import type { ColumnFindings, ColumnPlan, ColumnState } from './columns.ts'

/** Where rows go: turns them into text and hands it to a destination. */
export interface Sink {
  /**
   * Takes one page of rows; resolves once the destination has taken them, so that a slow reader slows the walk.
   *
   * @throws OutputError or BrokenPipeError from the destination
   */
  write(rows: readonly JsonText[]): Promise<void>
  /** Writes what belongs behind the last row. Does not close the destination: whether it is kept is not ours to say. */
  close(): Promise<void>
  /** What became of the columns; only for sinks that have some. */
  columns?(): ColumnFindings
  /** The same for whoever goes on with the table; `undefined` before the first row. */
  state?(): ColumnState | undefined
}

/** Opens the sink of a run. One that writes a table asks for its columns, which may cost the run a call. */
export type OpenSink = (columns: () => Promise<ColumnPlan>) => Promise<Sink>
