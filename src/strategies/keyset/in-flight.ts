import { PAGE_ROWS } from '../../protocol/limits.ts'

/** A request under way. */
export interface Running {
  readonly pages: number
  readonly startedAt: number
  /** It waits for operating time, unsent. */
  isHeldBack: boolean
  /** The portal has done its work, and only the answer is on the way: there is room for another. */
  isAnswering: boolean
}

/** The requests of a walk that are under way. */
export class InFlight {
  readonly #running = new Set<Running>()

  get count(): number {
    return this.#running.size
  }

  /** Requests that the portal works on, or will as soon as it may. */
  get inWork(): Running[] {
    return [...this.#running].filter(({ isAnswering }) => !isAnswering)
  }

  /** How long those behind it may be is known when it is sent. */
  get isHeldBack(): boolean {
    return [...this.#running].some(({ isHeldBack }) => isHeldBack)
  }

  /** Most rows that may come. */
  get rows(): number {
    return [...this.#running].reduce((sum, { pages }) => sum + pages * PAGE_ROWS, 0)
  }

  /** Pages that are asked for, or will be before anything else is. */
  get pagesAsked(): number {
    return [...this.#running].reduce((sum, { pages, isHeldBack }) => sum + (isHeldBack ? 0 : pages), 0)
  }

  /** Seconds that each is still expected to take. */
  secondsLeft(pageSeconds: number, now: number): number[] {
    return this.inWork.map(({ pages, startedAt }) =>
      Math.max(0, pages * pageSeconds - (now - startedAt) / 1000),
    )
  }

  begin(pages: number): Running {
    const request = { pages, startedAt: Date.now(), isHeldBack: false, isAnswering: false }
    this.#running.add(request)
    return request
  }

  end(request: Running): void {
    this.#running.delete(request)
  }
}
