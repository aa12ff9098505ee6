import type { Caller } from '../engine/caller.ts'
import type { EventListener } from '../engine/events.ts'
import { NotUnderstoodError, UnreadableRowsError } from '../errors.ts'
import type { OpenSink } from '../output/sink.ts'
import { type JsonText, JsonTextError } from '../protocol/json-text.ts'
import { chooseWalk } from '../strategies/choose.ts'
import { idOf } from '../strategies/rows.ts'
import type { ListQuery, Page } from '../strategies/strategy.ts'
import { ListAudit } from './list-audit.ts'
import { checkedQuery, type CheckedQuery, type UserParameters } from './list-query.ts'
import { selectedQuery } from './selected-query.ts'

export interface ExtractRequest {
  readonly method: string
  readonly parameters: UserParameters
  /** Rows to stop after; all if `undefined`. */
  readonly limit: number | undefined
  /** Most pages to ask for in one request, 1–50. */
  readonly batchSize: number
  /** Most requests in flight, 1–50; `undefined`: as many as the portal gains from. */
  readonly concurrency: number | undefined
  /** In tables, what joins the names of nested values, so that `PHONE.0.VALUE` selects `PHONE`. */
  readonly flatten?: string | undefined
}

export interface ExtractOptions {
  readonly signal: AbortSignal
  readonly onEvent: EventListener
  /** Takes note of what comes. */
  readonly audit?: ListAudit | undefined
  /** Last checks, when all rows have left and before the output is closed. */
  readonly onRead?: (() => Promise<void>) | undefined
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
 * sink has taken the one before. Opens the sink, and closes it when all rows are there.
 *
 * @throws UsageError for bad input, before anything is sent; IncompleteError if it cannot be shown that these are all
 * rows; UnreadableRowsError for rows that make every page with them fail; ColumnsError if a table lacks some of their
 * values; NotUnderstoodError; what the caller and the sink throw. Rows written until then are good.
 */
export async function extract(
  caller: Caller,
  request: ExtractRequest,
  openSink: OpenSink,
  { signal, onEvent, audit = new ListAudit(), onRead }: ExtractOptions,
): Promise<{ rows: number }> {
  const checked = checkRequest(request)
  const { query, columns, asAsked, check } = await selectedQuery(caller, checked, request.flatten, signal)
  const sink = await openSink(columns)
  const limit = request.limit ?? Infinity
  const walk = chooseWalk(query.method)
  audit.query = query
  let rows = 0
  let cursor = Infinity
  try {
    for await (const page of walk(caller, query, {
      signal,
      batchSize: request.batchSize,
      concurrency: request.concurrency,
      rowsWanted: limit,
      onUnreadable(row) {
        audit.unreadable.push(row)
      },
      onEnd(proof) {
        audit.end = proof
      },
      onOutlook: (outlook) => onEvent({ type: 'outlook', ...outlook }),
    })) {
      const wanted = page.rows.slice(0, limit - rows)
      await sink.write(asAsked(wanted))
      audit.take(wanted, query)
      rows += wanted.length
      const cursorNow = cursorOf(page, wanted, query)
      onEvent({ type: 'page', rows: wanted.length, cursor: cursorNow, end: page.end })
      if (rows < limit) continue
      cursor = cursorNow
      audit.end = { by: 'limit' }
      break
    }
  } catch (error) {
    throw understood(error, request.method)
  }
  const found = audit.unreadable.filter(({ id }) => id < cursor)
  const missed = found.toSorted((left, right) => left.id - right.id)
  audit.unreadable = missed
  await onRead?.()
  await sink.close()
  if (missed.length > 0) throw new UnreadableRowsError(missed)
  await check(sink)
  return { rows }
}

/** What our reader meets where nobody looked before: an answer that is balanced and yet no JSON. */
function understood(error: unknown, method: string): unknown {
  if (!(error instanceof JsonTextError || error instanceof SyntaxError)) return error
  return new NotUnderstoodError(
    `An answer to ${method} is no sound JSON, in a place that ends the walk.`,
    'Run again; if it stays so, something between here and the portal changes its answers.',
  )
}

/** Where the rows that were wanted end; with a limit that may be within the page. */
function cursorOf(page: Page, wanted: readonly JsonText[], { method }: ListQuery): number {
  const last = wanted.at(-1)
  if (wanted.length === page.rows.length || last === undefined || method.walk !== 'keyset') return page.cursor
  return idOf(last, method.idInRows) ?? page.cursor
}
