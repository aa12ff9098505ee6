/** Requests to begin with, and the most, unless the user allows more. */
const FIRST_LANES = 4
const MOST_LANES = 8

/** Up to this many times the least time of a page the portal is taken to work as fast as with fewer lanes. */
const AS_FAST = 1.12
/** So many times the time that a single lane would need for a page is what more lanes may cost. */
const DEAREST = 1.19
/** With half of the lanes pages must come faster by this for the lanes to have been what made them slow. */
const HELPED = 0.93
/** After the lanes were found to be what makes pages slow, so many answers until that is tried again. */
const PATIENCE = 32
/** Fewer pages say little about the time of a page. */
const LEAST_PAGES = 4
/** What an answer takes besides varies by as much with nobody in the way: others come at the same time, and are large. */
const BESIDES_VARY_SECONDS = 0.5
/** What was fast once need not stay so: with every answer that much of it is forgotten. */
const FORGETTING = 1.002

/** How long an answer took. Times in seconds. */
export interface AnswerTime {
  /** What the portal says that it worked, and on how many pages. */
  readonly portalSeconds: number
  readonly pages: number
  /** From sending the request to the first of its answer. */
  readonly firstByteSeconds: number
  readonly sentAt: number
  readonly answeredAt: number
  /** It had to wait at the gate before it was sent: the portal lets no more through. */
  readonly isHeldBack: boolean
}

/** Half of the lanes for a while, to see whether pages come faster with fewer. */
interface Trial {
  readonly lanes: number
  readonly half: number
  readonly pageSeconds: number
  seconds: number
  pages: number
  answersLeft: number
}

/**
 * How many requests to have in flight: more after each good answer, as long as a page takes no longer than it did with
 * fewer. If pages become slow, half of the lanes are tried: if that does not help, the portal is slower by itself,
 * or the pages are larger, and the lanes come back; if it does, there were too many. Trouble takes half of them.
 *
 * A slow-down that our own lanes cause is billed to us, as operating time of the method.
 */
export class Lanes {
  readonly #most: number
  #count: number
  /** As long as nothing was slow, each good answer doubles them; later it adds one. */
  #isFresh = true
  /** The least time of a page, and of what an answer takes besides, with any number of lanes. */
  #pageSeconds = Infinity
  #besidesSeconds = Infinity
  /** Fast answers one after the other with as many lanes as now; and since when there are slow ones, which may be over. */
  #fastAnswers = 0
  #slowSince: number | undefined
  /** Answers to requests that were sent before say nothing about the number of lanes that there are now. */
  #changedAt = -Infinity
  #trial: Trial | undefined
  /** Before trouble began that is not over. */
  #beforeTrouble: number | undefined
  /** The most that was found to be good, and for how many answers that is believed. */
  #found = Infinity
  #patience = 0

  /** @param most the user's own ceiling */
  constructor(most: number | undefined) {
    this.#most = most ?? MOST_LANES
    this.#count = Math.min(FIRST_LANES, this.#most)
  }

  get count(): number {
    return this.#count
  }

  learn({ portalSeconds, pages, firstByteSeconds, sentAt, answeredAt, isHeldBack }: AnswerTime): void {
    if (pages === 0) return
    if (sentAt >= this.#changedAt) this.#beforeTrouble = undefined
    const besides = Math.max(0, firstByteSeconds - portalSeconds)
    this.#besidesSeconds = Math.min(this.#besidesSeconds, besides)
    if (this.#patience > 0 && --this.#patience === 0) this.#found = Infinity
    if (sentAt < this.#changedAt) return
    const seconds = portalSeconds + Math.max(0, besides - this.#besidesSeconds - BESIDES_VARY_SECONDS)
    const pageSeconds = seconds / pages
    if (this.#trial !== undefined) {
      this.#try(this.#trial, seconds, pages)
      return
    }
    // With a single lane there is nobody who could be in the way: this is how long pages take.
    const least = this.#count === 1 ? Infinity : this.#pageSeconds * FORGETTING
    this.#pageSeconds = Math.min(least, pageSeconds)
    const isAsFast = pageSeconds <= AS_FAST * this.#pageSeconds
    const isKnownGood = this.#patience > 0 && this.#count < this.#found
    if (isAsFast || isKnownGood) {
      this.#fastAnswers++
      this.#slowSince = undefined
      if (!isHeldBack) this.#grow()
    } else if (pages >= LEAST_PAGES && this.#count > 1 && this.#patience === 0) {
      // The portal worked as fast as ever, and so many lanes were no trouble for two rounds: something else may have
      // stood still for a moment, a line or this machine. It is over if a request is fast that was sent later.
      const isElsewhere = portalSeconds / pages <= AS_FAST * this.#pageSeconds
      const isNew = this.#fastAnswers >= 2 * this.#count
      if (isElsewhere && isNew && sentAt < (this.#slowSince ??= answeredAt)) return
      this.#isFresh = false
      const half = this.#count >> 1
      this.#trial = { lanes: this.#count, half, pageSeconds, seconds: 0, pages: 0, answersLeft: half }
      this.#change(half, answeredAt)
    }
  }

  /** After a request that failed, in seconds; those that were sent before the last change say nothing new. */
  halve(sentAt: number, now: number): void {
    if (sentAt < this.#changedAt) return
    this.#trial = undefined
    this.#isFresh = false
    this.#beforeTrouble ??= this.#count
    this.#change(Math.max(1, this.#count >> 1), now)
  }

  /** The trouble was that the portal was down, for all alike, and it is over. */
  restore(): void {
    this.#count = this.#beforeTrouble ?? this.#count
    this.#beforeTrouble = undefined
  }

  #grow(): void {
    const count = Math.min(this.#most, this.#found, this.#isFresh ? 2 * this.#count : this.#count + 1)
    if (count > this.#count) this.#fastAnswers = 0
    this.#count = count
  }

  #try(trial: Trial, seconds: number, pages: number): void {
    trial.seconds += seconds
    trial.pages += pages
    if (--trial.answersLeft > 0) return
    this.#trial = undefined
    const pageSeconds = trial.seconds / trial.pages
    if (pageSeconds > HELPED * trial.pageSeconds) {
      this.#count = trial.lanes
      this.#pageSeconds = pageSeconds
      return
    }
    // Each lane makes pages slower by as much; or, where requests wait for free workers, half of the lanes were enough.
    const perLane = (trial.pageSeconds - pageSeconds) / (trial.lanes - trial.half)
    const single = pageSeconds - perLane * (trial.half - 1)
    this.#found = Math.max(trial.half, Math.floor(1 + (single * (DEAREST - 1)) / perLane))
    this.#count = Math.min(this.#most, this.#found)
    this.#patience = PATIENCE
  }

  #change(count: number, now: number): void {
    this.#count = count
    this.#changedAt = now
    this.#fastAnswers = 0
    this.#slowSince = undefined
  }
}
