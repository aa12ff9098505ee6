import type { JsonText } from '../protocol/json-text.ts'

/** One row of input: an object of JSON, or a record of a table. */
export interface InputRow {
  /** The line on which it begins, from 1; for an element of a JSON array its place, from 1. */
  readonly line: number
  /** Its members or cells in their order: JSON as it stands, cells of a table as text. */
  readonly fields: ReadonlyMap<string, JsonText | string>
  /** What stood in the input, in UTF-8 and without its line end, so that it can be input again. */
  readonly raw: Buffer
}

/** One id of input. */
export interface InputId {
  /** As in `InputRow`. */
  readonly line: number
  /** The id as JSON, in the writing of the input: `5`, `"5"`, `"0005"`. */
  readonly literal: string
  /** The id as it goes to the portal. */
  readonly text: string
  readonly raw: Buffer
}

/** Where input comes from. */
export interface InputSource {
  /** For messages: the name of the file, or "standard input". */
  readonly name: string
  /** Opens it from its beginning; a pipe can be opened once only. */
  open(): AsyncIterable<Buffer>
}
