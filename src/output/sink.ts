import { type JsonText } from '../protocol/json-text.ts'

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
}
