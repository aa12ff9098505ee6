import { mix } from '../random.ts'
import type { Table } from './table.ts'

const MOST_ORDINARY = 5

/**
 * How many children a row began with. It follows from the row's place among the ids that its table began with: the
 * 2nd, 12th, 22nd ... has none, the 3rd, 13th, 23rd ... has `many`, and the seed gives the others up to five. A row
 * that was added has none.
 */
export function childCount(parents: Table, id: number, salt: number, many: number): number {
  const place = parents.placeAtStart(id)
  if (place === undefined || place % 10 === 2) return 0
  return place % 10 === 3 ? many : mix(parents.rowOf(id).hash, salt) % (MOST_ORDINARY + 1)
}
