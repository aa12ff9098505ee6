import type { Caller } from '../engine/caller.ts'
import { IncompleteError, NotUnderstoodError, TransportError } from '../errors.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import type { Outcome, Reply } from '../protocol/types.ts'
import { chainCommands, openingCommands, pageCommand } from './keyset-commands.ts'
import { chainLength, Pace, rowsExpected } from './pace.ts'
import { idOf, rowsOf } from './rows.ts'
import type { IdRange, ListQuery, Page, Walk, WalkOptions } from './strategy.ts'

/** How the pages of one request ended. */
type Ending =
  /** The last id of the range was reached, or a page asked for alone showed that there is no more. */
  | 'proven'
  /** All pages that came were full: on from there. */
  | 'full'
  /** A page was short, empty, refused or not in order; asked for alone it will tell whether that was the end. */
  | 'doubtful'

/** How far a walk has come. */
interface Position {
  /** The last id that was delivered. */
  last: number | undefined
  /** The highest id there is, as the portal showed it. */
  end: number | undefined
  /** Rows delivered so far. */
  rows: number
  /** Rows and ids of the last request that brought any, which tell how close the next ones will lie. */
  read: { rows: number; span: number }
}

/** The answers to one request, in the order of its commands; the pages in it are read one by one. */
interface Answers {
  readonly outcomes: readonly Outcome[]
  /** One page in a call of its own: it means what it says. */
  readonly isAlone: boolean
}

/**
 * Walks a list method by id: `filter[>ID]` grows and `start=-1` spares the portal the count. One request brings up to
 * 50 pages, each asking for what lies behind the last id of the one before it.
 *
 * The end is proven by reaching the highest id, which the first request asks for, or by an empty page in answer to a
 * call of its own (a short one, where the highest id is not known). A short page inside a batch proves nothing: behind
 * it the references of the following commands lead nowhere, and different portals then answer differently, so whatever
 * follows it is dropped and asked for anew.
 *
 * Yields pages in strictly ascending id; holds the answer to one request in memory.
 *
 * @throws IncompleteError if the portal does not answer in ascending id, NotUnderstoodError if a row has no id
 * @see https://apidocs.bitrix24.com/settings/performance/huge-data.html
 */
export const walkByKeyset: Walk = async function* (caller, query, options) {
  const pace = new Pace(options.batchSize)
  const position: Position = { last: query.range.after, end: undefined, rows: 0, read: { rows: 0, span: 0 } }
  let isOpening = options.rowsWanted > PAGE_ROWS && options.batchSize > 1
  let isDoubtful = !isOpening
  for (;;) {
    const range = { after: position.last, upTo: position.end ?? query.range.upTo }
    const expectedRows = Math.min(rowsExpected(position.read, range), options.rowsWanted - position.rows)
    const length = isDoubtful ? 1 : chainLength({ expectedRows, ...pace.facts })
    let answers: Answers
    if (isOpening) {
      answers = await open(caller, query, position, pace, options)
      isOpening = false
    } else if (length === 1) {
      answers = await askAlone(caller, query, range, pace, options)
    } else {
      answers = await askChain(caller, query, range, length, pace, options)
    }

    const ending = yield* readPages(query, answers, position, pace)
    if (ending === 'proven' || position.rows >= options.rowsWanted) return
    isDoubtful = ending === 'doubtful'
  }
}

/** The first page, and the highest id there is: what the walk will have to reach. */
async function open(
  caller: Caller,
  query: ListQuery,
  position: Position,
  pace: Pace,
  { signal }: WalkOptions,
): Promise<Answers> {
  try {
    const expectedSeconds = 2 * pace.pageSeconds
    const { outcomes } = await caller.batch(openingCommands(query), { signal, expectedSeconds })
    position.end = highestIdOf(query, outcomes[1])
    return { outcomes: outcomes.slice(0, 1), isAlone: false }
  } catch (error) {
    if (!(error instanceof TransportError && error.isTooMuch)) throw error
    // Two pages were too many for one request: the first is asked for alone, the end has to show itself.
    pace.halve(2)
    return { outcomes: [], isAlone: false }
  }
}

/** One page in a call of its own: if it is empty, that is the end. */
async function askAlone(
  caller: Caller,
  query: ListQuery,
  { after, upTo }: IdRange,
  pace: Pace,
  { signal }: WalkOptions,
): Promise<Answers> {
  const expectedSeconds = pace.pageSeconds
  const reply = await caller.call(pageCommand(query, after, upTo), { signal, expectedSeconds })
  return { outcomes: [{ kind: 'done', reply }], isAlone: true }
}

/** Up to `length` pages in one request; if that takes too long, none, and fewer the next time. */
async function askChain(
  caller: Caller,
  query: ListQuery,
  range: IdRange,
  length: number,
  pace: Pace,
  { signal }: WalkOptions,
): Promise<Answers> {
  const commands = chainCommands(query, range, length)
  try {
    const { outcomes } = await caller.batch(commands, { signal, expectedSeconds: length * pace.pageSeconds })
    return { outcomes, isAlone: false }
  } catch (error) {
    if (!(error instanceof TransportError && error.isTooMuch)) throw error
    pace.halve(length)
    return { outcomes: [], isAlone: false }
  }
}

/**
 * Takes the pages of an answer as far as they are good, each only when the one before it has been taken on, and notes in
 * `position` how far that went.
 */
function* readPages(
  query: ListQuery,
  { outcomes, isAlone }: Answers,
  position: Position,
  pace: Pace,
): Generator<Page, Ending> {
  const from = position.last
  const upTo = position.end ?? query.range.upTo
  let rows = 0
  let pages = 0
  let seconds = 0
  let ending: Ending | undefined
  for (const outcome of outcomes) {
    if (outcome.kind !== 'done') {
      ending = pages === 0 ? 'doubtful' : 'full'
      break
    }
    const page = readPage(query, outcome.reply, position.last)
    if (page === undefined) {
      if (isAlone) throw outOfOrder(query, position.last)
      ending = 'doubtful'
      break
    }
    seconds += outcome.reply.time.durationSeconds ?? 0
    pages++
    if (page.rows.length > 0) {
      rows += page.rows.length
      position.last = page.cursor
      yield { ...page, end: position.end }
    }
    ending = endingAfter(page, upTo, isAlone)
    if (ending !== 'full') break
  }
  if (pages > 0) pace.learn(seconds, pages)
  position.rows += rows
  if (rows > 0) position.read = { rows, span: (position.last ?? 0) - (from ?? 0) }
  return ending ?? 'full'
}

/** What a page says about the end of the list. */
function endingAfter({ rows, cursor }: Page, upTo: number | undefined, isAlone: boolean): Ending {
  if (rows.length > 0 && cursor === upTo) return 'proven'
  if (rows.length >= PAGE_ROWS) return 'full'
  if (!isAlone) return 'doubtful'
  // A highest id that was seen and is not reached yet says more than a short page: rows may be hidden after the count
  // of fifty. If it was deleted meanwhile, an empty page will show that.
  return rows.length === 0 || upTo === undefined ? 'proven' : 'doubtful'
}

/** The rows of an answer; `undefined` if their ids do not rise strictly from `after`. */
function readPage({ method }: ListQuery, { result }: Reply, after: number | undefined): Page | undefined {
  const rows = rowsOf(result, method)
  let last = after ?? -1
  for (const row of rows) {
    const id = idOf(row, method.idInRows)
    if (id === undefined) {
      throw new NotUnderstoodError(
        `A row of ${method.method} behind ${method.idInFilter} ${last} has no readable "${method.idInRows}", so the walk cannot go on.`,
        'Please report this with the name of the method.',
      )
    }
    if (id <= last) return undefined
    last = id
  }
  return { rows, cursor: last, end: undefined }
}

function outOfOrder(
  { method: { method, idInFilter } }: ListQuery,
  last: number | undefined,
): IncompleteError {
  return new IncompleteError(
    `${method} does not answer in ascending ${idInFilter} behind ${last ?? 0}, so the rest of the list cannot be reached.`,
    'Please report this: the method is not walked in the right way.',
  )
}

/** The highest id there is, if the answer really runs downwards: a portal that ignores the order would show a low one. */
function highestIdOf({ method }: ListQuery, outcome: Outcome | undefined): number | undefined {
  if (outcome?.kind !== 'done') return undefined
  const ids = rowsOf(outcome.reply.result, method).map((row) => idOf(row, method.idInRows))
  const isDescending = ids.every(
    (id, index) => id !== undefined && (index === 0 || id < (ids[index - 1] ?? 0)),
  )
  return isDescending ? ids[0] : undefined
}
