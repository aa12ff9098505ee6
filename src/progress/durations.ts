/** Each bucket reaches 4 % further than the one before it. */
const GROWTH = 1.04

/** From 1 ms up to 20 minutes; what is longer counts as that. */
const BUCKETS = Math.ceil(Math.log(1_200_000) / Math.log(GROWTH))

/** How long things took, in ms. Shares are known to 2 %, the longest exactly. */
export interface DurationFigures {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Any number of durations in the memory of a few hundred. */
export class Durations {
  readonly #counts = new Float64Array(BUCKETS)
  #count = 0
  #longest = 0

  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(1, ms)) / Math.log(GROWTH))
    const at = Math.min(BUCKETS - 1, bucket)
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#count++
    this.#longest = Math.max(this.#longest, ms)
  }

  /** `undefined` if there was none. */
  get figures(): DurationFigures | undefined {
    if (this.#count === 0) return undefined
    return { p50: this.#reached(0.5), p90: this.#reached(0.9), p99: this.#reached(0.99), max: this.#longest }
  }

  /** How long the shortest `share` of them took at the most. */
  #reached(share: number): number {
    let left = Math.ceil(share * this.#count)
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0)
    return Math.min(this.#longest, GROWTH ** (bucket + 0.5))
  }
}
