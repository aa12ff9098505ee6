import type { Row } from '../data/fields.ts'
import type { ListQuery } from '../methods/method.ts'
import { toInt } from '../values.ts'
import type { Cut, Pager, PageRequest } from './description.ts'
import { given } from './given.ts'
import { limitOf } from './pagers.ts'
import { everyRow, stretchById } from './pages.ts'

export interface LastIdPaging {
  readonly size: number
  readonly most: number
  /** The limit, LAST_ID and FIRST_ID lie there. */
  readonly limit?: string
  /** What the cursor counts, from the number of a row; the number itself if left out. */
  readonly shift?: number
  /** The key of a total inside `result`. */
  readonly total?: string
}

/** Rows with smaller ids than LAST_ID, the newest first, or with greater ones than FIRST_ID, the oldest first. */
export function byLastId({ size, most, limit = 'LIMIT', shift = 0, total }: LastIdPaging): Pager {
  return (request) => {
    const { params } = request.call
    const rowsAsked = limitOf(given(params, limit), size, most)
    const last = given(params, 'LAST_ID')
    const first = given(params, 'FIRST_ID')
    const beside = total === undefined ? {} : { beside: { [total]: everyRow(request).count } }
    if (last === undefined && first !== undefined) {
      return { ...stretchById(request, { above: toInt(first) - shift }, false, rowsAsked), ...beside }
    }
    const below = toInt(last) > 0 ? { below: toInt(last) - shift } : {}
    return { ...stretchById(request, below, true, rowsAsked), ...beside }
  }
}

/** Either way: by LAST_ID or FIRST_ID where one of them is given, else as `other` pages. */
export function lastIdOr(lastId: Pager, other: Pager): Pager {
  return (request) => {
    const { params } = request.call
    const hasCursor = given(params, 'LAST_ID') !== undefined || given(params, 'FIRST_ID') !== undefined
    return hasCursor ? lastId(request) : other(request)
  }
}

/**
 * Notifications: first those that want an answer, then the others, each by falling id. LAST_TYPE says in which of the
 * two the page before ended (1, else 3), and LAST_ID with which id.
 */
export function byLastIdAndType(isFirstKind: (row: Row) => boolean, size: number, most: number): Pager {
  return (request) => {
    const { params } = request.call
    const rowsAsked = limitOf(given(params, 'LIMIT'), size, most)
    const last = toInt(given(params, 'LAST_ID'))
    const isInFirst = last === 0 || toInt(given(params, 'LAST_TYPE')) === 1
    const below = last > 0 ? { below: last } : {}
    const confirmations = isInFirst
      ? stretchById(narrowed(request, isFirstKind), below, true, rowsAsked)
      : { rows: [], placed: 0 }
    const others = stretchById(
      narrowed(request, (row) => !isFirstKind(row)),
      isInFirst ? {} : below,
      true,
      rowsAsked - confirmations.placed,
    )
    const rows = [...confirmations.rows, ...(confirmations.placed < rowsAsked ? others.rows : [])]
    return { rows, beside: { total_count: everyRow(request).count } }
  }
}

/** Events from `offset` on. Whoever names an offset has read what lies below it: it is dropped. */
export function byEventOffset(size: number, most: number): Pager {
  return (request) => {
    const { params } = request.call
    const offset = toInt(given(params, 'offset'))
    forget(request.query, offset)
    const rowsAsked = limitOf(given(params, 'limit'), size, most)
    const found = stretchById(request, { above: offset - 1 }, false, rowsAsked)
    const nextOffset = found.last === undefined ? offset : found.last.id + 1
    const hasMore = stretchById(request, { above: nextOffset - 1 }, false, 1).placed > 0
    return { rows: found.rows, beside: { nextOffset, hasMore } }
  }
}

/** Some rows at a time, each of which is gone from the queue when it was answered. */
export function byTaking(size: number): Pager {
  return (request) => {
    const { params } = request.call
    const found = stretchById(request, {}, false, limitOf(given(params, 'limit'), size, size))
    const isCleared = given(params, 'clear') === undefined || toInt(given(params, 'clear')) === 1
    if (isCleared) for (const { id } of found.rows) request.query.table.delete(id)
    return { rows: found.rows }
  }
}

function forget({ table }: ListQuery, offset: number): void {
  while (table.count > 0 && table.idAtRank(0) < offset) table.delete(table.idAtRank(0))
}

function narrowed(request: PageRequest, test: (row: Row) => boolean): PageRequest {
  const { selection } = request.query
  return {
    ...request,
    query: { ...request.query, selection: { ...selection, tests: [...selection.tests, test] } },
  }
}

/** Rows that stand for others are put together: each is shown once a page, and may be shown on the next one again. */
export function collapsed(pager: Pager, standsFor: (id: number) => number): Pager {
  return (request): Cut => {
    const cut = pager(request)
    const ids = new Set(cut.rows.map(({ id }) => standsFor(id)))
    const { table } = request.query
    return { ...cut, rows: Array.from(ids).flatMap((id) => table.find(id) ?? []) }
  }
}
