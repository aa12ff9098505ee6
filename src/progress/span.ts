/** Time in which at least one of several things went on, which may overlap. Times are Unix milliseconds. */
export class Span {
  #going = 0
  #since = 0
  #ms = 0

  begin(now: number): void {
    if (this.#going++ === 0) this.#since = now
  }

  end(now: number): void {
    if (this.#going === 0) return
    if (--this.#going === 0) this.#ms += Math.max(0, now - this.#since)
  }

  /** How many go on. */
  get going(): number {
    return this.#going
  }

  /** What goes on counts up to `now`. */
  ms(now: number): number {
    return this.#ms + (this.#going === 0 ? 0 : Math.max(0, now - this.#since))
  }
}
