import type { Caller } from '../engine/caller.ts'
import type { EventListener } from '../engine/events.ts'
import { NotUnderstoodError, RefusalError, UnreadableRowsError, UsageError } from '../errors.ts'
import type { Mark, Recorder } from '../output/recorder.ts'
import type { OpenSink, Sink } from '../output/sink.ts'
import { type JsonText, JsonTextError } from '../protocol/json-text.ts'
import type { FindMethod } from '../protocol/methods/table.ts'
import { isWalkedById } from '../protocol/methods/walked-by-id.ts'
import type { ApiVersion } from '../protocol/types.ts'
import { chooseWalk } from '../strategies/choose.ts'
import { idOf } from '../strategies/rows.ts'
import type { EndProof, ListQuery, Outlook, Page, UnreadableRow } from '../strategies/strategy.ts'
import { asObject } from './flat-rows.ts'
import { ListAudit } from './list-audit.ts'
import { checkedQuery, type CheckedQuery, type UserParameters } from './list-query.ts'
import { selectedQuery } from './selected-query.ts'

export interface ExtractRequest {
  readonly method: string
  /** The API to ask; the one that has the method if left out. */
  readonly api?: ApiVersion | undefined
  readonly parameters: UserParameters
  /** Rows to stop after; all if `undefined`. */
  readonly limit: number | undefined
  /** Only rows behind this id; the bounds of the parameters hold as well. */
  readonly afterId?: number | undefined
  /** Most pages to ask for in one request, 1–50. */
  readonly batchSize: number
  /** Most requests in flight, 1–50; `undefined`: as many as the portal gains from. */
  readonly concurrency: number | undefined
  /** Where methods are looked up; the table of methods if left out. */
  readonly find?: FindMethod | undefined
  /** In tables, what joins the names of nested values, so that `PHONE.0.VALUE` selects `PHONE`. */
  readonly flatten?: string | undefined
}

export interface ExtractOptions {
  readonly signal: AbortSignal
  readonly onEvent: EventListener
  /** Told how far the output is, and knows what an earlier run has put into it; only for lists that are walked by id. */
  readonly recorder?: Recorder | undefined
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
export function checkRequest({ method, api, parameters, afterId, find }: ExtractRequest): CheckedQuery {
  const checked = checkedQuery(method, parameters, api, find)
  if (afterId === undefined) return checked
  if (!isWalkedById(checked.query.method)) {
    throw new UsageError(
      'after-id',
      `${method} is not walked by id, so its rows cannot begin behind an id.`,
      'Leave that out.',
    )
  }
  return { ...checked, query: startedBehind(checked.query, afterId) }
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
  portal: Caller,
  request: ExtractRequest,
  openSink: OpenSink,
  { signal, onEvent, recorder, audit = new ListAudit(), onRead }: ExtractOptions,
): Promise<{ rows: number }> {
  const begun = recorder?.resumed
  const { checked, caller } = await understoodList(portal, request, begun, signal, onEvent)
  const selected = await selectedQuery(caller, checked, request.flatten, signal)
  const { columns, fields, asAsked, check } = selected
  const query = begun?.afterId === undefined ? selected.query : startedBehind(selected.query, begun.afterId)
  const sink = await openSink(columns)
  const limit = request.limit ?? Infinity
  const walk = chooseWalk(query.method)
  let rows = begun?.rows ?? 0
  let cursor = Infinity
  audit.begin(query, begun)

  async function write(wanted: readonly JsonText[]): Promise<void> {
    for (const portion of recorder?.everyRow === true ? wanted.map((row) => [row]) : [wanted]) {
      const asked = asAsked(portion)
      // A table has columns, and so have its rows.
      await sink.write(sink.columns === undefined ? asked : asked.map(asObject))
      audit.take(portion, query)
      rows += portion.length
      const last = portion.at(-1)
      if (last !== undefined)
        await recorder?.reached(() => markOf(last, rows, query, { select: fields, sink, audit }))
    }
  }

  const options = {
    signal,
    batchSize: request.batchSize,
    concurrency: request.concurrency,
    rowsWanted: limit - rows,
    onOutlook: (outlook: Outlook) => onEvent({ type: 'outlook', ...outlook }),
    onUnreadable(row: UnreadableRow) {
      audit.unreadable.push(row)
      onEvent({ type: 'unreadable', method: query.method.method, ...row })
    },
    onEnd(proof: EndProof) {
      audit.end = proof
    },
  }
  try {
    for await (const page of rows < limit ? walk(caller, query, options) : []) {
      const wanted = page.rows.slice(0, limit - rows)
      await write(wanted)
      const cursorNow = cursorOf(page, wanted, query)
      onEvent({ type: 'page', rows: wanted.length, cursor: cursorNow, end: page.end })
      if (rows < limit) continue
      cursor = cursorNow
      break
    }
  } catch (error) {
    throw understood(await hinted(error, caller, query, signal), request.method)
  }
  if (rows >= limit) audit.end = { by: 'limit' }
  audit.unreadable = audit.unreadableUpTo(cursor)
  await onRead?.()
  await sink.close()
  if (audit.unreadable.length > 0) throw new UnreadableRowsError(audit.unreadable)
  await check(sink)
  return { rows }
}

/** What is asked for, once it is known how: a list that nobody knows is looked at first. */
async function understoodList(
  caller: Caller,
  request: ExtractRequest,
  begun: Mark | undefined,
  signal: AbortSignal,
  onEvent: EventListener,
): Promise<{ readonly checked: CheckedQuery; readonly caller: Caller }> {
  const checked = goingOn(checkRequest(request), begun)
  if (checked.query.method.isUnknown !== true) return { checked, caller }
  const { recognisedList } = await import('./recognised-list.ts')
  return recognisedList(caller, checked, request.parameters.shape, signal, onEvent)
}

/** What an earlier run asked for is asked for again: masks may stand for other fields by now. */
function goingOn(checked: CheckedQuery, begun: Mark | undefined): CheckedQuery {
  return begun?.select === undefined ? checked : { ...checked, select: begun.select }
}

/** The same list behind an id. */
function startedBehind(query: ListQuery, afterId: number): ListQuery {
  const { after, upTo } = query.range
  return { ...query, range: { after: Math.max(after ?? afterId, afterId), upTo } }
}

function markOf(
  last: JsonText,
  rows: number,
  { method }: ListQuery,
  {
    select,
    sink,
    audit,
  }: { readonly select: readonly string[] | undefined; readonly sink: Sink; readonly audit: ListAudit },
): Mark {
  const afterId = idOf(last, method.id?.inRows)
  const unreadable = audit.unreadableUpTo(afterId ?? -1).map(({ id }) => id)
  const columns = sink.state?.()
  return { afterId, rows, select, columns, ...(unreadable.length === 0 ? {} : { unreadable }) }
}

/** Loaded here: hardly a run is refused. */
async function hinted(
  error: unknown,
  caller: Caller,
  query: ListQuery,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof RefusalError)) return error
  const { withFieldHint } = await import('./refusal-hint.ts')
  return withFieldHint(error, caller, query, signal)
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
  if (wanted.length === page.rows.length || last === undefined || !isWalkedById(method)) return page.cursor
  return idOf(last, method.id?.inRows) ?? page.cursor
}
