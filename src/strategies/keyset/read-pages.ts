import { IncompleteError, NotUnderstoodError } from '../../errors.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import { PAGE_ROWS } from '../../protocol/limits.ts'
import type { Outcome, Reply } from '../../protocol/types.ts'
import { idOf, rowsOf, walkedId } from '../rows.ts'
import type { ListQuery, Page } from '../strategy.ts'
import { densityAtEnd, densityAtStart } from './estimate.ts'
import type { OpenSegment, ReadRows } from './segments.ts'

/** How the pages of a chain ended. */
export type Ending =
  /** The last id of the segment was reached, or a page asked for alone showed that there is no more. */
  | 'proven'
  /** All pages that came were full: on from there. */
  | 'full'
  /** A page was short, empty, refused or not in order; asked for alone it will tell whether that was the end. */
  | 'doubtful'

export interface ChainRead {
  /** `undefined` if nothing usable came. */
  readonly read: ReadRows | undefined
  readonly ending: Ending
  /** Everything up to here is settled, though a row that cannot be read is not among what was read. */
  readonly reach?: number | undefined
  /** No answer came although others did: one of so many pages makes requests fail. */
  readonly suspectPages?: number | undefined
}

/** Rows of one page and their ids. */
interface PageIds {
  readonly rows: readonly JsonText[]
  readonly ids: readonly number[]
}

/** What is known of the list whose pages are read: how it is asked, and the highest id, if that was seen. */
export interface ListFacts {
  readonly query: ListQuery
  readonly end: number | undefined
}

/**
 * Takes the pages of a chain over `segment` as far as they are good. A short page inside a batch proves nothing: behind it
 * the references of the following commands lead nowhere, and different portals then answer differently, so whatever
 * follows it is dropped.
 *
 * @throws IncompleteError if a page asked for alone does not rise, NotUnderstoodError if a row has no id
 */
export function readChain(
  list: ListFacts,
  segment: OpenSegment,
  outcomes: readonly Outcome[],
  isAlone: boolean,
): ChainRead {
  const pages: PageIds[] = []
  let last = segment.after
  let ending: Ending | undefined
  for (const outcome of outcomes) {
    if (outcome.kind !== 'done') {
      ending = pages.length === 0 ? 'doubtful' : 'full'
      break
    }
    const page = readRising(list, outcome.reply, last, segment.upTo)
    if (page === undefined) {
      if (isAlone) throw outOfOrder(list, last)
      ending = 'doubtful'
      break
    }
    last = page.ids.at(-1) ?? last
    const hasArrived = page.ids.length > 0 && last === segment.upTo
    pages.push(hasArrived && segment.end !== 'unseen' ? withoutLast(page) : page)
    ending = hasArrived ? 'proven' : endingAfter(page, segment, isAlone)
    if (ending !== 'full') break
  }
  return { read: stretch(list, pages), ending: ending ?? 'doubtful' }
}

/** What a page that has not arrived says about the end of its segment. */
function endingAfter({ rows }: PageIds, { end }: OpenSegment, isAlone: boolean): Ending {
  if (rows.length >= PAGE_ROWS) return 'full'
  if (!isAlone) return 'doubtful'
  // A last id that was seen and is not reached yet says more than a short page: rows may be hidden after the count of
  // fifty. If it was deleted meanwhile, an empty page will show that.
  return rows.length === 0 || end === 'unseen' ? 'proven' : 'doubtful'
}

/**
 * The rows down from an id, turned around: `'none'` if there are none, `undefined` if no usable page came or its ids do
 * not fall strictly within the bounds.
 */
export function readDownwards(
  list: ListFacts,
  outcome: Outcome | undefined,
  after: number | undefined,
  upTo: number | undefined,
): ReadRows | 'none' | undefined {
  if (outcome?.kind !== 'done') return undefined
  const { method } = list.query
  const rows = rowsOf(outcome.reply.result, method).toReversed()
  const ids = idsIn(rows, walkedId(method).inRows)
  // Passed over, the end of the list would not be known, and a page that is short for another reason be taken for it.
  if (ids === undefined) throw withoutId(list, upTo)
  return isRising(ids, after, upTo) ? (stretch(list, [{ rows, ids }]) ?? 'none') : undefined
}

/**
 * The same up from an id.
 *
 * @param isEndHeld the row at `upTo` was read with what lies behind, and is left out
 * @throws NotUnderstoodError if a row has no id
 */
export function readUpwards(
  list: ListFacts,
  outcome: Outcome | undefined,
  after: number,
  upTo: number | undefined,
  isEndHeld: boolean,
): ReadRows | 'none' | undefined {
  if (outcome?.kind !== 'done') return undefined
  const page = readRising(list, outcome.reply, after, upTo)
  if (page === undefined) return undefined
  return stretch(list, [isEndHeld && page.ids.at(-1) === upTo ? withoutLast(page) : page]) ?? 'none'
}

/** The rows of `read` behind an id; `undefined` if there are none. */
export function behind(list: ListFacts, read: ReadRows, after: number): ReadRows | undefined {
  if (read.first > after) return read
  const { inRows } = walkedId(list.query.method)
  const pages = read.pages.map(({ rows }): PageIds => {
    const kept = rows.filter((row) => (idOf(row, inRows) ?? 0) > after)
    return { rows: kept, ids: kept.map((row) => idOf(row, inRows) ?? 0) }
  })
  return stretch(list, pages)
}

/** What was read one behind the other, in one piece. */
export function joined(reads: readonly ReadRows[]): ReadRows | undefined {
  const [first, last] = [reads[0], reads.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return {
    pages: reads.flatMap(({ pages }) => pages),
    rows: reads.reduce((sum, { rows }) => sum + rows, 0),
    first: first.first,
    last: last.last,
    bytes: reads.reduce((sum, { bytes }) => sum + bytes, 0),
    densityAtStart: first.densityAtStart,
    densityAtEnd: last.densityAtEnd,
  }
}

function stretch({ end }: ListFacts, pages: readonly PageIds[]): ReadRows | undefined {
  const filled = pages.filter(({ rows }) => rows.length > 0)
  const firstPage = filled[0]
  const lastPage = filled.at(-1)
  const first = firstPage?.ids[0]
  const last = lastPage?.ids.at(-1)
  if (firstPage === undefined || lastPage === undefined || first === undefined || last === undefined)
    return undefined
  return {
    pages: filled.map(({ rows, ids }): Page => ({ rows, cursor: ids.at(-1) ?? 0, end })),
    rows: filled.reduce((sum, { rows }) => sum + rows.length, 0),
    first,
    last,
    bytes: filled.reduce((sum, { rows }) => sum + (rows.at(-1)?.end ?? 0) - (rows[0]?.start ?? 0), 0),
    densityAtStart: densityAtStart(idsOf(filled.slice(0, EDGE_PAGES))),
    densityAtEnd: densityAtEnd(idsOf(filled.slice(-EDGE_PAGES))),
  }
}

/** Pages at either end of what was read that say how close the next rows will lie. */
const EDGE_PAGES = 10

function idsOf(pages: readonly PageIds[]): number[] {
  return pages.flatMap(({ ids }) => ids)
}

/** The rows of an answer; `undefined` if their ids do not rise strictly within the bounds. @throws NotUnderstoodError */
function readRising(
  list: ListFacts,
  { result }: Reply,
  after: number | undefined,
  upTo: number | undefined,
): PageIds | undefined {
  const { method } = list.query
  const rows = rowsOf(result, method)
  const ids = idsIn(rows, walkedId(method).inRows)
  if (ids === undefined) throw withoutId(list, after)
  return isRising(ids, after, upTo) ? { rows, ids } : undefined
}

/** The ids of rows; `undefined` if one has none. */
function idsIn(rows: readonly JsonText[], name: string): number[] | undefined {
  const ids: number[] = []
  for (const row of rows) {
    const id = idOf(row, name)
    if (id === undefined) return undefined
    ids.push(id)
  }
  return ids
}

function isRising(ids: readonly number[], after = -1, upTo = Infinity): boolean {
  return ids.every((id, at) => id > (ids[at - 1] ?? after) && id <= upTo)
}

function withoutLast({ rows, ids }: PageIds): PageIds {
  return { rows: rows.slice(0, -1), ids: ids.slice(0, -1) }
}

function withoutId({ query: { method } }: ListFacts, near: number | undefined): NotUnderstoodError {
  const { inFilter, inRows } = walkedId(method)
  return new NotUnderstoodError(
    `A row of ${method.method} near ${inFilter} ${near ?? -1} has no readable "${inRows}", so the walk cannot go on.`,
    'Please report this with the name of the method.',
  )
}

function outOfOrder({ query: { method } }: ListFacts, last: number | undefined): IncompleteError {
  return new IncompleteError(
    `${method.method} does not answer in ascending ${walkedId(method).inFilter} behind ${last ?? 0}, so the rest of the list cannot be reached.`,
    'Please report this: the method is not walked in the right way.',
  )
}
