import { type Caller } from '../engine/caller.ts'
import { IncompleteError, NotUnderstoodError, TransportError } from '../errors.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { type Outcome, type Reply } from '../protocol/types.ts'
import { chainCommands, openingCommands, pageCommand } from './keyset-commands.ts'
import { chainLength, Pace, rowsExpected } from './pace.ts'
import { idOf, rowsOf } from './rows.ts'
import { type ListQuery, type Page, type Walk, type WalkOptions } from './strategy.ts'

/** How the pages of one request ended. */
type Ending =
  /** The last id of the range was reached, or a page asked for alone showed that there is no more. */
  | 'proven'
  /** All pages were full: on with the next request. */
  | 'full'
  /** A page was short, empty, or not in order; asked for alone it will tell whether that was the end. */
  | 'doubtful'
  /** A command was refused behind pages that were good: on from there. */
  | 'broken'

interface Step {
  readonly pages: readonly Page[]
  readonly ending: Ending
}

/**
 * Walks a list method by id: `filter[>ID]` grows and `start=-1` spares the portal the count. One request brings up to
 * 50 pages, each asking for what lies behind the last id of the one before it.
 *
 * The end is proven by reaching the highest id, which the first request asks for, or by an empty page in answer to a
 * call of its own (a short one, if the highest id is not known). A short page inside a batch proves nothing: behind it the references of the following commands
 * lead nowhere, and different portals then answer differently, so whatever follows it is dropped and asked for anew.
 *
 * Yields pages in strictly ascending id; holds the answer to one request in memory.
 *
 * @throws IncompleteError if the portal does not answer in ascending id, NotUnderstoodError if a row has no id
 * @see https://apidocs.bitrix24.com/settings/performance/huge-data.html
 */
export const walkByKeyset: Walk = async function* (caller, query, options) {
  const pace = new Pace(options.batchSize)
  const read = { rows: 0, span: 0 }
  let { after: last, upTo } = query.range
  let end: number | undefined
  let rowsWanted = options.rowsWanted
  let isOpening = rowsWanted > PAGE_ROWS && options.batchSize > 1
  let isDoubtful = !isOpening
  for (;;) {
    let step: Step
    if (isOpening) {
      const opening = await open(caller, query, pace, options)
      end = opening.upTo
      upTo = end ?? upTo
      step = opening.step
      isOpening = false
    } else {
      const expectedRows = Math.min(rowsExpected(read, last, upTo), rowsWanted)
      const length = chainLength({ expectedRows, pageSeconds: pace.pageSeconds, ceiling: pace.ceiling })
      const range = { after: last, upTo }
      step =
        isDoubtful || length === 1
          ? await askAlone(caller, query, range, pace, options)
          : await askChain(caller, query, range, length, pace, options)
    }

    const from = last
    for (const page of step.pages) {
      yield { ...page, end }
      last = page.cursor
      rowsWanted -= page.rows.length
    }
    if (step.ending === 'proven' || rowsWanted <= 0) return
    if (last !== undefined && last !== from) {
      read.rows = step.pages.reduce((sum, page) => sum + page.rows.length, 0)
      read.span = last - (from ?? 0)
    }
    isDoubtful = step.ending === 'doubtful' || (step.pages.length === 0 && step.ending === 'broken')
  }
}

/** The first page, and the highest id there is: what the walk will have to reach. */
async function open(
  caller: Caller,
  query: ListQuery,
  pace: Pace,
  { signal }: WalkOptions,
): Promise<{ step: Step; upTo: number | undefined }> {
  let outcomes: readonly Outcome[] = []
  try {
    const expectedSeconds = 2 * pace.pageSeconds
    outcomes = (await caller.batch(openingCommands(query), { signal, expectedSeconds })).outcomes
  } catch (error) {
    if (!(error instanceof TransportError && error.isTooMuch)) throw error
    // Two pages were too many for one request: the first is asked for alone, the end has to show itself.
    pace.halve(2)
    return { step: { pages: [], ending: 'doubtful' }, upTo: undefined }
  }
  const [first, highest] = outcomes
  const upTo = highestIdOf(query, highest)
  return { step: readChain(query, first === undefined ? [] : [first], { ...query.range, upTo }, pace), upTo }
}

/** One page in a call of its own: if it is empty, that is the end. */
async function askAlone(
  caller: Caller,
  query: ListQuery,
  { after, upTo }: ListQuery['range'],
  pace: Pace,
  { signal }: WalkOptions,
): Promise<Step> {
  const reply = await caller.call(pageCommand(query, after, upTo), {
    signal,
    expectedSeconds: pace.pageSeconds,
  })
  const page = readPage(query, reply, after)
  if (page === 'out of order') {
    throw new IncompleteError(
      `${query.method.method} does not answer in ascending ${query.method.idInFilter} behind ${after ?? 0}, so the rest of the list cannot be reached.`,
      'Please report this: the method is not walked in the right way.',
    )
  }
  pace.learn(reply.time.durationSeconds ?? 0, 1)
  // A highest id that was seen and is not reached yet says more than a short page: rows may be hidden after the count
  // of fifty. If it was deleted meanwhile, an empty page will show that.
  const isShort = page.rows.length < PAGE_ROWS
  const isEnd = page.rows.length === 0 || page.cursor === upTo || (isShort && upTo === undefined)
  const ending = isShort ? 'doubtful' : 'full'
  return { pages: page.rows.length === 0 ? [] : [page], ending: isEnd ? 'proven' : ending }
}

/** Up to `length` pages in one request; shorter if that takes too long. */
async function askChain(
  caller: Caller,
  query: ListQuery,
  range: ListQuery['range'],
  length: number,
  pace: Pace,
  { signal }: WalkOptions,
): Promise<Step> {
  const commands = chainCommands(query, range, length)
  try {
    const { outcomes } = await caller.batch(commands, { signal, expectedSeconds: length * pace.pageSeconds })
    return readChain(query, outcomes, range, pace)
  } catch (error) {
    if (!(error instanceof TransportError && error.isTooMuch)) throw error
    pace.halve(length)
    return { pages: [], ending: 'full' }
  }
}

/** Takes the pages of a chain as far as they are good. */
function readChain(
  query: ListQuery,
  outcomes: readonly Outcome[],
  range: ListQuery['range'],
  pace: Pace,
): Step {
  const pages: Page[] = []
  let seconds = 0
  let last = range.after
  const end = (ending: Ending): Step => {
    if (pages.length > 0) pace.learn(seconds, pages.length)
    return { pages, ending }
  }
  for (const outcome of outcomes) {
    if (outcome.kind !== 'done') return end('broken')
    const page = readPage(query, outcome.reply, last)
    if (page === 'out of order') return end('doubtful')
    if (page.rows.length > 0) {
      pages.push(page)
      seconds += outcome.reply.time.durationSeconds ?? 0
      last = page.cursor
    }
    if (last !== undefined && last === range.upTo) return end('proven')
    if (page.rows.length < PAGE_ROWS) return end('doubtful')
  }
  return end('full')
}

/** The rows of an answer, if their ids rise strictly from `after`. */
function readPage(
  { method }: ListQuery,
  { result }: Reply,
  after: number | undefined,
): Page | 'out of order' {
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
    if (id <= last) return 'out of order'
    last = id
  }
  return { rows, cursor: last, end: undefined }
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
