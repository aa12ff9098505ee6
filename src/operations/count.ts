import type { Caller } from '../engine/caller.ts'
import { NotUnderstoodError, UsageError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod, Paging } from '../protocol/methods/list-method.ts'
import { valueAt } from '../protocol/places.ts'
import type { Reply } from '../protocol/types.ts'
import { chooseWalk } from '../strategies/choose.ts'
import { listCommand } from '../strategies/list-command.ts'
import { rowsOf } from '../strategies/rows.ts'
import { countCommand } from './count-command.ts'
import type { CheckedQuery } from './list-query.ts'
import { selectedQuery } from './selected-query.ts'

/** How the rows of a list are counted: by the portal in one call, by us where they come at once, or not at all. */
export type Counting = 'by-portal' | 'by-rows' | { readonly refused: string }

/** Seconds that a count is expected to take: on long lists it is the slow part of a page. */
const COUNT_SECONDS = 1

export function countingOf({ method, api, paging, hasFalseTotal, isUnknown }: ListMethod): Counting {
  if (isUnknown === true) {
    return {
      refused: `${method} is not in the table of known methods, so what its total counts is not known`,
    }
  }
  if (paging.by === 'whole' || paging.by === 'first-page') return 'by-rows'
  if (hasFalseTotal === true) return { refused: `the total of ${method} is wrong or means something else` }
  if (api === 'v3') return { refused: `REST 3.0 counts no rows of ${method}` }
  if (paging.by === 'keyset' || paging.by === 'start' || totalEnd(paging) !== undefined) return 'by-portal'
  return { refused: `${method} does not say how many rows it has` }
}

/** @throws UsageError for a method that does not count its rows truthfully */
export function refuseUncountable(method: ListMethod): void {
  const counting = countingOf(method)
  if (typeof counting === 'string') return
  throw new UsageError(
    'count',
    `The rows cannot be counted without reading them: ${counting.refused}.`,
    `bx24 get-all ${method.method} | wc -l reads and counts them all.`,
  )
}

/**
 * The number of rows of a list: one call with a count, or the rows themselves where the method answers them at once.
 *
 * @throws UsageError for a method that does not count truthfully, before anything is sent; NotUnderstoodError if it gives
 * no count that can be right; IncompleteError if rows that came at once are not shown to be all; what the caller throws
 */
export async function countRows(caller: Caller, checked: CheckedQuery, signal: AbortSignal): Promise<number> {
  const { method } = checked.query
  refuseUncountable(method)
  const isCheapest = method.paging.by === 'keyset'
  const query = isCheapest ? checked.query : (await selectedQuery(caller, checked, undefined, signal)).query
  if (countingOf(method) === 'by-rows') {
    const options = { signal, batchSize: 1, concurrency: 1, rowsWanted: Infinity }
    let rows = 0
    for await (const page of chooseWalk(method)(caller, query, options)) rows += page.rows.length
    return rows
  }
  const isByStart = isCheapest || method.paging.by === 'start'
  const command = isByStart ? countCommand(query, query.range) : listCommand(query, {})
  const reply = await caller.call(command, { signal, expectedSeconds: COUNT_SECONDS })
  return totalOf(method, reply)
}

function totalOf(method: ListMethod, reply: Reply): number {
  const end = totalEnd(method.paging)
  const total = end?.at === undefined ? reply.total : numberOf(valueAt(reply.result, end.at))
  const onPage = rowsOf(reply.result, method).length
  if (total !== undefined && total >= onPage) return total
  const what =
    total === undefined ? 'gave no count' : `counted ${total}, with ${onPage} rows on the first page`
  throw new NotUnderstoodError(
    `${method.method} ${what}.`,
    `bx24 get-all ${method.method} | wc -l reads and counts all rows.`,
  )
}

function totalEnd(paging: Paging): { readonly at?: readonly string[] } | undefined {
  return (paging.by === 'offset' || paging.by === 'page') && paging.end.by === 'total'
    ? paging.end
    : undefined
}

function numberOf(value: JsonText | undefined): number | undefined {
  const text = value?.text ?? value?.toString() ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
