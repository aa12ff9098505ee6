import { type Value, isArray, toInt } from '../values.ts'
import type { Pager, PageRequest } from './description.ts'
import { given } from './given.ts'
import { type Stretch, type TotalKind, everyRow, stretch, totalOf } from './pages.ts'

const PAGE_ROWS = 50

export interface StartPaging {
  readonly size?: number
  readonly total?: TotalKind
  readonly hasNext?: boolean
  /**
   * What `start=-1` gives: a page without a count, whose `total` is 0 or absent (`old`, `controller`), all rows
   * (`all`), or what `start=0` gives (`counted`).
   */
  readonly minusOne?: 'old' | 'controller' | 'all' | 'counted'
  /** `start` is not rounded down to a whole page. */
  readonly isExact?: boolean
  /** A greater `start` is taken for this one. */
  readonly greatestStart?: number
  /** Where it lies, if not in the parameter `start`. */
  readonly place?: string
}

/** Pages by `start`, with `total` and `next`. */
export function byStart(paging: StartPaging = {}): Pager {
  const { size = PAGE_ROWS, total = 'count', hasNext = true, minusOne = 'old' } = paging
  return (request) => {
    const { world, call } = request
    const asked = toInt(call.start ?? given(call.params, paging.place))
    if (asked === -1 && minusOne === 'all') return { rows: everyRow(request).rows }
    const start = Math.min(Math.max(asked, 0), paging.greatestStart ?? Number.MAX_SAFE_INTEGER)
    const found = stretch(request, paging.isExact === true ? start : Math.floor(start / size) * size, size)
    const { rows, count, offset } = found
    if (asked < 0 && minusOne !== 'counted') {
      return { rows, total: minusOne === 'old' ? totalOf(world, 'zero', 0, 0) : undefined }
    }
    const isCut = asked > start && world.settings.readings['cut-start'] === 'ends'
    return {
      rows,
      total: totalOf(world, total, count, rows.length),
      next: hasNext && !isCut && offset + size < count ? offset + size : undefined,
      counted: count,
      offset,
    }
  }
}

export interface OffsetPaging {
  readonly limit: string
  readonly offset: string
  readonly size: number
  readonly most: number
  readonly total?: TotalKind
  /** `next` is then an offset. */
  readonly hasNext?: boolean
  /** The key of a mark inside `result` that says whether there is more. */
  readonly more?: string
}

/** Pages by a limit and an offset, wherever these two lie. */
export function byOffset({ limit, offset, size, most, total = 'none', hasNext, more }: OffsetPaging): Pager {
  return (request) => {
    const { world, call } = request
    const rowsAsked = limitOf(given(call.params, limit), size, most)
    const found = stretch(request, Math.max(0, toInt(given(call.params, offset))), rowsAsked)
    const after = found.offset + rowsAsked
    const hasMore = after < found.count
    return {
      rows: found.rows,
      total: totalOf(world, total, found.count, found.rows.length),
      next: hasNext === true && hasMore ? after : undefined,
      counted: total === 'none' ? undefined : found.count,
      offset: found.offset,
      ...(more === undefined ? {} : { beside: { [more]: hasMore } }),
    }
  }
}

/** Pages by their number, from 1. `size` and `page` are places. */
export function byPageNumber(places: {
  readonly page: string
  readonly size?: string
  readonly total?: TotalKind
  readonly mostRows?: number
}): Pager {
  return (request) => {
    const { world, call } = request
    const size = limitOf(given(call.params, places.size), PAGE_ROWS, places.mostRows ?? PAGE_ROWS)
    const page = Math.max(1, toInt(given(call.params, places.page)))
    const found = stretch(request, (page - 1) * size, size)
    const { rows, count, offset } = found
    return { rows, total: totalOf(world, places.total ?? 'none', count, rows.length), counted: count, offset }
  }
}

/** The first rows alone: nothing leads to those behind. */
export function byLimitOnly(limit: string, size: number, most: number, more?: string): Pager {
  return (request) => {
    const rowsAsked = limitOf(given(request.call.params, limit), size, most)
    const { rows, count } = stretch(request, 0, rowsAsked)
    return { rows, ...(more === undefined ? {} : { beside: { [more]: count > rowsAsked } }) }
  }
}

/** All rows in one answer, whatever is said about pages. */
export function wholeAnswer(total: TotalKind = 'none'): Pager {
  return (request) => wholeCut(request, everyRow(request), total)
}

/** Whole, or in pages of 50: the documentation shows a total and names no way to ask for a second page. */
export function undocumented(): Pager {
  const inPages = byStart()
  const inOne = wholeAnswer('count')
  return (request) =>
    request.world.settings.readings['undocumented-paging'] === 'start' ? inPages(request) : inOne(request)
}

/** A limit as the portal takes it: one that is none or too large is put right without a word. */
export function limitOf(value: Value | undefined, size: number, most: number): number {
  const asked = isArray(value) ? 0 : toInt(value)
  return asked <= 0 ? Math.min(size, most) : Math.min(asked, most)
}

function wholeCut({ world }: PageRequest, { rows, count }: Stretch, total: TotalKind): ReturnType<Pager> {
  return { rows, total: totalOf(world, total, count, rows.length) }
}
