import type { BatchOptions, Caller } from '../../engine/caller.ts'
import { Bx24Error, RefusalError, TransportError } from '../../errors.ts'
import { batchSeconds } from '../../protocol/batch.ts'
import { failureOf, isCertainlyNotRun } from '../../protocol/failures.ts'
import type { Outcome } from '../../protocol/types.ts'
import type { CommandResult, Unit } from './unit.ts'

/** What came of one request. */
export type Asked =
  | { readonly kind: 'answered'; readonly results: readonly CommandResult[]; readonly seconds: number }
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
  const doubt = { mayHaveRun: false }
  const unsent = new AbortController()
  const leaveIfUnsent = (): void => {
    if (!doubt.mayHaveRun) unsent.abort(stopSignal.reason)
  }
  if (stopSignal.aborted) leaveIfUnsent()
  stopSignal.addEventListener('abort', leaveIfUnsent)
  const watched = {
    ...options,
    signal: AbortSignal.any([options.signal, unsent.signal]),
    onDoubt(mayHaveRun: boolean) {
      doubt.mayHaveRun = mayHaveRun
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
      }
    }
    const reply = await caller.batch(commands, watched)
    return {
      kind: 'answered',
      results: resultsOf(reply.outcomes, options.halts === true),
      seconds: batchSeconds(reply),
    }
  } catch (error) {
    if (single !== undefined && error instanceof RefusalError) {
      const { refusal } = error
      const isItsOwn = failureOf(refusal, refusal.status).kind !== 'passing' && isCertainlyNotRun(error)
      if (isItsOwn) {
        return {
          kind: 'answered',
          results: [{ kind: 'refused', refusal, status: refusal.status }],
          seconds: 0,
        }
      }
    }
    // Whoever breaks a run off may do so with any error: then only the moment tells.
    const isRuledOut = !watched.signal.aborted && error instanceof Bx24Error && !isDoubtful(error)
    if (!doubt.mayHaveRun || isRuledOut) return { kind: 'not-sent', error }
    return { kind: 'answered', results: commands.map(() => ({ kind: 'lost', error })), seconds: 0 }
  } finally {
    stopSignal.removeEventListener('abort', leaveIfUnsent)
  }
}

/** Failures after which nobody knows; all others of ours say that the portal did not take the request. */
function isDoubtful(error: Bx24Error): boolean {
  return (error instanceof RefusalError || error instanceof TransportError) && !isCertainlyNotRun(error)
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
