import type { EndMark, FilterPrefix, MoreMark, Paging } from './list-method.ts'
import type { House, Line } from './line.ts'

/** Lines of a table by the names of their methods, in the documentation's casing. */
export type Lines = Readonly<Record<string, Line>>

/** Lines that have in common what their house says. */
export function lines(house: House, deviations: Readonly<Record<string, Line>>): Lines {
  return Object.fromEntries(
    Object.entries(deviations).map(([method, line]) => [method, { ...house, ...line }]),
  )
}

export const KEYSET: Paging = { by: 'keyset' }
export const START: Paging = { by: 'start', pageRows: 50 }
export const WHOLE: Paging = { by: 'whole' }
/** Nothing is documented, and there may be many rows. */
export const PRESUMED: Paging = { by: 'whole', isPresumed: true }
const EMPTY_PAGE: EndMark = { by: 'empty-page' }
/** Pages by `start` that neither count nor name the next one, or count something else. */
export const UNCOUNTED = offset('start', undefined, 50, EMPTY_PAGE)

/** By the rows in front. @param names of offset and limit, in brackets where they are nested */
export function offset(
  at: string,
  limit: string | undefined,
  pageRows: number,
  end: EndMark = EMPTY_PAGE,
  isByPageSize = false,
): Extract<Paging, { by: 'offset' }> {
  const place = (text: string): string[] => text.split('.')
  return {
    by: 'offset',
    offset: place(at),
    limit: limit === undefined ? undefined : place(limit),
    pageRows,
    isByPageSize,
    end,
  }
}

/** By the number of the page, from 1 on. */
export function pages(
  page: string,
  size: string | undefined,
  pageRows: number,
  end: EndMark = EMPTY_PAGE,
): Paging {
  return { by: 'page', page: page.split('.'), size: size?.split('.'), first: 1, pageRows, end }
}

/** By the id of the oldest row so far, from the newest on. */
export function older(from: Readonly<Record<string, string>>, limit: string, pageRows: number): Paging {
  return {
    by: 'last-row',
    from: Object.entries(from).map(([to, member]) => ({ to: [to], member })),
    begin: {},
    isFalling: true,
    limit: [limit],
    pageRows,
    end: EMPTY_PAGE,
  }
}

/** No more than one page can be had. */
export function firstPage(limit: string | undefined, pageRows: number): Paging {
  return { by: 'first-page', limit: limit?.split('.'), pageRows }
}

/** Comparisons of filters of which more is not said. */
export const RANGE: readonly FilterPrefix[] = ['', '!', '>', '>=', '<', '<=']
/** Conditions of REST 3.0: `=`, `!=`, `>` … and `in`. */
export const CONDITIONS: readonly FilterPrefix[] = ['', '!', '>', '>=', '<', '<=', '@']
export const EQUAL: readonly FilterPrefix[] = ['']

const CLAUSES: House = { filter: 'filter', select: 'select', order: 'order' }

/** The CRM's own lists, and those of modules that follow them. */
export const CRM_HOUSE: House = { ...CLAUSES, id: 'ID', paging: KEYSET, spelling: 'UPPER_CASE' }

/** The trade: rows under a plural name of their own, fields in camelCase. */
export const TRADE_HOUSE: House = { ...CLAUSES, id: 'id', paging: KEYSET, spelling: 'camelCase' }

/** Small lists of reference, and the children of one parent. */
export const SMALL_HOUSE: House = { paging: WHOLE, spelling: 'any' }

/** Old modules, which write everything in capitals. */
export const CAPITALS_HOUSE: House = {
  filter: 'FILTER',
  order: 'ORDER',
  select: 'SELECT',
  id: 'ID',
  spelling: 'UPPER_CASE',
  prefixes: RANGE,
}

/** Messages and chats: no clauses; pages by `LIMIT` and `OFFSET` or by the last id. */
export const CHAT_HOUSE: House = { id: 'id', spelling: 'any' }

/** Sites: as many rows as are asked for, without a count. */
export const SITES = offset('params.offset', 'params.limit', 50)
/** Sites: everything inside `params`. */
export const SITES_HOUSE: House = {
  filter: 'params[filter]',
  select: 'params[select]',
  order: 'params[order]',
  id: 'ID',
  prefixes: RANGE,
  paging: SITES,
  spelling: 'UPPER_CASE',
}

/** REST 3.0: rows under `items`; no count and no next page. */
export const V3_HOUSE: House = { api: 'v3', rows: 'items', id: 'id', paging: WHOLE, spelling: 'camelCase' }

/** Pages of REST 3.0. */
export function paginated(pageRows: number): Paging {
  return offset('pagination.offset', 'pagination.limit', pageRows)
}

/** Pages of REST 3.0 behind the last id. */
export function behind(pageRows: number): Paging {
  return { by: 'id-filter', limit: ['pagination', 'limit'], pageRows }
}

/** Behind the last id, which is a parameter of its own. */
export const TAIL: Paging = {
  by: 'last-row',
  from: [{ to: ['cursor', 'value'], member: 'id' }],
  begin: { cursor: { field: 'id', order: 'ASC', value: 0 } },
  isFalling: false,
  limit: ['cursor', 'limit'],
  pageRows: 50,
  end: EMPTY_PAGE,
}

/** By a value that the answer hands out. */
export function cursor(from: string, to: string, pageRows: number, more?: MoreMark): Paging {
  const [outer = '', ...inner] = to.split('.').slice(0, -1)
  const limit = outer === '' ? ['limit'] : [outer, ...inner, 'limit']
  return { by: 'cursor', from: [from], to: to.split('.'), limit, pageRows, more }
}

/** What lies around something: all, if both marks say that there is no more. */
export function window(marks: readonly string[]): Paging {
  const more = marks.map((mark) => ({ at: [mark], isMoreIf: true }))
  return { by: 'first-page', limit: undefined, pageRows: 1, more }
}
