import { Bx24Error, RefusalError, TransportError } from '../errors.ts'
import { sleep } from '../lib/sleep.ts'
import { readEnvelope } from '../protocol/envelope.ts'
import { attemptOnce, type AttemptMeans, type WireRequest } from './attempt.ts'
import type { Breaker, Look } from './breaker.ts'
import { retryAfterOf } from './retry.ts'
import { isOfPortal } from './treatment.ts'
import { usageOfCall } from './usage.ts'

/** Costs a portal nothing, needs no right, and whatever a portal says to it, it has answered. */
const METHOD = 'server.time'
const EXPECTED_SECONDS = 0.01

/** A portal that takes longer over this is not well. */
const LONGEST_MS = 10_000

/** Looks whether a portal answers. @throws the reason of `signal`; LimitError if the request limit outlasts our patience */
export async function lookAt(means: AttemptMeans, signal: AbortSignal): ReturnType<Look> {
  const over = new AbortController()
  const late = sleep(LONGEST_MS, AbortSignal.any([signal, over.signal])).then(
    () => over.abort(),
    () => undefined,
  )
  const request: WireRequest = {
    ...{
      api: 'v2' as const,
      headers: {},
      method: METHOD,
      label: METHOD,
      counted: METHOD,
      body: '{}',
      billedTo: [METHOD],
    },
    ...{ commands: 1, envelope: readEnvelope },
  }
  const options = {
    signal: AbortSignal.any([signal, over.signal]),
    expectedSeconds: EXPECTED_SECONDS,
    limitedSince: undefined,
  }
  try {
    await attemptOnce(means, request, options, (reply) => ({
      value: undefined,
      usage: usageOfCall(METHOD, reply),
      portalSeconds: reply.time.durationSeconds ?? 0,
      done: new Map([[METHOD, 1]]),
    }))
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    if (over.signal.aborted) return { retryAfterMs: undefined }
    if (isOfPortal(error)) return { retryAfterMs: retryAfterOf(error) }
    // A refusal is an answer; whatever else is wrong, the calls themselves will meet it.
    if (error instanceof RefusalError || error instanceof TransportError) return undefined
    throw error
  } finally {
    over.abort()
    await late
  }
}

/** Has the breaker hear how a request failed. */
export function hear(breaker: Breaker, error: unknown, isRepeatable: boolean): void {
  if (!(error instanceof Bx24Error)) return
  if (!isOfPortal(error)) {
    if (error instanceof RefusalError) breaker.answered()
    return
  }
  const isUnsent = error instanceof TransportError && error.executed === 'no'
  const isSomebodyThere =
    error instanceof RefusalError ||
    (error instanceof TransportError && (error.fault === 'server-error' || error.fault === 'timeout'))
  breaker.failed(error, {
    isLostWrite: !isRepeatable && !isUnsent,
    isSomebodyThere,
    retryAfterMs: retryAfterOf(error),
  })
}
