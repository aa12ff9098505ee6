import { type Field, type Row, fieldValue } from '../data/fields.ts'
import { jsonString, jsonText } from '../php-json.ts'
import type { PhpArray, Value } from '../values.ts'
import type { RowTexts } from './written-rows.ts'

const [BEGIN, COMMA, END] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')]

/** One key of an answered row: what it is called there, and the field behind it. */
export interface Column {
  readonly name: string
  readonly field: Field
  /** How the answer shows the value where it is not as stored (`crm.item.*` shows ids as numbers). */
  readonly show?: (value: Value, row: Row) => Value
}

function cell(row: Row, column: Column): Value | undefined {
  const value = fieldValue(row, column.field)
  return value === undefined || column.show === undefined ? value : column.show(value, row)
}

/** One row of an answer; its values are worked out when a reference or the writer asks. */
export class RowView implements PhpArray {
  readonly row: Row
  readonly columns: readonly Column[]

  constructor(row: Row, columns: readonly Column[]) {
    this.row = row
    this.columns = columns
  }

  get size(): number {
    return this.columns.length
  }

  get(key: string): Value | undefined {
    const column = this.columns.find((one) => one.name === key)
    return column === undefined ? undefined : cell(this.row, column)
  }

  *entries(): Generator<[string, Value]> {
    for (const column of this.columns) {
      const value = cell(this.row, column)
      if (value !== undefined) yield [column.name, value]
    }
  }

  get json(): string {
    const pieces: string[] = []
    pushRow(pieces, this.row, this.columns, keyTexts(this.columns))
    return pieces.join('')
  }
}

/** The rows of one page: a list that is written when it is found, so that a long batch is not written all at once. */
export class RowPage implements PhpArray {
  readonly rows: readonly Row[]
  readonly columns: readonly Column[]
  readonly json: Buffer

  /** @param kept rows that are written already */
  constructor(rows: readonly Row[], columns: readonly Column[], kept?: RowTexts) {
    this.rows = rows
    this.columns = columns
    this.json = keptPage(rows, kept) ?? Buffer.from(pageText(rows, columns))
  }

  get size(): number {
    return this.rows.length
  }

  get(key: string): Value | undefined {
    const row = /^\d+$/.test(key) ? this.rows[Number(key)] : undefined
    return row === undefined ? undefined : new RowView(row, this.columns)
  }

  *entries(): Generator<[string, Value]> {
    for (const [index, row] of this.rows.entries()) yield [String(index), new RowView(row, this.columns)]
  }
}

/** A page of rows all of which are written already; else nothing. */
function keptPage(rows: readonly Row[], kept: RowTexts | undefined): Buffer | undefined {
  if (kept === undefined || rows.length === 0) return undefined
  const pieces: Buffer[] = []
  for (const { id } of rows) {
    const text = kept.get(id)
    if (text === undefined) return undefined
    pieces.push(pieces.length === 0 ? BEGIN : COMMA, text)
  }
  return Buffer.concat([...pieces, END])
}

function pageText(rows: readonly Row[], columns: readonly Column[]): string {
  const keys = keyTexts(columns)
  const pieces: string[] = []
  for (const row of rows) {
    pieces.push(pieces.length === 0 ? '[' : ',')
    pushRow(pieces, row, columns, keys)
  }
  return pieces.length === 0 ? '[]' : `${pieces.join('')}]`
}

/** How each column begins: as the first of a row and as a later one. */
function keyTexts(columns: readonly Column[]): [string[], string[]] {
  const keys = columns.map((column) => `${jsonString(column.name)}:`)
  return [keys.map((key) => `{${key}`), keys.map((key) => `,${key}`)]
}

/** Pieces are joined once a page, which is several times faster than growing a text. */
function pushRow(pieces: string[], row: Row, columns: readonly Column[], keys: [string[], string[]]): void {
  let isFirst = true
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index]
    const value = column === undefined ? undefined : cell(row, column)
    if (value === undefined) continue
    pieces.push(
      keys[isFirst ? 0 : 1][index] ?? '',
      typeof value === 'string' ? jsonString(value) : jsonText(value),
    )
    isFirst = false
  }
  pieces.push(isFirst ? '[]' : '}')
}
