import { UsageError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { cellText } from './cells.ts'
import { type ColumnPlan, Columns, type ColumnState } from './columns.ts'
import { CsvPage } from './csv-page.ts'
import type { Destination } from './destination.ts'
import { fieldsOfFirstRecord } from './first-record.ts'
import type { Sink } from './sink.ts'

export interface CsvStyle {
  /** One character. */
  readonly delimiter: string
  readonly hasHeader: boolean
  /** Begins with the byte order mark, by which Excel knows UTF-8. */
  readonly hasBom: boolean
  readonly lineEnd: '\n' | '\r\n'
  /** Puts an apostrophe before what a spreadsheet would run as a formula. */
  readonly escapesFormulas: boolean
  /** Joins the names of nested values, each in a column of its own; `undefined`: nested values stay whole, as JSON. */
  readonly flatten: string | undefined
}

const BOM = '\uFEFF'
const NUMBER = /^-\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * A table as in RFC 4180, one write a page. Its columns are fixed with the first page; `columns()` says what could not
 * be put into them.
 *
 * @param begun the columns of a table that the rows are to go on with; `plan` is not asked for then
 * @throws UsageError from `write` and `close` if rows are appended to a table with other columns
 */
export async function csvSink(
  destination: Destination,
  style: CsvStyle,
  plan: () => Promise<ColumnPlan>,
  begun?: ColumnState,
): Promise<Sink> {
  // Loaded here: NDJSON, the default, does without.
  const { stringify } = await import('csv-stringify/sync')
  let columns = begun && Columns.of(begun, style.flatten)
  const known = begun?.plan ?? (await plan())

  function lines(records: readonly (readonly string[])[]): string {
    return stringify([...records], {
      delimiter: style.delimiter,
      record_delimiter: style.lineEnd,
      quote_record_delimiter: true,
      // A line without anything in it is no row to many readers.
      quoted_empty: columns?.names.length === 1,
      escape_formulas: style.escapesFormulas,
      ...(style.escapesFormulas ? { cast: { string: keepNumber } } : {}),
    })
  }

  /** What stands before the first row, once it is known what that has. */
  function opening(firstRows: readonly JsonText[]): string {
    columns = Columns.fixedBy(known, firstRows, style.flatten)
    const header = style.hasHeader && columns.names.length > 0 ? lines([columns.names]) : ''
    if (destination.head === undefined) return (style.hasBom ? BOM : '') + header
    if (style.hasHeader) refuseOtherHeader(destination.head, header)
    else refuseOtherWidth(destination.head, columns.names.length, style.delimiter)
    return ''
  }

  let page: CsvPage | undefined

  function pageOf(start: string, rows: readonly JsonText[]): Buffer {
    const { delimiter, lineEnd, escapesFormulas } = style
    const valuesOf = (row: JsonText): readonly (JsonText | undefined)[] => columns?.values(row) ?? []
    if (escapesFormulas || delimiter > '\u007F') {
      const records = rows.map((row) =>
        valuesOf(row).map((value) => (value === undefined ? '' : cellText(value))),
      )
      return Buffer.from(start + lines(records))
    }
    page ??= new CsvPage({ delimiter, lineEnd, quotesEmpty: columns?.names.length === 1 })
    page.addText(start)
    for (const row of rows) page.addRecord(valuesOf(row))
    return page.take()
  }

  return {
    async write(rows) {
      if (rows.length === 0) return
      const start = columns === undefined ? opening(rows) : ''
      await destination.write(pageOf(start, rows))
    },
    async close() {
      if (columns !== undefined) return
      const start = opening([])
      if (start !== '') await destination.write(Buffer.from(start))
    },
    columns: () => columns?.findings() ?? { rows: 0, late: new Map(), clashes: new Map(), unseen: [] },
    state: () => columns?.state,
  }
}

/** A negative number begins like a formula and is none. */
function keepNumber(text: string): string | { value: string; escape_formulas: false } {
  return NUMBER.test(text) ? { value: text, escape_formulas: false } : text
}

function refuseOtherHeader(head: Buffer, header: string): void {
  const there = head.toString('utf8')
  if ((there.startsWith(BOM) ? there.slice(1) : there).startsWith(header)) return
  throw new UsageError(
    'append-header',
    'The file that --append should add to has another header than these rows would have.',
    'Name the columns of the file with --select, in its order, and use the same --delimiter, --crlf and --flatten.',
  )
}

/** Without a header the number of columns is all that there is to compare. */
function refuseOtherWidth(head: Buffer, columns: number, delimiter: string): void {
  const there = fieldsOfFirstRecord(head.toString('utf8'), delimiter)
  if (columns === 0 || there === undefined || there === columns) return
  throw new UsageError(
    'append-header',
    `The file that --append should add to has ${there} columns, and these rows would have ${columns}.`,
    'Name the columns of the file with --select, in its order, and use the same --delimiter and --flatten.',
  )
}
