import type { Row } from '../data/fields.ts'
import type { Table } from '../data/table.ts'

/** A column by its name in the answer. */
interface Named {
  readonly name: string
}

/** More are not kept. */
const MOST_ROWS = 200_000

/** Rows as JSON by their id. */
export type RowTexts = Map<number, Buffer>

interface Kept {
  readonly version: number
  readonly columns: string
  readonly texts: RowTexts
}

const kept = new WeakMap<Table, Kept>()

/**
 * Begins to keep the rows of a table as they are written with these columns, until one of them changes. Whoever asks for
 * the truth before an export finds that the sandbox has little to do in it, and can measure something else.
 *
 * @returns notes one row
 */
export function keepRows(table: Table, columns: readonly Named[]): (row: Row, text: string) => void {
  const { version } = table
  const texts: RowTexts = new Map()
  kept.set(table, { version, columns: namesOf(columns), texts })
  return (row, text) => {
    if (texts.size < MOST_ROWS) texts.set(row.id, Buffer.from(text))
  }
}

/** The rows that are known by heart, if they are still as they were. */
export function keptRows(table: Table, columns: readonly Named[]): RowTexts | undefined {
  const found = kept.get(table)
  if (found?.version !== table.version || found.columns !== namesOf(columns)) return undefined
  return found.texts
}

function namesOf(columns: readonly Named[]): string {
  return columns.map(({ name }) => name).join(' ')
}
