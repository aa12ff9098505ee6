/** Failures in a row, with no answer in between, that make an outage. */
const FAILURES = 5
/** A lost write is worth as many: nobody knows what became of it, and others should not share its fate. */
const LOST_WRITE = FAILURES

/** Between two looks at a portal that is down: doubling, and never so long that its return goes unnoticed. */
const FIRST_LOOK_MS = 1_000
const LONGEST_LOOK_MS = 15_000
/** Programs that saw the same failure do not look at the same moment. */
const JITTER = 0.2

/** For each retry that is allowed a portal that is down is waited for as long as this. */
const PATIENCE_A_RETRY_MS = 60_000

/** What is known of how the portal is. Times are Unix milliseconds. */
export interface Health {
  /** It has answered in this run, so that its address and the network are right. */
  readonly hasAnswered: boolean
  /** Since its last answer, lost writes counting for more; and when the first of them was. */
  readonly failures: number
  readonly failingSince: number | undefined
  /** It is taken for down. */
  readonly outage: Outage | undefined
}

export interface Outage {
  readonly since: number
  /** How often it was looked whether it is over, and when that is done next. */
  readonly looks: number
  readonly nextLookAt: number
}

/** What is known of a failure of the portal as a whole. */
export interface PortalFailure {
  readonly isLostWrite: boolean
  /** It shows that somebody is there: an answer of a server, or none in time, is no wrong address. */
  readonly isSomebodyThere: boolean
  /** The answer asks to be left alone for so long. */
  readonly retryAfterMs: number | undefined
}

export const UNKNOWN_HEALTH: Health = {
  hasAnswered: false,
  failures: 0,
  failingSince: undefined,
  outage: undefined,
}

/** After any answer of the portal, a refusal of a single call included. */
export function afterAnswer(): Health {
  return { ...UNKNOWN_HEALTH, hasAnswered: true }
}

/** After a failure of the portal as a whole, at `now`. */
export function afterFailure(health: Health, failure: PortalFailure, now: number, random: number): Health {
  if (health.outage !== undefined) return health
  const failures = health.failures + (failure.isLostWrite ? LOST_WRITE : 1)
  const since = health.failingSince ?? now
  const isDown = failures >= FAILURES && (health.hasAnswered || failure.isSomebodyThere)
  const outage = isDown
    ? { since, looks: 0, nextLookAt: now + lookDelayMs(0, random, failure.retryAfterMs) }
    : undefined
  return { ...health, failures, failingSince: since, outage }
}

/** After a look that found it still down. */
export function afterVainLook(
  health: Health,
  retryAfterMs: number | undefined,
  now: number,
  random: number,
): Health {
  if (health.outage === undefined) return health
  const looks = health.outage.looks + 1
  const nextLookAt = now + lookDelayMs(looks, random, retryAfterMs)
  return { ...health, outage: { ...health.outage, looks, nextLookAt } }
}

/** How long an outage is waited out, from its first failure on. */
export function patienceMs(retries: number, maxWaitMs: number): number {
  return Math.min(maxWaitMs, retries * PATIENCE_A_RETRY_MS)
}

function lookDelayMs(looks: number, random: number, retryAfterMs = 0): number {
  const step = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks)
  return Math.max(retryAfterMs, Math.round(step * (1 - JITTER * random)))
}
