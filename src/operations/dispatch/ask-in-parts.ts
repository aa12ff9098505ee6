import type { BatchOptions, Caller } from '../../engine/caller.ts'
import { RefusalError } from '../../errors.ts'
import { batchSeconds } from '../../protocol/batch.ts'
import { failureOf, isCertainlyNotRun } from '../../protocol/failures.ts'
import type { NamedCommand } from '../../protocol/types.ts'
import type { CommandResult } from './unit.ts'

export interface PartsAsked {
  readonly results: readonly CommandResult[]
  readonly seconds: number
}

/**
 * Reads in a batch of REST 3.0, where one that is refused fails all of them: they are asked again in halves, until those
 * that are refused stand alone. Only for what changes nothing, since commands in front of the refused one were carried out.
 *
 * @throws what `caller` throws, but for refusals of the commands themselves
 */
export async function askInParts(
  caller: Caller,
  commands: readonly NamedCommand[],
  options: BatchOptions,
): Promise<PartsAsked> {
  const [first] = commands
  try {
    if (commands.length === 1 && first !== undefined) {
      const reply = await caller.call(first, options)
      return { results: [{ kind: 'done', reply }], seconds: reply.time.durationSeconds ?? 0 }
    }
    const reply = await caller.batch(commands, options)
    const results = reply.outcomes.map((outcome): CommandResult =>
      outcome.kind === 'refused' ? { ...outcome, status: undefined } : outcome,
    )
    return { results, seconds: batchSeconds(reply) }
  } catch (error) {
    if (!isOwnRefusal(error)) throw error
    const { refusal } = error
    const { status } = refusal
    if (commands.length === 1 || failureOf(refusal, status).concernsAll === true)
      return { results: commands.map(() => ({ kind: 'refused', refusal, status })), seconds: 0 }
  }
  const middle = Math.ceil(commands.length / 2)
  const half = { ...options, expectedSeconds: options.expectedSeconds / 2 }
  const front = await askInParts(caller, commands.slice(0, middle), half)
  const back = await askInParts(caller, commands.slice(middle), half)
  return { results: [...front.results, ...back.results], seconds: front.seconds + back.seconds }
}

/** Whether the portal has refused the command itself, for certain, and would again. */
export function isOwnRefusal(error: unknown): error is RefusalError {
  if (!(error instanceof RefusalError)) return false
  return failureOf(error.refusal, error.refusal.status).kind !== 'passing' && isCertainlyNotRun(error)
}
