/** Requests to begin with, and the most, unless the user allows more. */
const FIRST_LANES = 4
const MOST_LANES = 8

/** Up to this the portal is taken to work as fast as with fewer lanes. */
const AS_FAST = 1.15

/** Beyond this, lanes only wait for each other. */
const SLOWER = 1.4

/** After a step back, so many answers until the next step forward. */
const PATIENCE = 12

/** How long an answer took. */
export interface AnswerTime {
  /** Seconds that the portal worked on it, by its own word. */
  readonly portalSeconds: number
  readonly pages: number
  /** Seconds from sending it to its answer. */
  readonly elapsedSeconds: number
  /** It had to wait at the gate before it was sent. */
  readonly isHeldBack: boolean
}

/**
 * How many requests to have in flight: more as long as the portal takes no longer over a page than it did with fewer, and
 * answers as promptly; fewer when lanes only wait for each other; half after trouble.
 */
export class Lanes {
  readonly #most: number
  #count: number
  /** The least that a page took, and the least that an answer took besides, with any number of lanes. */
  #pageSeconds = Infinity
  #besidesSeconds = Infinity
  #hold = 0

  /** @param most the user's own ceiling */
  constructor(most: number | undefined) {
    this.#most = most ?? MOST_LANES
    this.#count = Math.min(FIRST_LANES, this.#most)
  }

  get count(): number {
    return this.#count
  }

  learn({ portalSeconds, pages, elapsedSeconds, isHeldBack }: AnswerTime): void {
    if (pages === 0) return
    const besides = Math.max(0, elapsedSeconds - portalSeconds)
    this.#besidesSeconds = Math.min(this.#besidesSeconds, besides)
    if (this.#hold > 0) this.#hold--
    if (portalSeconds <= 0) return
    this.#pageSeconds = Math.min(this.#pageSeconds, portalSeconds / pages)
    const best = this.#pageSeconds * pages
    const ratio = (portalSeconds + (besides - this.#besidesSeconds)) / best
    if (ratio > SLOWER) this.#stepBack(this.#count - 1)
    else if (ratio <= AS_FAST && this.#hold === 0 && !isHeldBack)
      this.#count = Math.min(this.#most, this.#count + 1)
  }

  /** After a request that failed. */
  halve(): void {
    this.#stepBack(Math.floor(this.#count / 2))
  }

  #stepBack(count: number): void {
    if (this.#hold > PATIENCE / 2) return
    this.#count = Math.max(1, count)
    this.#hold = PATIENCE
    // What was fast once may never be again: a portal can become slower for all.
    this.#pageSeconds *= 1.1
  }
}
