import type { Caller } from '../engine/caller.ts'
import { IncompleteError, NotUnderstoodError, UsageError } from '../errors.ts'
import type { InputId } from '../input/input-row.ts'
import { whyAlone } from '../protocol/carriage.ts'
import { refusalError } from '../protocol/failures.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { isWalkedById } from '../protocol/methods/walked-by-id.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import type { Command } from '../protocol/types.ts'
import { listCommand, startParam, withConditions } from '../strategies/list-command.ts'
import { rowsOf, walkedId } from '../strategies/rows.ts'
import type { ListQuery } from '../strategies/strategy.ts'
import { AskedOnce } from './dispatch/asked-once.ts'
import { dispatch } from './dispatch/dispatch.ts'
import type { DispatchOptions } from './dispatch/options.ts'
import { type Fate, OUR_CODES, refused } from './dispatch/fate.ts'
import { type Item, settledUnit, type Unit } from './dispatch/unit.ts'
import { verdictOn } from './dispatch/verdict.ts'

/** An id and its row, if the list has one. */
export interface RowItem extends Item {
  readonly input: InputId
}

export type ListByIdsOptions = Omit<
  DispatchOptions,
  'isOneMethod' | 'isSerial' | 'isIdempotent' | 'recorder' | 'stopAfter'
>

/** So many ids without a row are looked for again in one call: all of them fit into its answer only if few are there. */
const CONFIRMED_IDS = 500

/** Rows that are held back at the most, while ids before them wait to be looked for again. */
const HELD_ROWS = 5_000

const REPEATED: Fate = refused(OUR_CODES.notSent, 'Asked for already.')

/**
 * Rows of a list method by their ids: 50 ids to a page, 50 pages to a request, in the order of the ids. That an id has no
 * row is believed only if a call of its own says so, since pages inside of batches have been seen to come back empty.
 *
 * @throws UsageError if the method's filter takes no list of ids; NotUnderstoodError if it passes the list over; RefusalError
 * for a refused page; otherwise as `dispatch`
 */
export async function* listByIds(
  caller: Caller,
  query: ListQuery,
  ids: AsyncIterable<InputId>,
  options: ListByIdsOptions,
): AsyncGenerator<readonly RowItem[], void, undefined> {
  refuseUnfit(query)
  const known = new AskedOnce()
  const pages = dispatch(caller, pagesOf(query, ids, known, options.retries), {
    ...options,
    isOneMethod: true,
    isSerial: false,
    isIdempotent: false,
    stopAfter: undefined,
  }) as AsyncGenerator<readonly RowItem[], void, undefined>
  let held: RowItem[] = []
  let missing: RowItem[] = []

  async function release(): Promise<readonly RowItem[]> {
    if (missing.length > 0) await lookAgain(caller, query, missing, options)
    const items = held
    for (const item of items) {
      if (item.fate === REPEATED) item.fate = known.recall(idOfInput(item.input))
      else if (item.fate !== undefined) known.keep(idOfInput(item.input), item.ordinal, item.fate)
    }
    held = []
    missing = []
    return items
  }

  for await (const items of pages) {
    for (const item of items) {
      held.push(item)
      if (item.fate?.outcome === 'refused' && item.fate.error.code === OUR_CODES.notFound) missing.push(item)
      if (missing.length >= CONFIRMED_IDS) yield await release()
    }
    if (missing.length === 0 || held.length >= HELD_ROWS) yield await release()
  }
  yield await release()
}

/** @throws UsageError if the method's filter is not known to take a list of ids */
export function refuseUnfit({ method: { method, filter, paging } }: ListQuery): void {
  if (isWalkedById({ paging }) && filter?.prefixes.includes('@') === true) return
  throw new UsageError(
    'ids-filter',
    `${method} is not known to filter by a list of ids.`,
    'Use bx24 get-by-id with the method that answers for one id.',
  )
}

/** `5` and `05` are the same row. */
function idOfInput({ text }: InputId): string {
  return String(Number(text))
}

/** Units of one page each, of up to 50 ids. */
async function* pagesOf(
  query: ListQuery,
  ids: AsyncIterable<InputId>,
  known: AskedOnce,
  retries: number,
): AsyncGenerator<Unit, void, undefined> {
  let ordinal = 0
  let items: RowItem[] = []
  let asked = 0
  for await (const input of ids) {
    if (!/^\d{1,15}$/.test(input.text)) {
      throw new UsageError(
        'input-id',
        `Line ${input.line}: ${input.literal} is no id of a row.`,
        'Ids of rows are whole numbers.',
      )
    }
    const isRepeat = known.isRepeat(idOfInput(input), ordinal)
    items.push({ ordinal, input, fate: isRepeat ? REPEATED : undefined })
    ordinal++
    if (!isRepeat) asked++
    if (asked < PAGE_ROWS && items.length < PAGE_ROWS * PAGE_ROWS) continue
    yield pageUnit(query, items, retries)
    items = []
    asked = 0
  }
  if (items.length > 0) yield pageUnit(query, items, retries)
}

function pageUnit(query: ListQuery, items: readonly RowItem[], retries: number): Unit {
  const open = items.filter(({ fate }) => fate === undefined)
  if (open.length === 0) return settledUnit(items)
  const command = idsCommand(query, open)
  let attempts = 0
  const unit: Unit = {
    items,
    commands: [{ ...command, name: `c${open[0]?.ordinal ?? 0}` }],
    isAlone: whyAlone(command.params) !== undefined,
    hasMore: false,
    lock: undefined,
    take([result]) {
      const verdict = verdictOn(result ?? { kind: 'absent' }, {
        method: command.method,
        isIdempotent: false,
        hasAttemptsLeft: attempts < retries,
        mayHaveRun: false,
      })
      if (verdict.kind === 'again') {
        if (verdict.isAttempt) attempts++
        return unit
      }
      if (verdict.kind === 'done') giveRows(query, verdict.reply.result, open)
      else throw failureOfPage(command.method, verdict.fate)
      for (const item of open) item.fate ??= refused(OUR_CODES.notFound, 'The list has no row with this id.')
      return undefined
    },
  }
  return unit
}

/** A page that is refused is no matter of single rows: the same would befall all others. */
function failureOfPage(method: string, fate: Fate): Error {
  if (fate.outcome === 'refused') {
    const { code: apiCode, description, status } = fate.error
    return refusalError({ apiCode, description, status: status ?? undefined, method })
  }
  return new IncompleteError(
    `${method} was asked for rows by their ids and did not answer.`,
    'Run again later.',
  )
}

function idsCommand(query: ListQuery, items: readonly RowItem[]): Command {
  const wanted = { [`@${walkedId(query.method).inFilter}`]: items.map(({ input }) => idOfInput(input)) }
  const params = withConditions(query.params, query.method.filter, wanted)
  const { idOrder, paging } = query.method
  return listCommand(
    { ...query, params },
    { ...idOrder, ...(paging.by === 'keyset' ? { ...startParam(query.method, '-1') } : {}) },
  )
}

/** Gives the rows of an answer to the ids that they belong to. @throws NotUnderstoodError for rows nobody asked for */
function giveRows({ method }: ListQuery, result: JsonText, items: readonly RowItem[]): void {
  const byId = new Map(items.map((item) => [Number(item.input.text), item]))
  for (const row of rowsOf(result, method)) {
    const id = row.member(walkedId(method).inRows)
    const item = byId.get(Number(id?.text ?? id?.toString()))
    if (item === undefined) {
      throw new NotUnderstoodError(
        `${method.method} answered rows that were not asked for, so its filter does not know @${walkedId(method).inFilter}.`,
        'Use bx24 get-by-id with the method that answers for one id.',
      )
    }
    item.fate = { outcome: 'done', result: row }
  }
}

/** Asks for these ids in calls of their own, until one of them has no more rows than were asked for. */
async function lookAgain(
  caller: Caller,
  query: ListQuery,
  missing: readonly RowItem[],
  { signal }: ListByIdsOptions,
): Promise<void> {
  let open = missing
  for (;;) {
    const { result } = await caller.call(idsCommand(query, open), { signal, expectedSeconds: 0.5 })
    giveRows(query, result, open)
    const still = open.filter(({ fate }) => fate?.outcome !== 'done')
    // A full page may have more behind it; what was found is not asked for again.
    if (rowsOf(result, query.method).length < PAGE_ROWS || still.length === 0) return
    open = still
  }
}
