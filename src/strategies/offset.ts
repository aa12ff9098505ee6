import { type Caller } from '../engine/caller.ts'
import { TransportError } from '../errors.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import { listMethod } from '../protocol/methods.ts'
import { type Command, type NamedCommand, type Reply } from '../protocol/types.ts'
import { OffsetReader } from './offset-reader.ts'
import { chainLength, Pace } from './pace.ts'
import { type ListQuery, type Walk } from './strategy.ts'

/**
 * Walks a list method by `start`, for methods that cannot be walked by id: the first page in a call of its own, the
 * others up to 50 in a batch. Every page makes the portal count all rows, so this costs it far more than a walk by id.
 *
 * The end is proven by a page that names no next one, when as many rows were read as it counts. Rows that come or go
 * meanwhile move the others from page to page: doubled rows are dropped, and if the count changed or a row came twice
 * the walk ends with an error, since others may have been missed. A page that failed in a batch, or ended the list
 * too early, is asked for alone.
 *
 * @throws IncompleteError if the list changed while it was read, or its end cannot be shown
 */
export const walkByOffset: Walk = async function* (caller, query, { signal, batchSize, rowsWanted }) {
  const pace = new Pace(batchSize)
  const reader = new OffsetReader(query.method, listMethod(query.method.method) !== undefined)
  let start: number | undefined = 0
  let step = PAGE_ROWS
  let isAlone = true
  while (start !== undefined && reader.count < rowsWanted) {
    const expectedRows = Math.min((reader.total ?? 0) - start, rowsWanted - reader.count)
    const length = isAlone
      ? 1
      : chainLength({ expectedRows, pageSeconds: pace.pageSeconds, ceiling: pace.ceiling })
    const replies = await askPages(caller, pageCommands(query, start, step, length), pace, signal)
    isAlone = replies.length === 0
    for (const reply of replies) {
      if (length > 1 && reader.isDoubtful(reply)) {
        isAlone = true
        break
      }
      yield reader.read(reply)
      const from: number = start
      start = reply.next
      if (start === undefined) break
      // Pages are not of the size that was taken for granted: the others of this batch do not join on.
      const isAsExpected = start === from + step
      if (start > from) step = start - from
      if (!isAsExpected) break
    }
  }
  if (start === undefined) reader.proveEnd()
}

function pageCommands(query: ListQuery, start: number, step: number, length: number): NamedCommand[] {
  const { method, idOrder } = query.method
  return Array.from({ length }, (_, index) => ({
    name: `p${index}`,
    method,
    params: { ...query.params, ...idOrder, start: String(start + index * step) },
  }))
}

/** The answers up to the first that failed; a single page goes in a call of its own. */
async function askPages(
  caller: Caller,
  commands: readonly NamedCommand[],
  pace: Pace,
  signal: AbortSignal,
): Promise<readonly Reply[]> {
  const expectedSeconds = commands.length * pace.pageSeconds
  const replies: Reply[] = []
  const [only, second] = commands
  if (only !== undefined && second === undefined) {
    const alone: Command = { method: only.method, params: only.params }
    replies.push(await caller.call(alone, { signal, expectedSeconds }))
  } else {
    try {
      const { outcomes } = await caller.batch(commands, { signal, expectedSeconds })
      for (const outcome of outcomes) {
        if (outcome.kind !== 'done') break
        replies.push(outcome.reply)
      }
    } catch (error) {
      if (!(error instanceof TransportError && error.isTooMuch)) throw error
      pace.halve(commands.length)
    }
  }
  const seconds = replies.reduce((sum, reply) => sum + (reply.time.durationSeconds ?? 0), 0)
  if (replies.length > 0) pace.learn(seconds, replies.length)
  return replies
}
