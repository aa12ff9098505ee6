import type { Row } from '../data/fields.ts'
import { shownRows } from '../poison.ts'
import type { World } from '../world.ts'
import type { Cut, PageRequest } from './description.ts'
import { isReadable } from './odd-rows.ts'

/** How a method gives the number of rows; `page` is that of the answer, which some methods give instead. */
export type TotalKind = 'count' | 'none' | 'zero' | 'minus-one' | 'page'

export interface Stretch {
  readonly rows: readonly Row[]
  /** Rows that lie on this stretch, whether they may be read or not. */
  readonly placed: number
  readonly count: number
  /** Where it begins; another place than asked for where the portal repeats a page behind the end. */
  readonly offset: number
}

/** Rows of a query from `offset` on. @throws Refusal or PoisonedRequest if one of them is poisoned */
export function stretch({ world, query }: PageRequest, offset: number, limit: number): Stretch {
  const { selection, order, table } = query
  const find = (from: number, isCounting: boolean): ReturnType<typeof world.finder.find> =>
    world.finder.find(table, { selection, order, offset: from, limit, isCounting })
  const first = find(offset, true)
  const count = first.total ?? 0
  const from = beginning(world, offset, limit, count)
  const found = from === offset ? first.rows : find(from, false).rows
  return { rows: readable(world, found), placed: found.length, count, offset: from }
}

/** Rows that a query finds in a range of ids, without a count. */
export function stretchById(
  { world, query }: PageRequest,
  bounds: { readonly above?: number; readonly below?: number },
  isFalling: boolean,
  limit: number,
): Pick<Stretch, 'rows' | 'placed'> & { readonly last: Row | undefined } {
  const id = query.table.field('ID')
  const { selection } = query
  const least = Math.max(selection.least, (bounds.above ?? -1) + 1)
  const most = Math.min(selection.most, (bounds.below ?? Number.MAX_SAFE_INTEGER) - 1)
  const { rows } = world.finder.find(query.table, {
    selection: { ...selection, least, most },
    order: id === undefined ? [] : [{ field: id, isDescending: isFalling }],
    offset: 0,
    limit,
    isCounting: false,
  })
  return { rows: readable(world, rows), placed: rows.length, last: rows.at(-1) }
}

/** All rows of a query. */
export function everyRow(request: PageRequest): Stretch {
  return stretch(request, 0, Number.MAX_SAFE_INTEGER)
}

export function totalOf(world: World, kind: TotalKind, count: number, shown: number): number | undefined {
  if (kind === 'none') return undefined
  const reading = world.settings.readings.totals
  if (reading === 'absent') return undefined
  if (reading === 'zero' || kind === 'zero') return 0
  if (reading === 'minus-one' || kind === 'minus-one') return -1
  return kind === 'page' ? shown : count
}

/** One stretch as an answer without marks. */
export function cutOf({ rows, count, offset }: Stretch): Cut {
  return { rows, counted: count, offset }
}

function readable(world: World, rows: readonly Row[]): readonly Row[] {
  const { poison, seed, readings } = world.settings
  const shown = shownRows(poison, rows, seed)
  return readings['short-pages'] === 'yes' ? shown.filter(isReadable) : shown
}

/** Some portals show their last page again, or the first one, to whoever asks for one behind the end. */
function beginning(world: World, offset: number, limit: number, count: number): number {
  if (offset < count || count === 0) return offset
  const reading = world.settings.readings['past-end']
  if (reading === 'empty') return offset
  return reading === 'first' ? 0 : Math.floor((count - 1) / limit) * limit
}
