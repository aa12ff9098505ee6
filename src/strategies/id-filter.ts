import { IncompleteError, NotUnderstoodError, TransportError } from '../errors.ts'
import type { Caller } from '../engine/caller.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { Paging } from '../protocol/methods/list-method.ts'
import { withParamAt } from '../protocol/places.ts'
import type { Command, Params, Reply } from '../protocol/types.ts'
import { listCommand, withConditions } from './list-command.ts'
import { idOf, rowsOf, walkedId } from './rows.ts'
import type { ListQuery, Walk, WalkOptions } from './strategy.ts'

/** Seconds of the portal for a page, until one has come. */
const FIRST_SECONDS = 1

/** Rows that are still asked for if more take too long. */
const LEAST_ROWS = 50

/** Further attempts at a page that can be asked for in smaller pieces. */
const RETRIES_OF_LARGE = 1

/**
 * By id, page after page in calls of their own: as many rows behind the last one as a page may have. A portal may give
 * fewer than were asked for, so only a page without rows shows the end, or the row at the upper bound.
 *
 * @throws IncompleteError if ids do not rise, NotUnderstoodError if a row has none; whatever the caller throws
 */
export const walkByIdFilter: Walk = async function* (caller, query, options) {
  const { paging } = query.method
  if (paging.by !== 'id-filter')
    throw new Error(`${query.method.method} is not walked by an id in its filter`)
  const { upTo } = query.range
  let last = query.range.after
  let left = options.rowsWanted
  const pages = new Pages(caller, query, paging, options)
  while (left > 0) {
    const { rows, ids } = readRising(query, await pages.ask(last, left), last)
    if (rows.length === 0) {
      options.onEnd?.({ by: 'short-page' })
      return
    }
    last = ids.at(-1)
    left -= rows.length
    yield { rows, cursor: last ?? 0, end: undefined }
    if (last !== undefined && last === upTo) {
      options.onEnd?.({ by: 'seen-id', id: last })
      return
    }
  }
}

/** Asks for pages, and for smaller ones where they take the portal too long. */
class Pages {
  readonly #caller: Caller
  readonly #query: ListQuery
  readonly #paging: Extract<Paging, { by: 'id-filter' }>
  readonly #signal: AbortSignal
  #most: number
  #seconds = FIRST_SECONDS

  constructor(
    caller: Caller,
    query: ListQuery,
    paging: Extract<Paging, { by: 'id-filter' }>,
    { signal }: WalkOptions,
  ) {
    this.#caller = caller
    this.#query = query
    this.#paging = paging
    this.#signal = signal
    this.#most = paging.pageRows
  }

  async ask(after: number | undefined, wanted: number): Promise<Reply> {
    for (;;) {
      const canShrink = this.#paging.limit !== undefined && this.#most > LEAST_ROWS
      try {
        const reply = await this.#caller.call(this.#command(after, wanted), {
          signal: this.#signal,
          expectedSeconds: this.#seconds,
          ...(canShrink ? { retries: RETRIES_OF_LARGE } : {}),
        })
        this.#seconds = reply.time.durationSeconds ?? this.#seconds
        return reply
      } catch (error) {
        if (!canShrink || !(error instanceof TransportError) || !error.isTooMuch) throw error
        this.#most = Math.max(LEAST_ROWS, Math.floor(this.#most / 4))
      }
    }
  }

  #command(after: number | undefined, wanted: number): Command {
    const { method, params, range } = this.#query
    const { inFilter } = walkedId(method)
    const bounds: Params = {
      ...(after === undefined ? {} : { [`>${inFilter}`]: String(after) }),
      ...(range.upTo === undefined ? {} : { [`<=${inFilter}`]: String(range.upTo) }),
    }
    const { limit } = this.#paging
    const rows = Math.min(this.#most, wanted)
    const size = limit === undefined ? {} : withParamAt({}, limit, rows)
    const query = { ...this.#query, params: withConditions(params, method.filter, bounds) }
    return listCommand(query, { ...method.idOrder, ...size })
  }
}

interface IdRows {
  readonly rows: readonly JsonText[]
  readonly ids: readonly number[]
}

function readRising({ method }: ListQuery, { result }: Reply, after = -1): IdRows {
  const { inRows, inFilter } = walkedId(method)
  const rows = rowsOf(result, method)
  const ids: number[] = []
  for (const row of rows) {
    const id = idOf(row, inRows)
    if (id === undefined) {
      throw new NotUnderstoodError(
        `A row of ${method.method} behind ${inFilter} ${ids.at(-1) ?? after} has no readable "${inRows}", so the walk cannot go on.`,
        'Please report this with the name of the method.',
      )
    }
    if (id <= (ids.at(-1) ?? after)) {
      throw new IncompleteError(
        `${method.method} does not answer in ascending ${inFilter} behind ${ids.at(-1) ?? after}, so the rest of the list cannot be reached.`,
        'Please report this: the method is not walked in the right way.',
      )
    }
    ids.push(id)
  }
  return { rows, ids }
}
