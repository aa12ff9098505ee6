import { UsageError } from '../errors.ts'
import { openCsv } from './csv-rows.ts'
import { utf8Chunks } from './decoded.ts'
import { formatOfName, type InputFormat, isTable } from './input-format.ts'
import type { InputRow, InputSource } from './input-row.ts'
import { jsonItems } from './json-items.ts'
import { jsonRows } from './json-rows.ts'
import { unpacked } from './unpacked.ts'

export interface ReadOptions {
  /** `undefined`: what the name of the source says, else what its first character says, if that begins JSON. */
  readonly format: InputFormat | undefined
  /** As for `utf8Chunks`. */
  readonly encoding: string
  /** Between the cells of a table; `undefined`: the one that its header has. */
  readonly delimiter: string | undefined
}

/** What is known of rows before the first of them is taken. */
export interface Opening {
  /** `json` is an array and `ndjson` lines, whatever was asked for: the first character says which. */
  readonly format: InputFormat
  /**
   * The header of a table as it stands, in UTF-8 and without its line end: with it before them, the `raw` of rows are a
   * table again. `undefined` for JSON, and for a table without any content.
   */
  readonly header: Buffer | undefined
}

export interface RowInput extends Opening {
  /** Can be gone through once, holding no more than a chunk and a row. Leaving it closes the source. */
  readonly rows: AsyncGenerator<InputRow, void, undefined>
}

const OPEN_BRACE = 0x7b

/**
 * Opens rows and reads as far as their header, or their first character.
 *
 * @throws UsageError for input of no known format, and from `rows` for whatever is wrong with one of them
 */
export async function readRows(source: InputSource, options: ReadOptions): Promise<RowInput> {
  const items = openingAndRows(source, options)
  const { value: opening } = await items.next()
  // Begun as it is, the generator closes the source even if it is left before its first row.
  return { ...(opening as Opening), rows: items as AsyncGenerator<InputRow, void, undefined> }
}

async function* openingAndRows(
  source: InputSource,
  { format, encoding, delimiter }: ReadOptions,
): AsyncGenerator<Opening | InputRow, void, undefined> {
  const chunks = utf8Chunks(unpacked(source), encoding, source.name)
  const expected = format ?? formatOfName(source.name)
  try {
    if (isTable(expected)) {
      const given = delimiter ?? (expected === 'tsv' ? '\t' : undefined)
      const { header, rows } = await openCsv(chunks, source.name, given)
      yield { format: expected, header }
      yield* rows
    } else {
      const items = await jsonItems(chunks, source.name)
      const isJson = items.isArray || items.first === OPEN_BRACE || items.first === undefined
      if (expected === undefined && !isJson) throw unknownFormat(source.name)
      yield { format: items.isArray ? 'json' : 'ndjson', header: undefined }
      yield* jsonRows(items)
    }
  } finally {
    await chunks.return()
  }
}

function unknownFormat(name: string): UsageError {
  return new UsageError(
    'input-format',
    `The format of ${name} is not known: its name does not tell, and it begins neither with { nor with [.`,
    'If it is a table with a header: --input-format csv.',
  )
}
