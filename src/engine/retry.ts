import { type Bx24Error, LimitError, RefusalError, TransportError } from '../errors.ts'
import { nextDelayMs } from '../lib/backoff.ts'
import { sleep } from '../lib/sleep.ts'
import type { EventListener } from './events.ts'
import { holdBack } from './hold-back.ts'
import { type FailedCall, verdictOn } from './treatment.ts'

export interface CallFacts extends FailedCall {
  /** The name to report. */
  readonly method: string
  /** Told of a failure after which it is sent again. */
  readonly onTrouble?: ((elapsedMs: number) => void) | undefined
}

/** Access that was renewed may have expired as well by the time that the gate lets the call through; not for ever, though. */
const MOST_RENEWALS = 3

export interface RetryPolicy {
  /** Further attempts after the first; 0 for none. Waiting for a limit does not count, nor does an outage. */
  readonly retries: number
  /** Longest time to be kept from being answered by limits, or by the portal's wish. */
  readonly maxWaitMs: number
  /** Whether the portal is taken for down: then the next attempt waits for its return, for as long as that is done. */
  readonly isDown: () => boolean
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
        if (++failures > policy.retries && !policy.isDown()) throw error
        if (!policy.isDown()) facts.onTrouble?.(error instanceof TransportError ? error.elapsedMs : 0)
      }
      const wishMs = retryAfterOf(error)
      if (wishMs > policy.maxWaitMs) throw leftAlone(error as Bx24Error, wishMs, policy.maxWaitMs)
      policy.onEvent({
        type: 'retrying',
        method: facts.method,
        attempt: failures + refusals,
        error: error as Bx24Error,
      })
      if (verdict === 'again' && policy.isDown()) continue
      // Others may share the portal's bucket, so even a refused request holds back a little before it asks again.
      const backoffMs = nextDelayMs(verdict === 'again' ? failures : refusals, Math.random())
      const until = Date.now() + Math.max(wishMs, backoffMs)
      const held = { method: facts.method, reason: 'backoff', until } as const
      await holdBack(policy.onEvent, held, () => sleep(until - Date.now(), signal))
    }
  }
}

/** A token that the portal does not know is not too old, but may have been replaced: worth one attempt. */
function mostRenewals(error: unknown): number {
  return error instanceof RefusalError && error.refusal.apiCode === 'invalid_token' ? 1 : MOST_RENEWALS
}

/** How long the answer asks to be left alone. */
export function retryAfterOf(error: unknown): number {
  if (error instanceof TransportError) return error.retryAfterMs ?? 0
  return error instanceof RefusalError ? (error.refusal.retryAfterMs ?? 0) : 0
}

function leftAlone({ message }: Bx24Error, wishMs: number, maxWaitMs: number): LimitError {
  return new LimitError(
    `${message} The answer asks to be left alone for ${Math.round(wishMs / 1000)} s (Retry-After).`,
    `That is longer than --max-wait allows (${Math.round(maxWaitMs / 1000)} s). Run again later, or allow a longer wait.`,
    Date.now() + wishMs,
  )
}

function stillLimited(error: RefusalError, maxWaitMs: number): LimitError {
  return new LimitError(
    `${error.message}, for longer than --max-wait (${Math.round(maxWaitMs / 1000)} s) allows.`,
    'Other programs at this address or with this webhook may be using up the limits. Run again later.',
  )
}
