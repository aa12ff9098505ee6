import type { Caller } from '../engine/caller.ts'
import { IncompleteError, UsageError } from '../errors.ts'
import type { InputId } from '../input/input-row.ts'
import type { OpenSink } from '../output/sink.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { checkRequest, type ExtractRequest } from './extract.ts'
import { isMap } from '../protocol/params.ts'
import { paramAt } from '../protocol/places.ts'
import { listByIds, type ListByIdsOptions, refuseUnfit, type RowItem } from './list-by-ids.ts'
import { selectedQuery } from './selected-query.ts'
import { fieldsIn } from './v3-filter.ts'

export interface RowsByIdsOptions extends ListByIdsOptions {
  /** How many ids there are; `undefined` if nobody knows. */
  readonly total: number | undefined
}

/** So many ids without a row are named. */
const NAMED = 10

/**
 * Checks a request for rows by their ids, without sending anything.
 *
 * @throws UsageError as `checkRequest`, and for bounds of the id, which the ids set already
 */
export function checkRowsByIds(request: ExtractRequest): void {
  const { query } = checkRequest(request)
  const { range, method } = query
  refuseUnfit(query)
  const filter = method.filter && paramAt(query.params, method.filter.at)
  const keys = Array.isArray(filter) ? fieldsIn(filter) : Object.keys(isMap(filter) ? filter : {})
  const onId = keys.find((key) => key.replace(/^\W+/, '').toLowerCase() === method.id?.inFilter.toLowerCase())
  if (onId !== undefined) {
    throw new UsageError(
      'ids-and-bounds',
      `The condition ${onId} and --ids both say which ids are meant.`,
      'Leave one of them out.',
    )
  }
  if (range.after !== undefined || range.upTo !== undefined) {
    throw new UsageError(
      'ids-and-bounds',
      `Bounds on ${method.id?.inFilter ?? ''} and --ids both say which ids are meant.`,
      'Leave the bounds out.',
    )
  }
}

/**
 * Rows of a list by their ids, in the order of the ids, into a sink.
 *
 * @throws IncompleteError if ids have no row, unless conditions say that they need not have one; otherwise as `extract`
 */
export async function rowsByIds(
  caller: Caller,
  request: ExtractRequest,
  ids: AsyncIterable<InputId>,
  openSink: OpenSink,
  options: RowsByIdsOptions,
): Promise<void> {
  const { signal, onEvent, total } = options
  const checked = checkRequest(request)
  const { query, columns, asAsked, check } = await selectedQuery(caller, checked, request.flatten, signal)
  const { filter } = query.method
  const isConditional = filter !== undefined && paramAt(query.params, filter.at) !== undefined
  const sink = await openSink(columns)
  const limit = request.limit ?? Infinity
  const missing = { count: 0, named: [] as string[] }
  let rows = 0
  let read = 0
  for await (const items of listByIds(caller, query, ids, options)) {
    read += items.length
    const found = items.flatMap(({ fate }) => (fate?.outcome === 'done' ? [fate.result] : []))
    const wanted: readonly JsonText[] = found.slice(0, limit - rows)
    await sink.write(asAsked(wanted))
    rows += wanted.length
    onEvent({ type: 'page', rows: wanted.length, cursor: read, end: total })
    note(items, missing)
    if (rows >= limit) break
  }
  await sink.close()
  await check(sink)
  if (missing.count > 0 && !isConditional && rows < limit) throw missingError(missing, query.method.method)
}

function note(items: readonly RowItem[], missing: { count: number; named: string[] }): void {
  for (const { fate, input } of items) {
    if (fate?.outcome === 'done') continue
    missing.count++
    if (missing.named.length < NAMED) missing.named.push(input.text)
  }
}

function missingError(
  { count, named }: { readonly count: number; readonly named: readonly string[] },
  method: string,
): IncompleteError {
  const more = count > named.length ? ' and others' : ''
  return new IncompleteError(
    `${method} has no row for ${count.toLocaleString('en-US')} of the ids: ${named.join(', ')}${more}.`,
    'They do not exist, or the user of the webhook may not see them.',
    undefined,
    'walk.ids-missing',
  )
}
