import type { World } from '../world.ts'
import type { Field } from '../data/fields.ts'
import { shownRows } from '../poison.ts'
import { type Column, RowPage } from '../query/columns.ts'
import { type Value, toInt } from '../values.ts'
import { keptRows } from '../query/written-rows.ts'
import type { Answer, Call, ListQuery } from './method.ts'

const PAGE_ROWS = 50

/**
 * How a family of list methods reads `start`.
 * `old`: older CRM and lists; `controller`: crm.item, tasks, stage history; `exact`: user.get.
 */
export type PagingStyle = 'old' | 'controller' | 'exact'

/** One page of a list query, with `total` and `next` as the family gives them. */
export function page(world: World, call: Call, query: ListQuery, style: PagingStyle): Answer {
  const start = toInt(call.start)
  const isUncounted = style === 'controller' ? start === -1 : start < 0
  const offset = start < 0 ? 0 : style === 'exact' ? start : Math.floor(start / PAGE_ROWS) * PAGE_ROWS
  const found = world.finder.find(query.table, {
    selection: query.selection,
    order: query.order,
    offset,
    limit: PAGE_ROWS,
    isCounting: !isUncounted,
  })
  const shown = shownRows(world.settings.poison, found.rows, world.settings.seed)
  const total = found.total ?? 0
  const after = offset + PAGE_ROWS
  const load = { offset, selectedShare: query.selectedShare, hasTextSearch: query.selection.hasTextSearch }
  const result = query.wrap(new RowPage(shown, query.columns, keptRows(query.table, query.columns)))
  const rows = shown.length
  if (isUncounted) return { result, total: uncountedTotal(world, style), rows, load }
  return { result, total, next: after < total ? after : undefined, rows, load: { ...load, counted: total } }
}

/** All rows of a query in one answer, whatever `start` says; only some methods of this kind give a total. */
export function whole(world: World, query: ListQuery, hasTotal: boolean): Answer {
  const { table, selection, order, selectedShare } = query
  const wanted = { selection, order, offset: 0, limit: Number.MAX_SAFE_INTEGER, isCounting: false }
  const { rows } = world.finder.find(table, wanted)
  const result = query.wrap(new RowPage(rows, query.columns))
  return { result, total: hasTotal ? rows.length : undefined, rows: rows.length, load: { selectedShare } }
}

function uncountedTotal(world: World, style: PagingStyle): number | undefined {
  const reading = world.settings.readings['start-minus-one']
  if (reading === 'total-zero') return 0
  return reading === 'absent' || style === 'controller' ? undefined : 0
}

/** What part of a whole row the selected columns are, 0..1; phones and the like are no part of a whole row. */
export function selectedShare(selected: readonly Column[], fields: readonly Field[]): number {
  const whole = fields.filter((one) => one.group !== 'multiple').length
  return whole === 0 ? 1 : Math.min(1, selected.length / whole)
}

/** `select` as names; undefined when there is none. */
export function selectNames(
  select: Value | undefined,
  texts: (value: Value) => string[],
): string[] | undefined {
  if (select === undefined || select === null) return undefined
  const names = texts(select)
  return names.length === 0 ? undefined : names
}
