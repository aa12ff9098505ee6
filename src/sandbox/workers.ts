/** Lets `count` requests through at once; others wait in the order of arrival. */
export class Workers {
  readonly #count: number
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#count = count
    this.#free = count
  }

  /** Requests that are being worked on. */
  get busy(): number {
    return this.#count - this.#free
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
