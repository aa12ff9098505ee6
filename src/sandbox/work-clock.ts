import { waitUntil } from './clock.ts'

/** The real time of one request: it passes in pieces, and the portal cuts the request off when it is up. */
export class WorkClock {
  readonly #cutAt: number
  /** When the pieces so far are over; kept apart from the clock, so that late timers do not add up. */
  #due = Date.now()

  constructor(cutSeconds: number) {
    this.#cutAt = this.#due + cutSeconds * 1000
  }

  /** Waits until `ms` more have passed; false if the request is cut off before. */
  async pass(ms: number): Promise<boolean> {
    this.#due += ms
    await waitUntil(Math.min(this.#due, this.#cutAt))
    return Math.max(this.#due, Date.now()) <= this.#cutAt
  }
}
