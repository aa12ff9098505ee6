import type { Caller } from '../engine/caller.ts'
import { TransportError } from '../errors.ts'
import { mergedParams } from '../protocol/places.ts'
import type { Command, NamedCommand, Reply } from '../protocol/types.ts'
import { listCommand } from './list-command.ts'
import type { OffsetPace } from './offset-pace.ts'
import { paramsAt, positional } from './positions.ts'
import type { ListQuery } from './strategy.ts'

export interface Answers {
  /** The page read last, once more: read behind all others. */
  readonly again: Reply | undefined
  /** The pages asked for, from the first up to one that failed. */
  readonly replies: readonly Reply[]
}

export interface Pages {
  /** Where the page read last started; `undefined` before the first. */
  readonly last: number | undefined
  /** Ascending; the portal reads them from the last one to the first. */
  readonly starts: readonly number[]
  /** Each in a call of its own, which is asked again until it is answered. */
  readonly isAlone: boolean
}

/** Asks for pages of a list by offset, and for the page read last behind them. A request that was too much brings none. */
export async function askPages(
  caller: Caller,
  query: ListQuery,
  { last, starts, isAlone }: Pages,
  pace: OffsetPace,
  signal: AbortSignal,
): Promise<Answers> {
  const ascending = last === undefined ? starts : [last, ...starts]
  const commands = ascending.toReversed().map((start) => pageCommand(query, start))
  // What goes by position cannot stand in a batch: positions that are left out are empty there.
  const answers =
    isAlone || query.method.positions !== undefined
      ? await askOneByOne(caller, commands, pace, signal)
      : await askTogether(caller, commands, pace, signal)
  const good = answers.flatMap((reply) => reply ?? [])
  const seconds = good.reduce((sum, { time }) => sum + (time.durationSeconds ?? 0), 0)
  if (good.length > 0) pace.learn(seconds, good.length)
  const pages = upToFailure(answers.toReversed())
  return last === undefined
    ? { again: undefined, replies: pages }
    : { again: pages[0], replies: pages.slice(1) }
}

function upToFailure(answers: readonly (Reply | undefined)[]): Reply[] {
  const failed = answers.indexOf(undefined)
  return (failed < 0 ? answers : answers.slice(0, failed)).flatMap((reply) => reply ?? [])
}

async function askOneByOne(
  caller: Caller,
  commands: readonly Command[],
  pace: OffsetPace,
  signal: AbortSignal,
): Promise<Reply[]> {
  const replies: Reply[] = []
  for (const command of commands) {
    replies.push(await caller.call(command, { signal, expectedSeconds: pace.pageSeconds }))
  }
  return replies
}

/** An answer for each command, `undefined` for one that failed; none at all if the request was too much. */
async function askTogether(
  caller: Caller,
  commands: readonly Command[],
  pace: OffsetPace,
  signal: AbortSignal,
): Promise<(Reply | undefined)[]> {
  const named = commands.map((command, index): NamedCommand => ({ ...command, name: `p${index}` }))
  try {
    const expectedSeconds = commands.length * pace.pageSeconds
    const { outcomes } = await caller.batch(named, { signal, expectedSeconds })
    return outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.reply : undefined))
  } catch (error) {
    if (!(error instanceof TransportError && error.isTooMuch)) throw error
    pace.halve(commands.length)
    return []
  }
}

function pageCommand(query: ListQuery, start: number): Command {
  const { method } = query
  return listCommand(query, mergedParams(method.idOrder, paramsAt(positional(method), start)))
}
