import { type Bx24Error, LimitError, RefusalError, TransportError } from '../errors.ts'
import { sleep } from '../lib/sleep.ts'
import { failureOf } from '../protocol/failures.ts'
import { nextDelayMs } from '../lib/backoff.ts'
import type { EventListener } from './events.ts'
import { holdBack } from './hold-back.ts'

/** What may be done after a failure. */
export type Verdict =
  /** The same again would end the same, or might do a thing twice. */
  | 'give-up'
  /** Trouble that passes: again after a while, a few times. */
  | 'again'
  /** A limit: again as soon as the gate lets it through, however often, within the longest wait. */
  | 'at-the-gate'
  /** Again with fresh access. */
  | 'renew'

export interface CallFacts {
  /** The name to report. */
  readonly method: string
  /** Whether the call may be sent again although it may have been executed: it changes nothing, or not more than once. */
  readonly isRepeatable: boolean
  /** Whether the call can be made smaller: then it is not sent again as it is after it ran into a time-out. */
  readonly canShrink: boolean
  /** Told of a failure after which it is sent again. */
  readonly onTrouble?: ((elapsedMs: number) => void) | undefined
}

const PASSING_FAULTS = new Set(['unreachable', 'reset', 'timeout', 'truncated', 'not-json', 'server-error'])

/** What may be done after `error`, by the table of failures and by whether the call may have been executed. */
export function verdictOn(error: unknown, facts: CallFacts): Verdict {
  if (error instanceof TransportError) {
    if (!PASSING_FAULTS.has(error.fault)) return 'give-up'
    if (facts.canShrink && error.isTooMuch) return 'give-up'
    return facts.isRepeatable || error.executed === 'no' ? 'again' : 'give-up'
  }
  if (error instanceof RefusalError) {
    const failure = failureOf(error.refusal, error.refusal.status)
    switch (failure.kind) {
      case 'bucket':
      case 'operating':
        return 'at-the-gate'
      case 'expired':
        return 'renew'
      case 'passing':
        return facts.isRepeatable || failure.executed === 'no' ? 'again' : 'give-up'
      case 'auth':
      case 'blocked':
      case 'final':
        return 'give-up'
    }
  }
  return 'give-up'
}

/** Access that was renewed may have expired as well by the time that the gate lets the call through; not for ever, though. */
const MOST_RENEWALS = 3

export interface RetryPolicy {
  /** Further attempts after the first; 0 for none. Waiting for a limit does not count. */
  readonly retries: number
  /** Longest time to be kept from being answered by limits. */
  readonly maxWaitMs: number
  readonly onEvent: EventListener
  /** Renews the access that the last attempt was refused with. */
  readonly renew: ((signal: AbortSignal) => Promise<void>) | undefined
}

/**
 * Runs `attempt` until it succeeds or its failure is final. Every attempt passes the gate anew; `limitedSince` tells
 * it how long refusals have held this call up.
 *
 * @throws the last failure; LimitError if limits outlast the patience
 */
export async function retrying<T>(
  attempt: (limitedSince: number | undefined) => Promise<T>,
  facts: CallFacts,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  let failures = 0
  let refusals = 0
  let limitedSince: number | undefined
  let renewals = 0
  for (;;) {
    try {
      return await attempt(limitedSince)
    } catch (error) {
      const verdict = verdictOn(error, facts)
      if (verdict === 'give-up') throw error
      if (verdict === 'renew') {
        if (policy.renew === undefined || renewals === mostRenewals(error)) throw error
        await policy.renew(signal)
        renewals++
        continue
      }
      renewals = 0
      if (verdict === 'at-the-gate') {
        limitedSince ??= Date.now()
        if (Date.now() - limitedSince > policy.maxWaitMs)
          throw stillLimited(error as RefusalError, policy.maxWaitMs)
        refusals++
      } else {
        limitedSince = undefined
        if (++failures > policy.retries) throw error
        facts.onTrouble?.(error instanceof TransportError ? error.elapsedMs : 0)
      }
      policy.onEvent({
        type: 'retrying',
        method: facts.method,
        attempt: failures + refusals,
        error: error as Bx24Error,
      })
      // Others may share the portal's bucket, so even a refused request holds back a little before it asks again.
      const until = Date.now() + nextDelayMs(verdict === 'again' ? failures : refusals, Math.random())
      const held = { method: facts.method, reason: 'backoff', until } as const
      await holdBack(policy.onEvent, held, () => sleep(until - Date.now(), signal))
    }
  }
}

/** A token that the portal does not know is not too old, but may have been replaced: worth one attempt. */
function mostRenewals(error: unknown): number {
  return error instanceof RefusalError && error.refusal.apiCode === 'invalid_token' ? 1 : MOST_RENEWALS
}

function stillLimited(error: RefusalError, maxWaitMs: number): LimitError {
  return new LimitError(
    `${error.message}, for longer than --max-wait (${Math.round(maxWaitMs / 1000)} s) allows.`,
    'Other programs at this address or with this webhook may be using up the limits. Run again later.',
  )
}
