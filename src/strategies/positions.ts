import type { EndMark, ListMethod, Paging } from '../protocol/methods/list-method.ts'
import { valueAt, withParamAt } from '../protocol/places.ts'
import type { Params, Reply } from '../protocol/types.ts'

/** Dialects in which a page is reached by its position, whatever came before it. */
export type Positional = Extract<Paging, { by: 'start' | 'offset' | 'page' }>

/** A page that was read: where it begins, counted in rows, and what it has. */
export interface PageFacts {
  readonly at: number
  readonly rows: number
  /** Most rows that a page of this walk had, this one included. */
  readonly largest: number
  /** Rows of all pages up to this one. */
  readonly count: number
  readonly reply: Reply
}

/** What a page says of what lies behind it. */
export type Step =
  | {
      /** There may be more from here on. */
      readonly next: number
      /** Where else to look, if that turns out to be the same page. */
      readonly otherwise?: number | undefined
      /** Most likely there is nothing. */
      readonly isLikelyEnd?: boolean
      /** The page says that there is more and does not say where: worth a second look if it came in a batch. */
      readonly isOdd?: boolean
    }
  /** That there is no more. A page without rows shows it in a call of its own only. */
  | { readonly end: 'count' | 'mark' | 'empty-page' }
  /** That there is more, which cannot be reached. */
  | { readonly stuck: string }

/** @throws Error for lists whose pages are reached in another way */
export function positional({ method, paging }: ListMethod): Positional {
  if (paging.by === 'start' || paging.by === 'offset' || paging.by === 'page') return paging
  throw new Error(`pages of ${method} are not reached by their position`)
}

/** The parameters that ask for the page that begins at a row. */
export function paramsAt(paging: Positional, at: number): Params {
  if (paging.by === 'start') return { [paging.start ?? 'start']: String(at) }
  const position =
    paging.by === 'page'
      ? withParamAt({}, paging.page, paging.first + Math.floor(at / paging.pageRows))
      : withParamAt({}, paging.offset, at)
  const size = paging.by === 'page' ? paging.size : paging.limit
  return size === undefined ? position : withParamAt(position, size, paging.pageRows)
}

/** How many rows there are, if the answer says so and that is no less than what was met. */
export function believableTotal(
  { paging, hasFalseTotal }: ListMethod,
  reply: Reply,
  met: number,
): number | undefined {
  const total = hasFalseTotal === true ? undefined : totalOf(paging, reply)
  return total !== undefined && total >= met ? total : undefined
}

function totalOf(paging: Paging, { result, total }: Reply): number | undefined {
  const end = 'end' in paging ? paging.end : undefined
  if (end?.by !== 'total' || end.at === undefined) return total
  const value = Number(valueAt(result, end.at)?.parse())
  return Number.isFinite(value) ? value : undefined
}

/** What lies behind a page. */
export function stepBehind(method: ListMethod, page: PageFacts): Step {
  const paging = positional(method)
  const { reach } = paging.by === 'offset' ? paging : {}
  const step = unbounded(method, paging, page)
  if (reach === undefined || page.at < reach || page.rows < paging.pageRows) return step
  return {
    stuck: `positions above ${reach} are cut to that, so rows behind the first ${page.at + page.rows} cannot be reached`,
  }
}

function unbounded(method: ListMethod, paging: Positional, page: PageFacts): Step {
  const { at, rows, reply, count } = page
  const end: EndMark = paging.by === 'start' ? { by: 'next' } : paging.end
  const isCounted = paging.by === 'start' || (paging.by === 'offset' && !paging.isByPageSize)
  const total = believableTotal(method, reply, isCounted ? at + rows : count)
  if (end.by === 'next' && reply.next !== undefined) {
    if (reply.next > at) return { next: reply.next }
    return { stuck: `it names ${reply.next} as the next position behind ${at}` }
  }
  if (end.by === 'more-mark') {
    const more = saysMore(end, reply)
    if (more === false) return { end: 'mark' }
    if (more === true) return onwards(paging, page)
  }
  if (rows === 0) return { end: 'empty-page' }
  if (end.by === 'next' && paging.by !== 'start' && total === undefined) return { end: 'mark' }
  if (end.by === 'next' || end.by === 'total') {
    const met = isCounted ? at + rows : count
    // A count that is just that of the first page may be meant so.
    const isPage = rows === paging.pageRows || (method.isRecognised === true && rows % 5 === 0)
    const isPageOnly = at === 0 && isPage
    if (total === met && !isPageOnly) return { end: 'count' }
    return { ...onwards(paging, page), isOdd: total !== undefined && total > met && end.by === 'next' }
  }
  return onwards(paging, page)
}

function onwards(paging: Positional, { at, rows, largest }: PageFacts): Step & { readonly next: number } {
  const { pageRows } = paging
  const isLikelyEnd = rows < largest || (at === 0 && rows < pageRows)
  if (paging.by === 'page') return { next: at + pageRows, isLikelyEnd }
  if (paging.by === 'offset' && paging.isByPageSize) {
    // Pages overlap, so they are stepped over by their size, unless they are so small that the portal must have cut that.
    const size = largest > 0 && 2 * largest <= pageRows ? largest : pageRows
    return { next: at + size }
  }
  // Old lists round a position down to whole pages: behind a short page that is the same page again.
  const isRounded = rows < pageRows && (paging.by === 'start' || paging.limit === undefined)
  return { next: at + rows, isLikelyEnd, otherwise: isRounded ? at + pageRows : undefined }
}

/** What a mark says; `undefined` if it is not there. */
export function saysMore(
  { at, isMoreIf }: { at: readonly string[]; isMoreIf: boolean },
  { result }: Reply,
): boolean | undefined {
  const value = valueAt(result, at)?.parse()
  if (value === undefined || value === null) return undefined
  const isOn = value === true || value === 1 || value === '1' || value === 'Y' || value === 'true'
  return isOn === isMoreIf
}
