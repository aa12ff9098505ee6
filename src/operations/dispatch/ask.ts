import type { BatchOptions, Caller } from '../../engine/caller.ts'
import { batchSeconds } from '../../protocol/batch.ts'
import type { Outcome } from '../../protocol/types.ts'
import { askInParts, isOwnRefusal } from './ask-in-parts.ts'
import type { CommandResult, Unit } from './unit.ts'

/** What came of one request. */
export type Asked =
  | {
      readonly kind: 'answered'
      readonly results: readonly CommandResult[]
      readonly seconds: number
      /** An attempt before the one that was answered may have been carried out. */
      readonly mayHaveRunBefore: boolean
    }
  /** It was certainly not carried out, for a reason that concerns more than these commands. */
  | { readonly kind: 'not-sent'; readonly error: unknown }

export interface AskOptions extends Omit<BatchOptions, 'onDoubt'> {
  /** The run is to end: what has not left yet does not leave any more. `signal` breaks off what has. */
  readonly stopSignal: AbortSignal
}

/**
 * Sends units in one request: one that a batch cannot carry in a call of its own, others as a batch. Throws nothing: what
 * failed is a result of each command, or the reason why nothing was sent.
 */
export async function askPortal(
  caller: Caller,
  units: readonly Unit[],
  { stopSignal, ...options }: AskOptions,
): Promise<Asked> {
  const commands = units.flatMap((unit) => unit.commands)
  const [first] = units
  const single = first?.isAlone === true ? first.commands[0] : undefined
  // A repetition may be refused for certain while the attempt before it is still in doubt.
  const doubt = { attempts: 0 }
  const unsent = new AbortController()
  const leaveIfUnsent = (): void => {
    if (doubt.attempts === 0) unsent.abort(stopSignal.reason)
  }
  if (stopSignal.aborted) leaveIfUnsent()
  stopSignal.addEventListener('abort', leaveIfUnsent)
  const watched = {
    ...options,
    signal: AbortSignal.any([options.signal, unsent.signal]),
    onDoubt(mayHaveRun: boolean) {
      doubt.attempts += mayHaveRun ? 1 : -1
      if (stopSignal.aborted) leaveIfUnsent()
    },
  }
  try {
    if (single !== undefined) {
      const reply = await caller.call(single, watched)
      return {
        kind: 'answered',
        results: [{ kind: 'done', reply }],
        seconds: reply.time.durationSeconds ?? 0,
        mayHaveRunBefore: doubt.attempts > 1,
      }
    }
    if (commands[0]?.api === 'v3') {
      const asked = await askInParts(caller, commands, watched)
      return { kind: 'answered', ...asked, mayHaveRunBefore: false }
    }
    const reply = await caller.batch(commands, watched)
    return {
      kind: 'answered',
      results: resultsOf(reply.outcomes, options.halts === true),
      seconds: batchSeconds(reply),
      mayHaveRunBefore: doubt.attempts > 1,
    }
  } catch (error) {
    if (single !== undefined && isOwnRefusal(error)) {
      const { refusal } = error
      return {
        kind: 'answered',
        results: [{ kind: 'refused', refusal, status: refusal.status }],
        seconds: 0,
        mayHaveRunBefore: doubt.attempts > 0,
      }
    }
    if (doubt.attempts === 0) return { kind: 'not-sent', error }
    const results = commands.map((): CommandResult => ({ kind: 'lost', error }))
    return { kind: 'answered', results, seconds: 0, mayHaveRunBefore: doubt.attempts > 1 }
  } finally {
    stopSignal.removeEventListener('abort', leaveIfUnsent)
  }
}

/** In a batch that halts, what is missing behind a refused command was not reached. */
function resultsOf(outcomes: readonly Outcome[], halts: boolean): CommandResult[] {
  const stoppedAt = halts ? outcomes.findIndex(({ kind }) => kind === 'refused') : -1
  return outcomes.map((outcome, index): CommandResult => {
    if (outcome.kind === 'refused') return { ...outcome, status: undefined }
    if (outcome.kind === 'absent' && stoppedAt >= 0 && index > stoppedAt) return { kind: 'not-run' }
    return outcome
  })
}
