import type { RunEvent } from '../engine/events.ts'
import { Flights } from './flights.ts'

/** Less than all, until the end of the list was seen. */
const MOST = 0.99

/** Rows of a page, as the portal cuts lists. */
const PAGE_ROWS = 50

/**
 * Which part of a list is read; nothing has to be counted for it.
 *
 * Rows that have left, those that wait for others in front of them, and those that are likely to be there of what is in
 * flight, by the rows that the walk expects on the whole. Of a walk that says nothing about that, it is where it stands
 * in the range of its cursor. What is shown never falls.
 */
export class Share {
  readonly #rowsWanted: number
  readonly #flights = new Flights()
  #rows = 0
  #outlook: { readonly waiting: number; readonly total: number | undefined } | undefined
  #range: { readonly start: number; readonly cursor: number; readonly end: number | undefined } | undefined
  #shown: number | undefined

  /** @param rowsWanted how many rows will be taken at the most */
  constructor(rowsWanted: number) {
    this.#rowsWanted = rowsWanted
  }

  take(event: RunEvent, now: number): void {
    this.#flights.take(event, now)
    if (event.type === 'page') {
      const { cursor, end } = event
      this.#rows += event.rows
      this.#range = { start: this.#range?.start ?? cursor, cursor, end }
    } else if (event.type === 'outlook') {
      const { waiting, ahead } = event
      this.#outlook = { waiting, total: ahead === undefined ? undefined : this.#rows + waiting + ahead }
    }
  }

  /** From 0 to 0.99; `undefined` as long as nothing can be said. */
  at(now: number): number | undefined {
    const share = this.#outlook === undefined ? this.#ofRange() : this.#ofRows(this.#outlook, now)
    if (share !== undefined) this.#shown = Math.max(this.#shown ?? 0, Math.min(MOST, share))
    return this.#shown
  }

  #ofRows(
    { waiting, total = Infinity }: { waiting: number; total: number | undefined },
    now: number,
  ): number | undefined {
    const whole = Math.min(this.#rowsWanted, Math.max(total, this.#rows + waiting))
    if (whole === Infinity) return undefined
    const inFlight = this.#flights.commandsDone(now) * PAGE_ROWS
    return Math.min(total, this.#rows + waiting + inFlight) / Math.max(1, whole)
  }

  #ofRange(): number | undefined {
    if (this.#range?.end === undefined) return undefined
    const { start, cursor, end } = this.#range
    const share = end <= start ? MOST : (cursor - start) / (end - start)
    return Math.max(share, this.#rows / this.#rowsWanted)
  }
}
