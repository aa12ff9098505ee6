import type { Caller } from '../engine/caller.ts'
import { TransportError } from '../errors.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { listMethod } from '../protocol/methods.ts'
import type { Command, NamedCommand, Reply } from '../protocol/types.ts'
import { OffsetReader } from './offset-reader.ts'
import { chainLength, OffsetPace } from './offset-pace.ts'
import type { ListQuery, Walk } from './strategy.ts'

/**
 * Walks a list method by `start`, for methods that cannot be walked by id: the first page in a call of its own, the
 * others up to 50 in a batch. Every page makes the portal count all rows, so this costs it far more than a walk by id.
 *
 * The end is proven by a page that names no next one, when as many rows were read as it counts. Rows that come or go
 * meanwhile move the others from page to page, so each request reads the page before it once more: if that has changed,
 * if the count has, or if a row comes twice, rows may have been missed, and the walk ends with an error. A page that
 * failed in a batch, or ended the list too early, is asked for alone.
 *
 * @throws IncompleteError if the list changed while it was read, or its end cannot be shown; NotUnderstoodError
 */
export const walkByOffset: Walk = async function* (caller, query, { signal, batchSize, rowsWanted, onEnd }) {
  const pace = new OffsetPace(batchSize)
  const reader = new OffsetReader(query.method, listMethod(query.method.method) !== undefined)
  let last: number | undefined
  let start: number | undefined = 0
  let step = PAGE_ROWS
  let isAlone = true
  while (start !== undefined && reader.count < rowsWanted) {
    const expectedRows = Math.min((reader.total ?? 0) - start, rowsWanted - reader.count)
    const facts = { expectedRows, pageSeconds: pace.pageSeconds, ceiling: Math.max(1, pace.ceiling - 1) }
    const starts: number[] = Array.from(
      { length: isAlone ? 1 : chainLength(facts) },
      (_, n) => (start ?? 0) + n * step,
    )
    const { again, replies }: Answers = await askPages(caller, query, { last, starts, isAlone }, pace, signal)
    if (again !== undefined) reader.compareWithLast(again)
    const wasAlone: boolean = isAlone
    isAlone = replies.length === 0 || batchSize === 1
    for (const reply of replies) {
      if (!wasAlone && reader.isDoubtful(reply)) {
        isAlone = true
        break
      }
      yield reader.read(reply)
      last = start
      start = reply.next
      if (start === undefined) break
      // Pages are not of the size that was taken for granted: the others of this batch do not join on.
      const isAsExpected: boolean = start === last + step
      if (start > last) step = start - last
      if (!isAsExpected) break
    }
  }
  if (start !== undefined) return
  reader.proveEnd()
  onEnd?.({ by: 'count', total: reader.count })
}

interface Answers {
  /** The page read last, once more. */
  readonly again: Reply | undefined
  /** The pages asked for, up to the first that failed. */
  readonly replies: readonly Reply[]
}

interface Pages {
  /** Where the page read last started; `undefined` before the first. */
  readonly last: number | undefined
  readonly starts: readonly number[]
  /** Each in a call of its own, which is asked again until it is answered. */
  readonly isAlone: boolean
}

async function askPages(
  caller: Caller,
  query: ListQuery,
  { last, starts, isAlone }: Pages,
  pace: OffsetPace,
  signal: AbortSignal,
): Promise<Answers> {
  const commands = (last === undefined ? starts : [last, ...starts]).map((start) => pageCommand(query, start))
  const answers = isAlone
    ? await askOneByOne(caller, commands, pace, signal)
    : await askTogether(caller, commands, pace, signal)
  const seconds = answers.reduce((sum, { time }) => sum + (time.durationSeconds ?? 0), 0)
  if (answers.length > 0) pace.learn(seconds, answers.length)
  if (last === undefined) return { again: undefined, replies: answers }
  const [again, ...replies] = answers
  return { again, replies }
}

/** The page that is compared comes last here: whatever moved before the new page was read shows in it. */
async function askOneByOne(
  caller: Caller,
  commands: readonly Command[],
  pace: OffsetPace,
  signal: AbortSignal,
): Promise<Reply[]> {
  const replies: Reply[] = []
  for (const command of commands.toReversed()) {
    replies.unshift(await caller.call(command, { signal, expectedSeconds: pace.pageSeconds }))
  }
  return replies
}

async function askTogether(
  caller: Caller,
  commands: readonly Command[],
  pace: OffsetPace,
  signal: AbortSignal,
): Promise<Reply[]> {
  const named = commands.map((command, index): NamedCommand => ({ ...command, name: `p${index}` }))
  try {
    const expectedSeconds = commands.length * pace.pageSeconds
    const { outcomes } = await caller.batch(named, { signal, expectedSeconds })
    const failed = outcomes.findIndex(({ kind }) => kind !== 'done')
    const good = failed < 0 ? outcomes : outcomes.slice(0, failed)
    return good.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.reply] : []))
  } catch (error) {
    if (!(error instanceof TransportError && error.isTooMuch)) throw error
    pace.halve(commands.length)
    return []
  }
}

function pageCommand(query: ListQuery, start: number): Command {
  const { method, idOrder } = query.method
  return { method, params: { ...query.params, ...idOrder, start: String(start) } }
}
