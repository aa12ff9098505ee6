import { TARGET_REQUEST_SECONDS, UNKNOWN_PAGE_SECONDS } from '../protocol/limits.ts'

/**
 * How many pages the next chain should have: no more than are expected, than fit into one request's time, and than
 * `ceiling` allows; at least one.
 */
export function chainLength(facts: {
  readonly expectedRows: number
  readonly pageRows: number
  readonly pageSeconds: number
  readonly ceiling: number
}): number {
  const expected = Math.ceil(facts.expectedRows / facts.pageRows)
  const inTime = Math.floor(TARGET_REQUEST_SECONDS / facts.pageSeconds)
  return Math.max(1, Math.min(facts.ceiling, inTime, expected))
}

/** What a walk by offset has learnt about the portal: how long pages take, and how long a request may be. */
export class OffsetPace {
  readonly #batchSize: number
  #ceiling: number
  #pageSeconds = UNKNOWN_PAGE_SECONDS

  constructor(batchSize: number) {
    this.#batchSize = batchSize
    this.#ceiling = batchSize
  }

  /** What the length of the next chain rests on, besides the rows expected. */
  get facts(): { readonly pageSeconds: number; readonly ceiling: number } {
    return { pageSeconds: this.#pageSeconds, ceiling: this.#ceiling }
  }

  get ceiling(): number {
    return this.#ceiling
  }

  /** Seconds that the portal takes for a page, by its own word. */
  get pageSeconds(): number {
    return this.#pageSeconds
  }

  /** After an answer: `seconds` for `pages` pages; the way back to full length goes page by page. */
  learn(seconds: number, pages: number): void {
    if (pages > 0 && seconds > 0) this.#pageSeconds = seconds / pages
    this.#ceiling = Math.min(this.#batchSize, this.#ceiling + 1)
  }

  /** After a request that took too long or was too large: half of what was asked. */
  halve(pages: number): void {
    this.#ceiling = Math.max(1, Math.floor(pages / 2))
  }
}
