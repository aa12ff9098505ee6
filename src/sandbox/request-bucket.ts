/**
 * The portal's limit on requests: each adds one to a level that falls by `drainPerSecond` at every whole second of the
 * portal's own clock, not continuously. A request that would rise above the capacity is refused.
 */
export class RequestBucket {
  readonly #capacity: number
  readonly #drainPerSecond: number
  readonly #refusedCounts: boolean
  readonly #phaseMs: number
  #level = 0
  #second: number

  constructor(capacity: number, drainPerSecond: number, refusedCounts: boolean, phaseMs: number) {
    this.#capacity = capacity
    this.#drainPerSecond = drainPerSecond
    this.#refusedCounts = refusedCounts
    this.#phaseMs = phaseMs
    this.#second = this.#secondNow()
  }

  /** Whether one more request may pass now; counts it. */
  admits(): boolean {
    const second = this.#secondNow()
    this.#level = Math.max(0, this.#level - this.#drainPerSecond * Math.max(0, second - this.#second))
    this.#second = Math.max(this.#second, second)
    const isAdmitted = this.#level + 1 <= this.#capacity
    if (isAdmitted || this.#refusedCounts) this.#level++
    return isAdmitted
  }

  #secondNow(): number {
    return Math.floor((Date.now() - this.#phaseMs) / 1000)
  }
}
