import type { ListColumn } from '../described/columns.ts'
import { toText } from '../values.ts'
import type { V3List } from './list-method.ts'

/** Rows of a further table; `per` names the parameters that say whose they are. */
export function further(
  table: string,
  columns: (parent: string) => readonly ListColumn[],
  per: readonly string[] = ['parent'],
  count?: number,
  ids?: 'dense',
): V3List['source'] {
  return (world, params) => {
    const parent = per.map((name) => toText(params.get(name))).join(' ')
    const all = columns(parent)
    const made = world.tables.further(parent === '' ? `v3 ${table}` : `v3 ${table} of ${parent}`, {
      fields: () => all.map(({ field }) => field),
      count,
      ids,
    })
    return { table: made, columns: all }
  }
}
