/** More commands than a portal runs in one request; what is longer counts as that. */
export const LONGEST_CHAIN = 50

/** Commands in a request. */
export interface ChainFigures {
  readonly median: number
  readonly mean: number
  readonly max: number
}

/** How many commands requests carried. */
export class ChainLengths {
  readonly #counts = new Float64Array(LONGEST_CHAIN + 1)
  #requests = 0
  #commands = 0

  add(commands: number): void {
    const at = Math.min(LONGEST_CHAIN, commands)
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#requests++
    this.#commands += commands
  }

  /** `undefined` if nothing was sent. */
  get figures(): ChainFigures | undefined {
    if (this.#requests === 0) return undefined
    let left = Math.ceil(this.#requests / 2)
    return {
      median: this.#counts.findIndex((count) => (left -= count) <= 0),
      mean: this.#commands / this.#requests,
      max: this.#counts.findLastIndex((count) => count > 0),
    }
  }
}
