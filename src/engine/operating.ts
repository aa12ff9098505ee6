import { OPERATING_BASKET_SECONDS, OPERATING_SHARE, OPERATING_WINDOW_SECONDS } from '../protocol/limits.ts'

/** Work that the portal has billed, or will bill, to a method. Times are Unix milliseconds. */
interface Charge {
  readonly seconds: number
  readonly expiresAt: number
}

/** Bounds on what one answer can make us believe about the price of the next. */
const BILL_RATIO = { least: 0.1, most: 10 }

/** Work in flight: what it is expected to take, and what that is likely to be billed at. */
export interface Reservation {
  readonly seconds: number
  readonly expectedSeconds: number
}

interface Observation {
  readonly operatingSeconds: number
  readonly resetAt: number | undefined
  /** What the portal counted beyond (or short of) our own charges when it last said. */
  readonly surplusSeconds: number
  /** When that stops being worth anything. */
  readonly validUntil: number
}

/**
 * The sliding window of operating time of one method under one credential: how many seconds the portal has worked
 * for us in the last ten minutes, so that the next request waits instead of running into the limit.
 *
 * Three sources, the later one wins: our own charges, each leaving on its own ten minutes after its answer (the
 * portal's baskets have a phase that we do not know); the portal's counters, which see other programs too; and a
 * refusal. Nothing here rests on how the portal bills a batch: what it says afterwards corrects what we thought.
 */
export class OperatingWindow {
  readonly #budgetSeconds: number
  readonly #charges: Charge[] = []
  #reservedSeconds = 0
  #observation: Observation | undefined
  #resetAt: number | undefined
  /** Seconds that the portal counts for each second expected, learnt from its counters: it may bill less, or more. */
  #billRatio = 1
  #expectedSinceObserved = 0
  #blockedUntil = 0

  constructor(budgetSeconds: number) {
    this.#budgetSeconds = budgetSeconds * OPERATING_SHARE
  }

  /**
   * When `seconds` more may be asked for: `now`, or the moment at which it is worth looking again.
   * A request that is larger than the whole budget goes when the window is empty.
   */
  freeAt(seconds: number, now: number): number {
    if (this.#blockedUntil > now) return this.#blockedUntil
    const level = this.level(now)
    if (level <= 0 || level + seconds * this.#billRatio <= this.#budgetSeconds) return now
    const next = [this.#charges[0]?.expiresAt, this.#observation?.validUntil].filter(
      (at): at is number => at !== undefined && at > now,
    )
    // Only work in flight holds us up: its answer will tell more, soon.
    return next.length === 0 ? now + 1000 : Math.min(...next)
  }

  /** Seconds that count against the budget at `now`, work in flight included. */
  level(now: number): number {
    this.#forget(now)
    const own = this.#charges.reduce((sum, charge) => sum + charge.seconds, 0)
    return Math.max(0, own + (this.#observation?.surplusSeconds ?? 0)) + this.#reservedSeconds
  }

  /** Work that is about to be asked for. What this returns goes to `settle` when the answer is there. */
  reserve(expectedSeconds: number): Reservation {
    const seconds = expectedSeconds * this.#billRatio
    this.#reservedSeconds += seconds
    return { seconds, expectedSeconds }
  }

  /** The work was answered (or lost): the reservation becomes a charge. */
  settle(reservation: Reservation, billedSeconds: number, now: number): void {
    this.#reservedSeconds = Math.max(0, this.#reservedSeconds - reservation.seconds)
    this.#expectedSinceObserved += reservation.expectedSeconds
    if (billedSeconds > 0) {
      this.#charges.push({ seconds: billedSeconds, expiresAt: now + (OPERATING_WINDOW_SECONDS + 1) * 1000 })
    }
  }

  /** The portal's own count after an answer: `operating`, and the Unix second at which its oldest basket leaves. */
  observe(operatingSeconds: number, operatingResetAt: number | undefined, now: number): void {
    this.#learnRatio(operatingSeconds, operatingResetAt)
    this.#forget(now)
    const own = this.#charges.reduce((sum, charge) => sum + charge.seconds, 0)
    this.#resetAt = operatingResetAt === undefined ? undefined : operatingResetAt * 1000
    const surplusSeconds = operatingSeconds - own
    this.#observation = {
      operatingSeconds,
      resetAt: operatingResetAt,
      surplusSeconds,
      // A surplus begins to leave with the oldest basket: then the portal is asked again.
      validUntil: Math.max(
        now + 1000,
        surplusSeconds > 0 ? (this.#resetAt ?? now + basketMs()) : now + OPERATING_WINDOW_SECONDS * 1000,
      ),
    }
  }

  /** The portal has refused: nothing until its oldest basket leaves, or for one basket where it did not say when. */
  block(now: number): void {
    this.#blockedUntil =
      this.#resetAt !== undefined && this.#resetAt > now ? this.#resetAt + 1000 : now + basketMs()
  }

  /** Only while no basket has left in between is the rise of the counter what our work was billed at. */
  #learnRatio(operatingSeconds: number, resetAt: number | undefined): void {
    const before = this.#observation
    if (before !== undefined && before.resetAt === resetAt && this.#expectedSinceObserved > 0) {
      const ratio = (operatingSeconds - before.operatingSeconds) / this.#expectedSinceObserved
      this.#billRatio = Math.min(BILL_RATIO.most, Math.max(BILL_RATIO.least, ratio))
    }
    this.#expectedSinceObserved = 0
  }

  #forget(now: number): void {
    while (this.#charges[0] !== undefined && this.#charges[0].expiresAt <= now) this.#charges.shift()
    if (this.#observation !== undefined && this.#observation.validUntil <= now) this.#observation = undefined
  }
}

function basketMs(): number {
  return OPERATING_BASKET_SECONDS * 1000
}
