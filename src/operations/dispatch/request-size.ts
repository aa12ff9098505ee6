import { TARGET_REQUEST_SECONDS } from '../../protocol/limits.ts'

/** What a command is taken to cost the portal until an answer tells. */
const UNKNOWN_COMMAND_SECONDS = 0.05

/** How many commands a request may hold: as many as the portal gets through in time, fewer after trouble. */
export class RequestSize {
  readonly #most: number
  #ceiling: number
  #commandSeconds = UNKNOWN_COMMAND_SECONDS

  /** `first` is the most before anything is known. */
  constructor(most: number, first: number) {
    this.#most = most
    this.#ceiling = Math.min(most, first)
  }

  /** Seconds that the portal is expected to take for a command. */
  get commandSeconds(): number {
    return this.#commandSeconds
  }

  get value(): number {
    const inTime = Math.floor(TARGET_REQUEST_SECONDS / this.#commandSeconds)
    return Math.max(1, Math.min(this.#ceiling, inTime))
  }

  /** After a good answer: `seconds` for `commands` commands; the way back to full length goes by doubling. */
  learn(seconds: number, commands: number): void {
    // Rising prices count at once, since a request that takes too long is lost; falling ones by and by.
    const price = commands > 0 ? seconds / commands : 0
    if (price > 0) this.#commandSeconds = Math.max(price, (this.#commandSeconds + price) / 2)
    this.#ceiling = Math.min(this.#most, this.#ceiling * 2)
  }

  /** After a request of `commands` that took too long or was lost: half of it. */
  halve(commands: number): void {
    this.#ceiling = Math.max(1, Math.floor(commands / 2))
  }
}
