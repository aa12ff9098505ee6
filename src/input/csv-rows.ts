import { UsageError } from '../errors.ts'
import { recordsOf } from './csv-records.ts'
import type { InputRow } from './input-row.ts'
import { type Item, lineOf } from './item.ts'
import { linesOf } from './lines.ts'

/** A table whose header has been read. */
export interface CsvTable {
  /** As it stands, in UTF-8 and without its line end; `undefined` if the table is empty. */
  readonly header: Buffer | undefined
  readonly rows: AsyncGenerator<InputRow, void, undefined>
}

type ReadCells = (records: Buffer) => string[][]

const LINE_FEED = Buffer.from('\n')

/** What is told apart by itself. */
const DELIMITERS = [',', ';', '\t']

/**
 * A table as in RFC 4180, its first record the header. Cells keep every blank and every zero.
 *
 * @param delimiter `undefined`: the one that the header has
 * @throws UsageError for headers with empty or repeated names, from `rows` for records that do not fit under them
 */
export async function openCsv(
  chunks: AsyncIterable<Buffer>,
  name: string,
  delimiter: string | undefined,
): Promise<CsvTable> {
  // Loaded here: NDJSON, the default, does without.
  const { parse } = await import('csv-parse/sync')
  const groups = recordsOf(linesOf(chunks, name), name)
  const first = await groups.next()
  const [header, ...others] = first.done === true ? [] : first.value
  const options = {
    delimiter: delimiter ?? delimiterOf(header?.bytes.toString() ?? '', name),
    record_delimiter: '\n',
    relax_column_count: true,
  }
  const read: ReadCells = (records) => parse(records, options)
  const names = header === undefined ? [] : namesOf(cellsOf(header, read, name), name)
  return { header: header?.bytes, rows: rowsUnder(names, others, groups, read, name) }
}

async function* rowsUnder(
  names: readonly string[],
  begun: readonly Item[],
  groups: AsyncIterable<readonly Item[]>,
  read: ReadCells,
  name: string,
): AsyncGenerator<InputRow, void, undefined> {
  for await (const records of joined(begun, groups)) {
    const cellsOfAll = cellsTogether(records, read)
    for (const [place, record] of records.entries()) {
      const cells = cellsOfAll?.[place] ?? cellsOf(record, read, name)
      refuseOtherWidth(cells.length, names.length, lineOf(name)(record.line))
      const fields = new Map(names.map((column, at) => [column, cells[at] ?? '']))
      yield { line: record.line, fields, raw: record.bytes }
    }
  }
}

async function* joined(
  begun: readonly Item[],
  groups: AsyncIterable<readonly Item[]>,
): AsyncGenerator<readonly Item[]> {
  yield begun
  yield* groups
}

/** One parser for many records costs a tenth of one for each; which of them is at fault only the latter can say. */
function cellsTogether(records: readonly Item[], read: ReadCells): string[][] | undefined {
  try {
    const cells = read(Buffer.concat(records.flatMap(({ bytes }) => [bytes, LINE_FEED])))
    return cells.length === records.length ? cells : undefined
  } catch {
    return undefined
  }
}

function cellsOf({ line, bytes }: Item, read: ReadCells, name: string): string[] {
  let records: string[][] = []
  try {
    records = read(bytes)
  } catch {
    // It has no cells, as below.
  }
  const [cells, ...others] = records
  if (cells !== undefined && others.length === 0) return cells
  throw new UsageError(
    'input-csv',
    `${lineOf(name)(line)} has a quote where none may stand.`,
    'A value with quotes in it stands in quotes, and each of its own is doubled: "5"" pipe".',
  )
}

function refuseOtherWidth(cells: number, columns: number, where: string): void {
  if (cells === columns) return
  throw new UsageError(
    'input-csv',
    `${where} has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header has ${columns}.`,
    'Values with the delimiter in them stand in quotes; --input-delimiter says which one it is.',
  )
}

/** The delimiter of a header, if there can be no doubt about it. */
function delimiterOf(header: string, name: string): string {
  const outside = header.replace(/"[^"]*"/g, '')
  const [found = ',', ...others] = DELIMITERS.filter((delimiter) => outside.includes(delimiter))
  if (others.length === 0) return found
  const kinds = [found, ...others].map((delimiter) => JSON.stringify(delimiter)).join(' and ')
  throw new UsageError(
    'input-delimiter',
    `The header of ${name} has ${kinds} in it, and each of them may be the delimiter.`,
    'Name it: --input-delimiter ";".',
  )
}

function namesOf(cells: readonly string[], name: string): readonly string[] {
  const known = new Set<string>()
  for (const [at, column] of cells.entries()) {
    const fault = faultOf(column, known)
    if (fault !== undefined) {
      throw new UsageError(
        'input-header',
        `The header of ${name} ${fault} (column ${at + 1}).`,
        'The first line names the columns, each with a name of its own.',
      )
    }
    known.add(column)
  }
  return cells
}

function faultOf(column: string, known: ReadonlySet<string>): string | undefined {
  const shown = JSON.stringify(column)
  if (column.trim() === '') return 'has a column without a name'
  if (/\r(?!\n)/.test(column)) return 'has line ends of old Macs, CR alone, where LF or CRLF are needed'
  // The portal ignores fields that it does not know, and " TITLE" is one.
  if (column.trim() !== column) return `has blanks around ${shown}`
  return known.has(column) ? `has ${shown} twice` : undefined
}
