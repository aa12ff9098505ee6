import type { Caller } from '../engine/caller.ts'
import { IncompleteError, UsageError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { BATCH_COMMANDS, PAGE_ROWS } from '../protocol/limits.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { withParamAt } from '../protocol/places.ts'
import type { NamedCommand, Outcome } from '../protocol/types.ts'
import { pageCommand } from '../strategies/keyset/commands.ts'
import { idOf, rowsOf } from '../strategies/rows.ts'
import type { IdRange, ListQuery } from '../strategies/strategy.ts'
import { countCommand } from './count-command.ts'
import type { ListAudit } from './list-audit.ts'
import { idsIn, partsOf } from './id-ranges.ts'
import type { RisingIds } from './rising-ids.ts'

/** What a count at the end has shown. */
export interface Verification {
  /** Rows that the portal counts now, in the same bounds. */
  readonly counted: number
  /** Rows that are there and were not written, though they were there before the run began. */
  readonly missing: readonly number[]
  /** Rows that were not written, and were changed since the run began. */
  readonly changed: readonly number[]
  /** Rows that were written, and are not there any more or do not match any more. */
  readonly gone: readonly number[]
}

export interface VerifyOptions {
  readonly signal: AbortSignal
  /** When the run began by the portal's clock, Unix ms; `undefined` if it never said. */
  readonly startedAt: number | undefined
}

interface Counting extends VerifyOptions {
  /** Seconds that the portal took to count the whole list. */
  readonly countSeconds: number
}

/** Requests for finding out which rows differ; each counts up to fifty ranges. */
const MOST_REQUESTS = 40
/** Seconds that a count is expected to take, until the first has told. */
const COUNT_SECONDS = 1
/** Most seconds that a page of ids takes, besides counting. */
const PAGE_SECONDS = 0.1

/** Whether a method says how many rows a list has. @throws UsageError if it does not */
export function refuseUncounted({ method, api, paging }: ListMethod): void {
  if (api === 'v3') {
    throw new UsageError(
      'verify',
      `--verify compares with the portal's count, and REST 3.0 counts no rows of ${method}.`,
      'Leave --verify out; the list is complete if the exit code is 0.',
    )
  }
  if (paging.by === 'keyset' || paging.by === 'start') return
  throw new UsageError(
    'verify',
    `--verify compares with the portal's count, and ${method} has none${paging.by === 'whole' ? ': it answers all rows at once' : ''}.`,
    'Leave --verify out; the list is complete if the exit code is 0.',
  )
}

/**
 * Compares the rows that were written with what the portal counts now, with the same filter and up to the last of them:
 * rows added since have higher ids. Where the two differ, the ranges that do are counted, fifty to a request, down to
 * pages whose ids are compared. That is cheaper than to walk all ids as long as few rows differ.
 *
 * @throws IncompleteError if the portal does not count, or too much differs to be told apart
 */
export async function verify(
  caller: Caller,
  audit: ListAudit,
  options: VerifyOptions,
): Promise<Verification> {
  const { query, ids, unreadable, rows, lastId, end } = audit
  if (query === undefined) throw new Error('nothing was read')
  const { method, paging } = query.method
  if (paging.by !== 'keyset' || ids === undefined) {
    const { counted } = await countAll(caller, query, OPEN, options)
    if (counted === rows) return { counted, missing: [], changed: [], gone: [] }
    throw new IncompleteError(
      `${method} has ${counted} rows now, and ${rows} were read; which differ cannot be told without ids.`,
      'Run again when nobody is working in the list.',
    )
  }
  const seen = end?.by === 'seen-id' ? end.id : -1
  const highest = Math.max(lastId ?? -1, seen, ...unreadable.map(({ id }) => id))
  const range = { after: query.range.after, upTo: highest < 0 ? query.range.upTo : highest }
  const { counted, seconds } = await countAll(caller, query, range, options)
  const counting = { ...options, countSeconds: seconds }
  const own = withUnreadable(ids, unreadable)
  if (counted === own.count) return { counted, missing: [], changed: [], gone: [] }
  const { more, fewer, hidden } = await differences(caller, query, own, range, counting)
  const there = await rowsNow(caller, query, more, counting)
  const lost = [...there].filter(([, row]) => !isChangedSince(row, options.startedAt)).map(([id]) => id)
  const changed = [...there.keys()].filter((id) => !lost.includes(id))
  const missing = [...lost, ...hidden].toSorted((left, right) => left - right)
  return { counted, missing, changed, gone: fewer }
}

const OPEN: IdRange = { after: undefined, upTo: undefined }

/** Every row that is accounted for: written, or named as one that cannot be read. */
function withUnreadable(
  ids: RisingIds,
  unreadable: ListAudit['unreadable'],
): Iterable<number> & { count: number } {
  const others = unreadable.map(({ id }) => id).toSorted((left, right) => left - right)
  return {
    count: ids.count + others.length,
    *[Symbol.iterator]() {
      let at = 0
      for (const id of ids) {
        for (; at < others.length && (others[at] ?? 0) < id; at++) yield others[at] ?? 0
        yield id
      }
      yield* others.slice(at)
    },
  }
}

async function countAll(
  caller: Caller,
  query: ListQuery,
  range: IdRange,
  { signal }: VerifyOptions,
): Promise<{ counted: number; seconds: number }> {
  const command = countCommand(query, range)
  const { total, time } = await caller.call(command, { signal, expectedSeconds: COUNT_SECONDS })
  if (total === undefined) throw uncounted(query)
  return { counted: total, seconds: time.durationSeconds ?? COUNT_SECONDS }
}

/** Ids that only one side has: the portal `more`, we `fewer`; those that the portal counts and does not answer are `hidden`. */
async function differences(
  caller: Caller,
  query: ListQuery,
  own: Iterable<number>,
  whole: IdRange,
  counting: Counting,
): Promise<{ more: number[]; fewer: number[]; hidden: number[] }> {
  const found = { more: [] as number[], fewer: [] as number[], hidden: [] as number[] }
  let open: IdRange[] = [whole]
  for (let requests = 0; open.length > 0; requests++) {
    if (requests === MOST_REQUESTS) throw tooDifferent(query)
    // Each is parted in two at least.
    const parts = open.slice(0, BATCH_COMMANDS / 2)
    const later = open.slice(BATCH_COMMANDS / 2)
    const finer = partsOf(own, parts, Math.max(2, Math.floor(BATCH_COMMANDS / parts.length)))
    const answers = await countEach(caller, query, finer, counting)
    const known = idsIn(own, finer)
    const next: IdRange[] = []
    for (const [at, range] of finer.entries()) {
      const { total, ids } = answers[at] ?? { total: 0, ids: [] }
      const ours = known[at] ?? []
      if (total === ours.length) continue
      if (total <= PAGE_ROWS && ids.length === total) {
        const theirs = new Set(ids)
        found.more.push(...ids.filter((id) => !ours.includes(id)))
        found.fewer.push(...ours.filter((id) => !theirs.has(id)))
      } else if (range.upTo !== undefined && range.upTo - (range.after ?? -1) === 1) {
        // Counted, and not answered even alone.
        found.hidden.push(range.upTo)
      } else next.push(range)
    }
    open = [...next, ...later]
  }
  return found
}

/** What the portal counts in each range, and the first page of its ids. */
async function countEach(
  caller: Caller,
  query: ListQuery,
  ranges: readonly IdRange[],
  counting: Counting,
): Promise<{ total: number; ids: number[] }[]> {
  const commands = ranges.map((range, at): NamedCommand => ({
    ...countCommand(query, range),
    name: `c${at}`,
  }))
  const outcomes = await inBatches(caller, commands, counting)
  return outcomes.map((outcome) => {
    const total = outcome.kind === 'done' ? outcome.reply.total : undefined
    if (outcome.kind !== 'done' || total === undefined) throw uncounted(query)
    const rows = rowsOf(outcome.reply.result, query.method)
    return { total, ids: rows.map((row) => idOf(row, query.method.id?.inRows) ?? 0) }
  })
}

/** Rows by these ids as they are now, whole, so that their dates can be seen; those that are gone again are left out. */
async function rowsNow(
  caller: Caller,
  query: ListQuery,
  ids: readonly number[],
  counting: Counting,
): Promise<Map<number, JsonText>> {
  const { select } = query.method
  const params = select === undefined ? query.params : withParamAt(query.params, select, undefined)
  const commands = ids.map((id, at): NamedCommand => ({
    ...pageCommand({ ...query, params }, id - 1, id),
    name: `m${at}`,
  }))
  const rows = new Map<number, JsonText>()
  for (const [at, outcome] of (await inBatches(caller, commands, counting)).entries()) {
    const row = outcome.kind === 'done' ? rowsOf(outcome.reply.result, query.method)[0] : undefined
    if (row !== undefined) rows.set(ids[at] ?? 0, row)
  }
  return rows
}

async function inBatches(
  caller: Caller,
  commands: readonly NamedCommand[],
  { signal, countSeconds }: Counting,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let at = 0; at < commands.length; at += BATCH_COMMANDS) {
    const some = commands.slice(at, at + BATCH_COMMANDS)
    // Ranges of a list take together about as long to count as the list.
    const expectedSeconds = 2 * countSeconds + some.length * Math.min(countSeconds, PAGE_SECONDS)
    const reply = await caller.batch(some, { signal, expectedSeconds })
    outcomes.push(...reply.outcomes)
  }
  return outcomes
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
/** DATE_MODIFY, updatedTime, CHANGED_DATE, TIMESTAMP_X, DATE_CREATE …; not dates that somebody plans. */
const WHEN_CHANGED = /modif|chang|updat|timestamp|creat/i

/** Whether a row says of itself that it was made or changed since then. */
function isChangedSince(row: JsonText, startedAt: number | undefined): boolean {
  if (startedAt === undefined) return false
  for (const { name, value } of row.members()) {
    const text = WHEN_CHANGED.test(name) ? value.text : undefined
    // The portal's dates have whole seconds.
    if (text !== undefined && MOMENT.test(text) && Date.parse(text) > startedAt - SECOND_MS) return true
  }
  return false
}

const SECOND_MS = 1_000

function uncounted({ method: { method } }: ListQuery): IncompleteError {
  return new IncompleteError(
    `${method} does not say how many rows there are, so --verify cannot compare.`,
    'The end of the list was shown all the same; leave --verify out.',
    undefined,
    'walk.verify-uncounted',
  )
}

function tooDifferent({ method: { method } }: ListQuery): IncompleteError {
  return new IncompleteError(
    `The portal counts other rows of ${method} than were read, in too many places to name them.`,
    'Run again when nobody is working in the list.',
    undefined,
    'walk.verify-different',
  )
}
