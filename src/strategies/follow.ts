import { IncompleteError, NotUnderstoodError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod, Paging } from '../protocol/methods/list-method.ts'
import { mergedParams, valueAt, withParamAt } from '../protocol/places.ts'
import type { ParamValue, Params, Reply } from '../protocol/types.ts'
import { listCommand } from './list-command.ts'
import { saysMore } from './positions.ts'
import { identityOf, idOf, rowsOf } from './rows.ts'
import type { EndProof, Walk } from './strategy.ts'

/** Dialects in which a page is reached only by what the page before it said. */
export type Following = Extract<Paging, { by: 'last-row' | 'cursor' }>

/** Seconds of the portal for a page, until one has come. */
const FIRST_SECONDS = 1

/** Rows whose identities are remembered, to notice those that come twice: pages overlap with those just before. */
const MOST_REMEMBERED = 100_000

/** Pages without a new row after which a list is given up that says that there are more. */
const MOST_STALE_PAGES = 20

/**
 * Walks a list whose pages lead from one to the next: by members of the last row, or by a value that the answer hands
 * out. Rows that come or go meanwhile do not move the others.
 *
 * @throws IncompleteError if a page leads to nothing new, NotUnderstoodError if it has not what leads on
 */
export const walkFollowing: Walk = async function* (caller, query, { signal, rowsWanted, onEnd }) {
  const { method } = query
  const { paging } = method
  if (paging.by !== 'last-row' && paging.by !== 'cursor') {
    throw new Error(`pages of ${method.method} do not lead from one to the next`)
  }
  const seen = new Seen(method)
  let position = firstPage(paging)
  const positions = new Set([JSON.stringify(position)])
  let expectedSeconds = FIRST_SECONDS
  let count = 0
  for (let stale = 0; count < rowsWanted;) {
    const added = mergedParams(mergedParams(method.idOrder, sizeOf(paging)), position)
    const reply = await caller.call(listCommand(query, added), { signal, expectedSeconds })
    expectedSeconds = reply.time.durationSeconds ?? expectedSeconds
    const rows = rowsOf(reply.result, method)
    const fresh = seen.fresh(rows)
    count += fresh.length
    stale = fresh.length === 0 ? stale + 1 : 0
    if (fresh.length > 0) yield { rows: fresh, cursor: count, end: undefined }
    const step = behind(method, paging, { rows, reply, position })
    if ('end' in step) {
      if (seen.hasBareDoubles) throw alike(method)
      onEnd?.(step.end)
      return
    }
    position = step.next
    const isBack = positions.has(JSON.stringify(position))
    const isStale = stale >= (paging.by === 'last-row' ? 1 : MOST_STALE_PAGES)
    if (isBack || isStale) throw repetition(method)
    positions.add(JSON.stringify(position))
  }
}

interface PageRead {
  readonly rows: readonly JsonText[]
  readonly reply: Reply
  /** The parameters that led to it. */
  readonly position: Params
}

type Step = { readonly next: Params } | { readonly end: EndProof }

function firstPage(paging: Following): Params {
  return paging.by === 'last-row' ? paging.begin : {}
}

function sizeOf({ limit, pageRows }: Following): Params {
  return limit === undefined ? {} : withParamAt({}, limit, pageRows)
}

function behind(method: ListMethod, paging: Following, page: PageRead): Step {
  return paging.by === 'cursor' ? behindCursor(method, paging, page) : behindLastRow(method, paging, page)
}

function behindCursor(
  method: ListMethod,
  { from, to, more: mark }: Extract<Following, { by: 'cursor' }>,
  { reply }: PageRead,
): Step {
  const more = mark === undefined ? undefined : saysMore(mark, reply)
  if (more === false) return { end: { by: 'mark' } }
  const cursor = valueAt(reply.result, from)
  const value = cursor === undefined ? undefined : (exact(cursor) as ParamValue)
  if (value !== undefined && value !== null && value !== '') return { next: withParamAt({}, to, value) }
  if (more !== true) return { end: { by: 'mark' } }
  throw new IncompleteError(
    `${method.method} says that there are more rows and has no "${from.join('.')}" that leads to them.`,
  )
}

function behindLastRow(
  method: ListMethod,
  { from, isFalling, end }: Extract<Following, { by: 'last-row' }>,
  { rows, reply, position }: PageRead,
): Step {
  if (end.by === 'more-mark' && saysMore(end, reply) === false) return { end: { by: 'mark' } }
  const last = lastOf(rows, isFalling && from.length === 1 ? from[0]?.member : undefined)
  if (last === undefined) return { end: { by: 'short-page' } }
  let next = position
  for (const { to, member } of from) {
    const value = last.member(member)
    if (value === undefined) {
      throw new NotUnderstoodError(
        `A row of ${method.method} has no "${member}", so the walk cannot go on.`,
        'Please report this with the name of the method.',
      )
    }
    next = withParamAt(next, to, exact(value) as ParamValue)
  }
  return { next }
}

/** The last row; where ids fall from page to page, the one with the smallest, in whatever order they stand on it. */
function lastOf(rows: readonly JsonText[], falling: string | undefined): JsonText | undefined {
  const last = rows.at(-1)
  if (falling === undefined || last === undefined) return last
  return rows.reduce((least, row) => {
    const [one, other] = [idOf(row, falling), idOf(least, falling)]
    return one !== undefined && (other === undefined || one < other) ? row : least
  }, last)
}

/** What is passed back as it came: a number that would lose digits stays text. */
function exact(value: JsonText): unknown {
  const parsed = value.parse()
  return typeof parsed === 'number' && String(parsed) !== value.toString() ? value.toString() : parsed
}

function alike({ method, id }: ListMethod): IncompleteError {
  return new IncompleteError(
    `${method} answered rows that are alike and have no "${id?.inRows ?? ''}", so they cannot be told apart, and some may be missing.`,
  )
}

function repetition({ method }: ListMethod): IncompleteError {
  return new IncompleteError(
    `${method} answers the same page again and says that there is more, so the rest cannot be reached.`,
    'The method pages in another way than it is taken to: --paging says how.',
  )
}

/** Tells rows that come a second time. */
class Seen {
  readonly #idName: string | undefined
  readonly #seen = new Set<string>()
  /** Rows without an id were there before, or others that are alike. */
  hasBareDoubles = false

  constructor({ id }: ListMethod) {
    this.#idName = id?.inRows
  }

  /** The rows that were not there before. Rows without an id may be alike: they stay, unless all of them were there. */
  fresh(rows: readonly JsonText[]): readonly JsonText[] {
    const name = this.#idName
    const fresh = rows.filter((row) => {
      const identity = identityOf(row, name)
      if (this.#seen.has(identity)) {
        this.hasBareDoubles ||= name !== undefined && row.member(name) === undefined
        return false
      }
      this.#seen.add(identity)
      return true
    })
    this.#forget()
    return name === undefined && fresh.length > 0 ? rows : fresh
  }

  #forget(): void {
    for (const identity of this.#seen) {
      if (this.#seen.size <= MOST_REMEMBERED) return
      this.#seen.delete(identity)
    }
  }
}
