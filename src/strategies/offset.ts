import { askPages } from './offset-pages.ts'
import { chainLength, OffsetPace } from './offset-pace.ts'
import { OffsetReader } from './offset-reader.ts'
import { positional } from './positions.ts'
import type { Page, Walk } from './strategy.ts'

/** A list that did not hold still until then is given up. */
const MOST_PASSES = 4

/** Where nobody counts the rows, so much of what was read is asked for at a time, and two pages at the least. */
const SHARE_OF_UNCOUNTED = 1 / 4
const LEAST_UNCOUNTED_PAGES = 2

/**
 * Walks a list by the positions of its pages (`start`, `offset` and `limit`, numbers of pages), for methods that cannot be
 * walked by id: the first page in a call of its own, the others up to 50 in a batch. With `start` every page makes the
 * portal count all rows, so this costs it far more than a walk by id.
 *
 * Rows that come or go meanwhile move the others from page to page. Each request reads its pages from the last one to the
 * first, and behind them the page before once more: a row that moves towards the beginning is met twice, or found on that
 * page, and never missed. With ids in ascending order, where new rows come last, one pass shows that nothing is missing.
 * Any other list is read again until two passes agree, and what they find besides comes at the end.
 *
 * @throws IncompleteError if the list did not hold still, or its end cannot be shown; NotUnderstoodError
 */
export const walkByOffset: Walk = async function* (caller, query, options) {
  const pace = new OffsetPace(options.batchSize)
  const canAppear = Object.keys(query.params).length > 0
  const reader = new OffsetReader(query.method, canAppear)
  for (let pass = 1; ; pass++) {
    const mayGoOn = pass < MOST_PASSES
    reader.beginPass()
    yield* onePass(caller, query, options, reader, pace)
    if (reader.count >= options.rowsWanted) return
    if (!reader.isProven(mayGoOn)) continue
    options.onEnd?.(reader.proof)
    return
  }
}

async function* onePass(
  ...[caller, query, { signal, batchSize, rowsWanted }, reader, pace]: [
    ...Parameters<Walk>,
    OffsetReader,
    OffsetPace,
  ]
): AsyncGenerator<Page, void> {
  let last: number | undefined
  let start: number | undefined = 0
  /** Where to look if the page at `start` is the one before it again. */
  let otherwise: number | undefined
  let step = positional(query.method).pageRows
  let isAlone = true
  while (start !== undefined && reader.count < rowsWanted) {
    const from: number = start
    const ceiling = Math.max(1, pace.ceiling - 1)
    const uncounted = Math.max(reader.count * SHARE_OF_UNCOUNTED, step * LEAST_UNCOUNTED_PAGES)
    const behind = reader.total === undefined ? uncounted : reader.total - from
    const expectedRows = Math.min(behind, rowsWanted - reader.count)
    const length = isAlone
      ? 1
      : chainLength({ expectedRows, pageRows: step, pageSeconds: pace.pageSeconds, ceiling })
    const starts = Array.from({ length }, (_, n) => from + n * step)
    const { again, replies } = await askPages(caller, query, { last, starts, isAlone }, pace, signal)
    if (again !== undefined && last !== undefined && !reader.joins(again, last)) {
      // More rows are gone than a page holds: what is missing lies further in front, and shorter requests lose less.
      pace.halve(starts.length)
      start = last
      last = last >= step ? last - step : undefined
      continue
    }
    reader.beginRequest()
    if (again !== undefined && last !== undefined) reader.readAgain(again, last)
    const wasAlone = isAlone
    isAlone = replies.length === 0 || batchSize === 1
    for (const reply of replies) {
      const at: number = start
      if (!wasAlone && reader.isDoubtful(reply, at)) {
        isAlone = true
        break
      }
      if (reader.isRepeated(reply, again)) {
        if (otherwise === undefined) reader.endRepeated(reply, at)
        start = otherwise
        otherwise = undefined
        isAlone = true
        break
      }
      const behindPage = reader.read(reply, at)
      last = at
      start = behindPage?.next
      otherwise = behindPage?.otherwise
      if (start === undefined) break
      // Behind a short page there is most likely nothing, which a call of its own will show.
      if (behindPage?.isLikelyEnd === true) isAlone = true
      // Pages are not of the size that was taken for granted: the others of this batch do not join on.
      const isAsExpected: boolean = start === at + step
      if (start > at) step = start - at
      if (!isAsExpected || isAlone) break
    }
    yield reader.take()
  }
}
