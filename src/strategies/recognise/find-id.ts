import type { JsonText } from '../../protocol/json-text.ts'
import type { RowId } from '../../protocol/methods/list-method.ts'
import { idOf } from '../rows.ts'

const USUAL_IDS = ['ID', 'id']

/**
 * What tells the rows of a page apart: `ID` or `id`, if all of them have it, each another one. A whole number goes before
 * anything else. `undefined` if there is no such thing, or no row.
 */
export function findId(rows: readonly JsonText[]): RowId | undefined {
  const fit = USUAL_IDS.filter((name) => rows.length > 0 && isUnique(rows, name))
  const inRows = fit.find((name) => rows.every((row) => idOf(row, name) !== undefined)) ?? fit[0]
  if (inRows === undefined) return undefined
  const isNumber = rows.every((row) => idOf(row, inRows) !== undefined)
  return { inRows, inFilter: inRows, isNumber }
}

function isUnique(rows: readonly JsonText[], name: string): boolean {
  const values = rows.map((row) => row.member(name)).filter((id) => id !== undefined)
  const isScalar = values.every((id) => !id.isObject && !id.isArray && id.toString() !== 'null')
  return isScalar && values.length === rows.length && new Set(values.map(String)).size === rows.length
}
