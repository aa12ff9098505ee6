import type { Caller } from '../engine/caller.ts'
import { IncompleteError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { listCommand } from './list-command.ts'
import { saysMore } from './positions.ts'
import { rowsOf } from './rows.ts'
import type { ListQuery, Walk } from './strategy.ts'

/** Pages of the portal have so many rows, or several times as many. */
const USUAL_PAGES = [10, 25]

/**
 * For methods known to answer all rows at once: one call, and the table says that this is all. Where that is presumed, a
 * number of rows that looks like a full page is not believed; where it is known, as many rows as a page of `start` has are
 * looked behind.
 *
 * @throws IncompleteError if the answer itself says that there is more, or may well be a page of more
 */
export const walkWhole: Walk = async function* (caller, query, { signal, onEnd }) {
  const { method } = query
  const { paging } = method
  const { more, isPresumed } = paging.by === 'whole' ? paging : {}
  const reply = await caller.call(listCommand(query, {}), { signal, expectedSeconds: 1 })
  const { next, total } = reply
  const rows = rowsOf(reply.result, method)
  yield { rows, cursor: rows.length, end: rows.length }
  const isMarked = more === undefined ? undefined : saysMore(more, reply)
  const counted = method.hasFalseTotal === true ? undefined : total
  if (next !== undefined || (counted ?? 0) > rows.length || isMarked === true) {
    throw new IncompleteError(
      `${method.method} answers all rows at once, as far as is known, and says that there are more than these ${rows.length}.`,
      'Ask for less: a parent, a filter, a span of time.',
    )
  }
  if (isMarked === false) {
    onEnd?.({ by: 'mark' })
    return
  }
  if (method.isUnknown === true && rows.length > 0) throw unproven(method.method, rows.length)
  if (counted !== rows.length && rows.length > 0) await lookBehind(caller, query, rows, isPresumed, signal)
  onEnd?.({ by: 'method' })
}

/** @throws IncompleteError if the rows may be a page of more */
async function lookBehind(
  caller: Caller,
  query: ListQuery,
  rows: readonly JsonText[],
  isPresumed: true | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { method } = query
  const isLikeAPage = USUAL_PAGES.some((size) => rows.length % size === 0)
  if (isPresumed === true ? !isLikeAPage : rows.length !== PAGE_ROWS) return
  // Where parameters go by position or are checked, one that may be unknown cannot be sent along.
  if (method.api === 'v2' && method.positions === undefined) {
    const command = listCommand(query, { start: String(rows.length) })
    const { result } = await caller.call(command, { signal, expectedSeconds: 1 })
    const others = rowsOf(result, method)
    if (others.length === 0) return
    const isSame = rows.every((row, at) => row.toString() === others[at]?.toString())
    // What knows no start has no pages of it.
    if (isSame && isPresumed !== true) return
  }
  throw new IncompleteError(
    `${method.method} answered ${rows.length} rows, as many as a page may have, and nothing shows that they are all.`,
    'Ask for less: a parent, a filter, a span of time. --accept-partial takes the rows as they are.',
  )
}

function unproven(method: string, rows: number): IncompleteError {
  return new IncompleteError(
    `${method} is not in the table of known methods, and nothing in its answer shows that these ${rows} rows are all.`,
    'If it has no pages, --paging whole says so; else --paging says how they are reached.',
  )
}
