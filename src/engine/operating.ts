import { learnRatio, type LearntRatio } from './bill-ratio.ts'
import { OPERATING_BASKET_SECONDS, OPERATING_SHARE, OPERATING_WINDOW_SECONDS } from '../protocol/limits.ts'

/** Work that the portal has billed to a method, within a few seconds. Times are Unix milliseconds. */
interface Charge {
  seconds: number
  /** When the first of it was answered. */
  readonly since: number
  expiresAt: number
}

/** How long to wait for work in flight before looking again. */
const LOOK_AGAIN_MS = 5_000

/** To wait so long for a full request costs less than to ask for a short one now and for the rest then. */
const SOON_MS = 1.5 * OPERATING_BASKET_SECONDS * 1000

/** A charge leaves a second after the portal's own count of it can have. */
const CHARGE_MS = (OPERATING_WINDOW_SECONDS + 1) * 1000

/** Charges this close to each other are one, so that many short calls do not make a long list. */
const ONE_CHARGE_MS = 10_000

/** A request that was not answered for so long belongs to a program that has ended. */
export const MOST_IN_FLIGHT_MS = 180_000

/** No word of the portal is about a time further ahead than this, unless a clock has jumped. */
const FURTHEST_MS = (OPERATING_WINDOW_SECONDS + OPERATING_BASKET_SECONDS) * 1000

/** Work in flight: what it is expected to take, and who sent it. */
export interface Reservation {
  readonly expectedSeconds: number
  readonly holder?: string
}

interface Observation {
  readonly operatingSeconds: number
  readonly resetAt?: number | undefined
  /** What has been answered since without a word about the counter. */
  sinceSeconds: number
  /** When the oldest minute leaves the counter, and it stops being worth anything. */
  validUntil: number
}

/** All that is known of a method under a credential; plain values, so that programs can hand it on to each other. */
export interface OperatingState extends LearntRatio {
  charges: Charge[]
  /** Expected seconds of work in flight, by program; a program that says nothing for long has ended. */
  reserved: Record<string, { seconds: number; until: number }>
  observation?: Observation | undefined
  resetAt?: number | undefined
  /** 0 if it never was. */
  blockedUntil: number
  /** The portal has refused, and has not answered since: one request is enough to see whether it does again. */
  isInDoubt: boolean
  /** Batches have called it, which some portals count apart from direct calls. */
  isInBatches: boolean
  usedAt: number
}

/** What is known of a method's operating time. Times are Unix milliseconds. */
export interface OperatingFacts {
  readonly countedSeconds: number
  /** By the portal's own counter, and not by what its answers took. */
  readonly isPortalsWord: boolean
  readonly inFlightSeconds: number
  readonly blockedUntil: number | undefined
  /** When the first of it leaves the count, which is when a ban would be over. */
  readonly freedAt: number | undefined
}

export function newOperatingState(): OperatingState {
  return {
    charges: [],
    reserved: {},
    billRatio: 1,
    workedSeconds: 0,
    blockedUntil: 0,
    isInDoubt: false,
    isInBatches: false,
    usedAt: 0,
  }
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
  readonly #state: OperatingState

  /** @param state changed by what is done here; that of a method of which nothing is known if left out */
  constructor(budgetSeconds: number, state: OperatingState = newOperatingState()) {
    this.#budgetSeconds = budgetSeconds * OPERATING_SHARE
    this.#state = state
  }

  /**
   * When `seconds` more may be asked for: `now`, or the moment at which it is worth looking again.
   * A request that is larger than the whole budget goes when the window is empty.
   */
  freeAt(seconds: number, now: number): number {
    this.#forget(now)
    const { blockedUntil, isInDoubt, billRatio, charges, observation } = this.#state
    if (blockedUntil > now) return blockedUntil
    const reserved = this.#reservedSeconds()
    if (isInDoubt && reserved > 0) return now + 1000
    const level = this.#countedSeconds() + reserved * billRatio
    if (level <= 0 || level + seconds * billRatio <= this.#budgetSeconds) return now
    const next = [charges[0]?.expiresAt, observation?.validUntil].filter(
      (at): at is number => at !== undefined && at > now,
    )
    // Work in flight may turn out to be less than was expected: its answer will tell, soon.
    if (next.length === 0) return now + 1000
    return reserved > 0 ? Math.min(now + LOOK_AGAIN_MS, ...next) : Math.min(...next)
  }

  /** Seconds that count against the budget at `now`, work in flight included. */
  level(now: number): number {
    this.#forget(now)
    return this.#countedSeconds() + this.#reservedSeconds() * this.#state.billRatio
  }

  /**
   * Seconds that may be asked for now before there is a long wait; `Infinity` if more will be free soon anyway, so that it
   * does not pay to ask for less.
   *
   * @param askedSeconds asked for by `holder` by now, all of which may not be reserved yet
   */
  left(askedSeconds: number, now: number, holder = ''): number {
    this.#forget(now)
    const { resetAt, charges, blockedUntil, reserved, billRatio } = this.#state
    const freedAt = Math.max(resetAt ?? charges[0]?.expiresAt ?? Infinity, blockedUntil)
    if (freedAt > now && freedAt - now < SOON_MS) return Infinity
    const own = reserved[holder]?.seconds ?? 0
    const inFlight = this.#reservedSeconds() - own + Math.max(own, askedSeconds)
    return Math.max(0, (this.#budgetSeconds - this.#countedSeconds()) / billRatio - inFlight)
  }

  /** What is known at `now`, for people. */
  facts(now: number): OperatingFacts {
    this.#forget(now)
    const { observation, blockedUntil, resetAt, charges } = this.#state
    const countedSeconds = this.#countedSeconds()
    const freed = resetAt !== undefined && resetAt > now ? resetAt + 1000 : charges[0]?.expiresAt
    return {
      countedSeconds,
      isPortalsWord: observation !== undefined,
      inFlightSeconds: this.#reservedSeconds(),
      blockedUntil: blockedUntil > now ? blockedUntil : undefined,
      freedAt: countedSeconds > 0 ? freed : undefined,
    }
  }

  /** What the portal counts by its own word, as long as that holds; else our own charges. */
  #countedSeconds(): number {
    const { observation, charges, billRatio } = this.#state
    if (observation !== undefined) {
      return observation.operatingSeconds + observation.sinceSeconds * billRatio
    }
    return charges.reduce((sum, charge) => sum + charge.seconds, 0) * billRatio
  }

  #reservedSeconds(): number {
    return Object.values(this.#state.reserved).reduce((sum, { seconds }) => sum + seconds, 0)
  }

  /**
   * Work that is about to be asked for. What this returns goes to `settle` when the answer is there.
   *
   * @param until after this nobody will settle it any more
   */
  reserve(expectedSeconds: number, holder = '', until = Number.MAX_SAFE_INTEGER): Reservation {
    const { reserved } = this.#state
    reserved[holder] = { seconds: (reserved[holder]?.seconds ?? 0) + expectedSeconds, until }
    return { expectedSeconds, holder }
  }

  /** The work was answered (or lost): the reservation becomes a charge. */
  settle({ expectedSeconds, holder = '' }: Reservation, billedSeconds: number, now: number): void {
    const state = this.#state
    const own = state.reserved[holder]
    if (own !== undefined) own.seconds -= expectedSeconds
    // Sums of fractions do not come back to 0 exactly.
    if (own !== undefined && own.seconds < 1e-6) Reflect.deleteProperty(state.reserved, holder)
    state.usedAt = now
    state.workedSeconds += billedSeconds > 0 ? billedSeconds : expectedSeconds
    if (state.observation !== undefined) state.observation.sinceSeconds += billedSeconds
    if (billedSeconds > 0) this.#charge(billedSeconds, now)
  }

  #charge(seconds: number, now: number): void {
    const last = this.#state.charges.at(-1)
    const expiresAt = now + CHARGE_MS
    if (last !== undefined && now >= last.since && now - last.since < ONE_CHARGE_MS) {
      last.seconds += seconds
      last.expiresAt = expiresAt
    } else this.#state.charges.push({ seconds, since: now, expiresAt })
  }

  /**
   * The portal's own count after an answer: `operating`, and the Unix second at which its oldest basket leaves.
   *
   * @param isDirect it is of a call in no batch: if batches call the method as well, a lower count may be another one
   */
  observe(saidSeconds: number, operatingResetAt: number | undefined, now: number, isDirect = false): void {
    const state = this.#state
    this.#forget(now)
    if (!isDirect) state.isInBatches = true
    else if (state.isInBatches && saidSeconds < this.#countedSeconds()) return
    const { observation: before } = state
    // Answers that end together are heard of in any order. Until the oldest basket leaves the count only rises.
    const isSameCount = operatingResetAt !== undefined && before?.resetAt === operatingResetAt
    const operatingSeconds = isSameCount ? Math.max(saidSeconds, before.operatingSeconds) : saidSeconds
    learnRatio(state, operatingSeconds, operatingResetAt, this.#reservedSeconds())
    state.usedAt = now
    state.resetAt = operatingResetAt === undefined ? undefined : operatingResetAt * 1000
    state.observation = {
      operatingSeconds,
      resetAt: operatingResetAt,
      sinceSeconds: 0,
      validUntil: Math.max(now + 1000, state.resetAt ?? now + basketMs()),
    }
  }

  /** The portal has refused: nothing until its oldest basket leaves, or for one basket where it did not say when. */
  block(now: number): void {
    const state = this.#state
    this.#forget(now)
    state.isInDoubt = true
    state.usedAt = now
    state.blockedUntil =
      state.resetAt !== undefined && state.resetAt > now ? state.resetAt + 1000 : now + basketMs()
  }

  /** The portal has carried out what was asked of it, so that it refuses no more. */
  trust(now: number): void {
    // What was sent before the refusal may be answered after it.
    if (this.#state.blockedUntil <= now) this.#state.isInDoubt = false
  }

  /** Drops what is over. What lies further ahead than can be is of a clock that was set back since. */
  #forget(now: number): void {
    const state = this.#state
    const { charges, reserved } = state
    while (charges[0] !== undefined && charges[0].expiresAt <= now) charges.shift()
    for (const charge of charges) charge.expiresAt = Math.min(charge.expiresAt, now + CHARGE_MS)
    for (const [holder, { until }] of Object.entries(reserved)) {
      if (until <= now) Reflect.deleteProperty(reserved, holder)
    }
    if (state.observation !== undefined) {
      state.observation.validUntil = Math.min(state.observation.validUntil, now + FURTHEST_MS)
      if (state.observation.validUntil <= now) state.observation = undefined
    }
    if (state.resetAt !== undefined) state.resetAt = Math.min(state.resetAt, now + FURTHEST_MS)
    state.blockedUntil = Math.min(state.blockedUntil, now + FURTHEST_MS)
  }
}

function basketMs(): number {
  return OPERATING_BASKET_SECONDS * 1000
}
