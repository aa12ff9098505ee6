import { OPERATING_BASKET_SECONDS, OPERATING_SHARE, OPERATING_WINDOW_SECONDS } from '../protocol/limits.ts'

/** Work that the portal has billed, or will bill, to a method. Times are Unix milliseconds. */
interface Charge {
  readonly seconds: number
  readonly expiresAt: number
}

/** Bounds on what one answer can make us believe about the price of the next. */
const BILL_RATIO = { least: 0.1, most: 10 }

/** How long to wait for work in flight before looking again. */
const LOOK_AGAIN_MS = 5_000

/** To wait so long for a full request costs less than to ask for a short one now and for the rest then. */
const SOON_MS = 1.5 * OPERATING_BASKET_SECONDS * 1000

/** Work in flight: what it is expected to take. */
export interface Reservation {
  readonly expectedSeconds: number
}

/** Where the learning of what the portal counts began: its counter then, and our own work until then. */
interface Since {
  operatingSeconds: number
  readonly workedSeconds: number
  /** Our work until the portal's last word. */
  atSeconds: number
}

interface Observation {
  readonly operatingSeconds: number
  readonly resetAt: number | undefined
  /** What has been answered since without a word about the counter. */
  sinceSeconds: number
  /** When the oldest minute leaves the counter, and it stops being worth anything. */
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
  /** Expected seconds of work in flight. */
  #reservedSeconds = 0
  #observation: Observation | undefined
  #resetAt: number | undefined
  /** Seconds that the portal counts for each second worked, learnt from its counters: it may bill less, or more. */
  #billRatio = 1
  /** Seconds of our work that was answered, since ever. */
  #workedSeconds = 0
  #since: Since | undefined
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
    // Work in flight may turn out to be less than was expected: its answer will tell, soon.
    if (next.length === 0) return now + 1000
    return this.#reservedSeconds > 0 ? Math.min(now + LOOK_AGAIN_MS, ...next) : Math.min(...next)
  }

  /** Seconds that count against the budget at `now`, work in flight included. */
  level(now: number): number {
    this.#forget(now)
    return this.#countedSeconds() + this.#reservedSeconds * this.#billRatio
  }

  /**
   * Seconds that may be asked for now before there is a long wait; `Infinity` if more will be free soon anyway, so that it
   * does not pay to ask for less.
   *
   * @param askedSeconds asked for by now, all of which may not be reserved yet
   */
  left(askedSeconds: number, now: number): number {
    this.#forget(now)
    const freedAt = Math.max(this.#resetAt ?? this.#charges[0]?.expiresAt ?? Infinity, this.#blockedUntil)
    if (freedAt > now && freedAt - now < SOON_MS) return Infinity
    const inFlight = Math.max(this.#reservedSeconds, askedSeconds)
    return Math.max(0, (this.#budgetSeconds - this.#countedSeconds()) / this.#billRatio - inFlight)
  }

  /** What the portal counts by its own word, as long as that holds; else our own charges. */
  #countedSeconds(): number {
    if (this.#observation !== undefined) {
      return this.#observation.operatingSeconds + this.#observation.sinceSeconds * this.#billRatio
    }
    return this.#charges.reduce((sum, charge) => sum + charge.seconds, 0) * this.#billRatio
  }

  /** Work that is about to be asked for. What this returns goes to `settle` when the answer is there. */
  reserve(expectedSeconds: number): Reservation {
    this.#reservedSeconds += expectedSeconds
    return { expectedSeconds }
  }

  /** The work was answered (or lost): the reservation becomes a charge. */
  settle({ expectedSeconds }: Reservation, billedSeconds: number, now: number): void {
    this.#reservedSeconds = Math.max(0, this.#reservedSeconds - expectedSeconds)
    this.#workedSeconds += billedSeconds > 0 ? billedSeconds : expectedSeconds
    if (this.#observation !== undefined) this.#observation.sinceSeconds += billedSeconds
    if (billedSeconds > 0) {
      this.#charges.push({ seconds: billedSeconds, expiresAt: now + (OPERATING_WINDOW_SECONDS + 1) * 1000 })
    }
  }

  /** The portal's own count after an answer: `operating`, and the Unix second at which its oldest basket leaves. */
  observe(operatingSeconds: number, operatingResetAt: number | undefined, now: number): void {
    this.#learnRatio(operatingSeconds, operatingResetAt)
    this.#forget(now)
    this.#resetAt = operatingResetAt === undefined ? undefined : operatingResetAt * 1000
    this.#observation = {
      operatingSeconds,
      resetAt: operatingResetAt,
      sinceSeconds: 0,
      validUntil: Math.max(now + 1000, this.#resetAt ?? now + basketMs()),
    }
  }

  /** The portal has refused: nothing until its oldest basket leaves, or for one basket where it did not say when. */
  block(now: number): void {
    this.#blockedUntil =
      this.#resetAt !== undefined && this.#resetAt > now ? this.#resetAt + 1000 : now + basketMs()
  }

  /**
   * Only while no basket has left in between is the rise of the counter what our work was billed at. A request is
   * counted when it ends, so work in flight is not in the counter yet.
   */
  #learnRatio(operatingSeconds: number, resetAt: number | undefined): void {
    const before = this.#observation
    if (this.#since === undefined || before === undefined || before.resetAt !== resetAt) {
      this.#since = { operatingSeconds, workedSeconds: this.#workedSeconds, atSeconds: this.#workedSeconds }
      return
    }
    if (this.#workedSeconds === this.#since.atSeconds) {
      // Nothing of ours was answered since the last word: others work with the same method.
      this.#since.operatingSeconds += operatingSeconds - before.operatingSeconds
      return
    }
    this.#since.atSeconds = this.#workedSeconds
    const worked = this.#workedSeconds - this.#since.workedSeconds
    const ratio = (operatingSeconds - this.#since.operatingSeconds) / worked
    this.#billRatio = Math.min(BILL_RATIO.most, Math.max(BILL_RATIO.least, ratio))
  }

  #forget(now: number): void {
    while (this.#charges[0] !== undefined && this.#charges[0].expiresAt <= now) this.#charges.shift()
    if (this.#observation !== undefined && this.#observation.validUntil <= now) this.#observation = undefined
  }
}

function basketMs(): number {
  return OPERATING_BASKET_SECONDS * 1000
}
