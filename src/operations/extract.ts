import { type Caller } from '../engine/caller.ts'
import { type EventListener } from '../engine/events.ts'
import { type Sink } from '../output/sink.ts'
import { chooseWalk } from '../strategies/choose.ts'
import { checkedQuery, type CheckedQuery, type UserParameters } from './list-query.ts'
import { expandedSelection } from './select-fields.ts'

export interface ExtractRequest {
  readonly method: string
  readonly parameters: UserParameters
  /** Rows to stop after; all if `undefined`. */
  readonly limit: number | undefined
  /** Most pages to ask for in one request, 1–50. */
  readonly batchSize: number
}

export interface ExtractOptions {
  readonly signal: AbortSignal
  readonly onEvent: EventListener
}

/**
 * Checks a request without sending anything, so that bad input is found before files are touched.
 *
 * @throws UsageError
 */
export function checkRequest({ method, parameters }: ExtractRequest): CheckedQuery {
  return checkedQuery(method, parameters)
}

/**
 * All rows of a list, in ascending id, from the portal into a sink, page by page: the next page is taken only when the
 * sink has taken the one before.
 *
 * @throws UsageError for bad input, before anything is sent; IncompleteError if it cannot be shown that these are all
 * rows; what the caller and the sink throw. Rows written until then are good.
 */
export async function extract(
  caller: Caller,
  request: ExtractRequest,
  sink: Sink,
  { signal, onEvent }: ExtractOptions,
): Promise<{ rows: number }> {
  const { query, select } = checkRequest(request)
  const { selectName, idInFilter, idInRows } = query.method
  const fields =
    select === undefined
      ? undefined
      : await expandedSelection(caller, select, query.method, query.params, signal)
  const isIdAsked = fields === undefined || fields.includes(idInFilter) || fields.includes('*')
  const selected =
    fields === undefined || selectName === undefined
      ? query
      : { ...query, params: { ...query.params, [selectName]: isIdAsked ? fields : [idInFilter, ...fields] } }

  const limit = request.limit ?? Infinity
  const walk = chooseWalk(query.method)
  let rows = 0
  for await (const page of walk(caller, selected, {
    signal,
    batchSize: request.batchSize,
    rowsWanted: limit,
  })) {
    const wanted = page.rows.slice(0, limit - rows)
    await sink.write(isIdAsked ? wanted : wanted.map((row) => row.without(idInRows)))
    rows += wanted.length
    onEvent({ type: 'page', rows: wanted.length })
    if (rows >= limit) break
  }
  return { rows }
}
