import type { Row } from '../data/fields.ts'
import { type Value, list } from '../values.ts'

const ODD_IN = 40
const ODD_VALUES: readonly Value[] = [null, 'text', list([]), 7, false]

/** What a list shows in place of some of its rows, if it is to be odd; undefined for the others. */
export function oddValue(row: Row): Value | undefined {
  return row.hash % ODD_IN === 0 ? ODD_VALUES[(row.hash / ODD_IN) % ODD_VALUES.length] : undefined
}

const HIDDEN_IN = 9

/** Whether the user may read a row; one that may not be read has its place on a page and is not shown. */
export function isReadable(row: Row): boolean {
  return row.hash % HIDDEN_IN !== 1
}
