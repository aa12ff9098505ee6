import { at, type Entry, isObject, type Json, type JsonObject } from './corpus.ts'

/** What of a list a call gets, and what the answer says of the rest. */
export interface Page {
  readonly rows: readonly Json[]
  readonly total?: number | undefined
  readonly next?: number | undefined
  /** Members of `result` beside the rows. */
  readonly beside?: JsonObject
}

/** What the documentation leaves open. */
export interface Reading {
  /** Whether each page names the next one, or only where the documentation shows that. */
  readonly next: 'named' | 'as shown'
  /** Whether a filter of which nobody says that it compares ids does so. */
  readonly idRange: 'passed over' | 'kept to'
  /** Whether lists without a word about pages come at once, or fifty rows at a time behind `start`, without any sign. */
  readonly silent: 'at once' | 'paged'
}

export const USUAL_READING: Reading = { next: 'named', idRange: 'passed over', silent: 'at once' }

/** Pages a list as the documentation of its method says. */
export type Dialect = (rows: readonly Json[], params: JsonObject, entry: Entry, reading: Reading) => Page

/** Rows for so many pages and a bit. */
const PAGES = 2.3

/** How many rows a list should have to need several pages; `undefined` if it is as documented, in one answer. */
export function rowsForPages(entry: Entry, { silent }: Reading): number | undefined {
  const style = entry.pagination_style
  if (style === 'none' && silent === 'paged' && entry.rows !== 'grouped' && entry.rows !== 'tree')
    return Math.floor(PAGES * 50)
  if (style === 'none' || style === 'limit only' || style.startsWith('window')) return undefined
  return Math.floor(PAGES * (entry.max_page_size ?? entry.page_size ?? (style === 'start10' ? 10 : 50)))
}

export function dialectOf({ pagination_style: style }: Entry): Dialect {
  if (style.startsWith('start')) return byStart
  if (style.startsWith('limit/offset')) return byOffset
  if (style === 'limit only') return firstPage
  if (style === 'page number')
    return (rows, params, entry) => byNumber(rows, Number(params['page'] ?? 1), 50, entry)
  if (style.includes('NAV_PARAMS')) return byNavigation
  if (style.includes('pageNavigation')) return byPageNavigation
  if (style.includes('pagination:{page')) return byPagination
  if (style === 'last_id') return byLastId
  if (style.startsWith('cursor: pass nextOffset')) return byConfirmation
  if (style.startsWith('cursor object')) return byTail
  if (style.startsWith('cursor: pagination')) return byCursor
  return silently
}

const silently: Dialect = (rows, params, _, { silent }) => {
  const start = Number(params['start'] ?? 0)
  return { rows: silent === 'paged' ? rows.slice(start, start + 50) : rows }
}

/** The value of a parameter that the documentation calls so: `params.filter` is inside of `params`. */
function given(params: JsonObject, entry: Entry, clause: string): Json | undefined {
  const name = entry.params_casing[clause]
  return name === undefined ? undefined : at(params, name.split('.'))
}

/** A documented total: what it counts, if it is to be trusted. */
function totalOf(entry: Entry, all: number, onPage: number): number | undefined {
  if (!entry.has_total || (entry.total_path ?? 'total') !== 'total') return undefined
  if (entry.total_unreliable === undefined) return all
  return /0$/.test(entry.total_unreliable) ? 0 : onPage
}

const byStart: Dialect = (all, params, entry, reading) => {
  const size = entry.pagination_style === 'start10' ? 10 : 50
  const rows = chosen(all, params, entry, reading)
  const start = Number(params['start'] ?? given(params, entry, 'start') ?? 0)
  if (start < 0) return { rows: rows.slice(0, size) }
  const page = rows.slice(start, start + size)
  const saysMore = entry.has_next || (entry.has_total && reading.next === 'named')
  const next = saysMore && start + size < rows.length ? start + size : undefined
  return { rows: page, total: totalOf(entry, rows.length, page.length), next }
}

const byOffset: Dialect = (all, params, entry) => {
  const rows = chosen(all, params, entry)
  const limit = Math.min(
    Number(given(params, entry, 'limit') ?? entry.page_size ?? 50),
    entry.max_page_size ?? Infinity,
  )
  const offset = Number(given(params, entry, 'offset') ?? 0)
  const page = rows.slice(offset, offset + limit)
  const hasMore = offset + limit < rows.length
  const total = totalOf(entry, rows.length, page.length)
  if (entry.next_path === 'result.hasNextPage') return { rows: page, beside: { hasNextPage: hasMore } }
  return { rows: page, total, next: entry.has_next && hasMore ? offset + limit : undefined }
}

const firstPage: Dialect = (rows, params, entry) => {
  const most = entry.max_page_size ?? entry.page_size ?? 50
  const limit = Math.min(Number(given(params, entry, 'limit') ?? entry.page_size ?? 50), most)
  const isMarked = entry.next_path === 'result.hasMore'
  return { rows: rows.slice(0, limit), ...(isMarked ? { beside: { hasMore: rows.length > limit } } : {}) }
}

/** Behind the last page old lists answer the last one again. */
function byNumber(
  rows: readonly Json[],
  page: number,
  size: number,
  entry: Entry,
  isLastRepeated = false,
): Page {
  const last = Math.max(1, Math.ceil(rows.length / size))
  const wanted = isLastRepeated ? Math.min(page, last) : page
  const found = rows.slice((wanted - 1) * size, wanted * size)
  return { rows: found, total: totalOf(entry, rows.length, found.length) }
}

const byNavigation: Dialect = (all, params, entry) => {
  const navigation = at(params, ['PARAMS', 'NAV_PARAMS']) ?? params['NAV_PARAMS']
  const { nPageSize = 50, iNumPage = 1 } = isObject(navigation) ? navigation : {}
  return byNumber(chosen(all, params, entry), Number(iNumPage), Math.min(50, Number(nPageSize)), entry, true)
}

const byPageNavigation: Dialect = (rows, params, entry) => {
  const { size = 50, page = 1 } = isObject(params['pageNavigation']) ? params['pageNavigation'] : {}
  return byNumber(rows, Number(page), Math.min(50, Number(size)), entry)
}

const byPagination: Dialect = (all, params, entry) => {
  const {
    limit = entry.page_size ?? 50,
    offset = 0,
    page,
  } = isObject(params['pagination']) ? params['pagination'] : {}
  // The portal clamps in silence.
  const size = Math.min(Number(limit), entry.max_page_size ?? entry.page_size ?? 50)
  const from = page === undefined ? Number(offset) : (Number(page) - 1) * size
  return { rows: chosen(all, params, entry).slice(from, from + size) }
}

/** From the newest on; `LAST_ID` gives older ones. */
const byLastId: Dialect = (all, params, entry) => {
  const limit = Math.min(
    Number(given(params, entry, 'limit') ?? entry.page_size ?? 50),
    entry.max_page_size ?? 50,
  )
  const last = given(params, entry, 'last_id')
  const first = given(params, entry, 'first_id')
  const ids = (row: Json): number => idNumber(row, entry)
  const falling = all.toSorted((left, right) => ids(right) - ids(left))
  if (first !== undefined) return { rows: all.filter((row) => ids(row) > Number(first)).slice(0, limit) }
  const rows = falling.filter((row) => last === undefined || ids(row) < Number(last)).slice(0, limit)
  return { rows, beside: besideTotal(entry, all.length) }
}

function besideTotal(entry: Entry, total: number): JsonObject {
  const [, name] = entry.total_path?.split('.') ?? []
  return name === undefined ? {} : { [name]: total }
}

const byConfirmation: Dialect = (all, params, entry) => {
  const limit = Number(params['limit'] ?? entry.page_size ?? 100)
  const offset = Number(params['offset'] ?? 0)
  const rows = all.filter((row) => idNumber(row, entry) >= offset).slice(0, limit)
  const last = rows.at(-1)
  const hasMore = last !== undefined && last !== all.at(-1)
  return { rows, beside: { hasMore, nextOffset: last === undefined ? offset : idNumber(last, entry) + 1 } }
}

const byTail: Dialect = (all, params, entry) => {
  const { value = 0, limit = 50, order = 'ASC' } = isObject(params['cursor']) ? params['cursor'] : {}
  const rows = chosen(all, params, entry).filter((row) => idNumber(row, entry) > Number(value))
  if (order !== 'ASC') throw new Error('from the newest on is not served')
  return { rows: rows.slice(0, Math.min(50, Number(limit))) }
}

const byCursor: Dialect = (all, params, entry) => {
  const { limit = 50, afterCursor } = isObject(params['pagination']) ? params['pagination'] : {}
  const size = Math.min(Number(limit), entry.max_page_size ?? 50)
  const after = isObject(afterCursor) ? Number(afterCursor['id']) : -1
  const left = all.filter((row) => idNumber(row, entry) > after)
  const rows = left.slice(0, size)
  const last = rows.at(-1)
  const nextCursor =
    last === undefined || left.length <= size ? null : { position: 1, id: idNumber(last, entry) }
  return { rows, beside: { nextCursor } }
}

export function idNumber(row: Json, { id_field: id }: Entry): number {
  return isObject(row) && id !== null ? Number(row[id]) : Number(row)
}

/** Rows that the filter lets pass, in the wanted order, as far as the documentation knows of either. */
function chosen(
  all: readonly Json[],
  params: JsonObject,
  entry: Entry,
  { idRange }: Reading = USUAL_READING,
): readonly Json[] {
  const name = entry.filter_id_field ?? entry.id_field
  const filter = given(params, entry, 'filter')
  const isKept = entry.filter_supports_id_range ?? idRange === 'kept to'
  const bounds = isKept ? boundsIn(filter, name) : []
  const kept = all.filter((row) => bounds.every((isWithin) => isWithin(idNumber(row, entry))))
  return isFalling(given(params, entry, 'order'), given(params, entry, 'sort'), name)
    ? kept.toReversed()
    : kept
}

function boundsIn(filter: Json | undefined, name: string | null): ((id: number) => boolean)[] {
  const conditions = Array.isArray(filter)
    ? (filter as readonly Json[]).flatMap((one) =>
        Array.isArray(one) ? [[`${String(one[1])}${String(one[0])}`, one[2] as Json] as const] : [],
      )
    : Object.entries(isObject(filter) ? filter : {})
  return conditions.flatMap(([key, value]) => {
    const [, operator, field] = /^(>=|<=|>|<)(.+)$/.exec(key) ?? []
    // An empty bound is what a reference into nothing becomes, and then no condition.
    if (field !== name || value === '') return []
    const bound = Number(value)
    if (operator === '>') return [(id: number) => id > bound]
    if (operator === '>=') return [(id: number) => id >= bound]
    return operator === '<' ? [(id: number) => id < bound] : [(id: number) => id <= bound]
  })
}

function isFalling(order: Json | undefined, sort: Json | undefined, name: string | null): boolean {
  if (name === null) return false
  const direction = isObject(order) ? order[name] : sort === name ? order : undefined
  return typeof direction === 'string' && direction.toUpperCase() === 'DESC'
}
