import type { RunEvent } from '../engine/events.ts'
import { Flights } from './flights.ts'

/** Less than all, until the end of the list was seen. */
const MOST = 0.99

/** Rows of a page, as the portal cuts lists. */
const PAGE_ROWS = 50

interface Time {
  /** Since the run began. */
  readonly elapsedMs: number
  /** Of it, the time in which the output was taking rows. */
  readonly writingMs: number
}

/**
 * Which part of a run is over; nothing has to be counted for it.
 *
 * Of the rows that the walk expects on the whole: those that have left, those that wait for others in front of them, and
 * those that are likely to be there of what is in flight. An output that takes longer than the portal sets the pace
 * instead. Of a walk that says nothing about the rows ahead, it is where it stands in the range of its cursor. What is
 * shown never falls.
 */
export class Share {
  readonly #rowsWanted: number
  readonly #flights = new Flights()
  #rows = 0
  #outlook: { readonly waiting: number; readonly total: number } | undefined
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
      const { waiting, ahead = Infinity } = event
      this.#outlook = { waiting, total: this.#rows + waiting + ahead }
    }
  }

  /** From 0 to 0.99; `undefined` as long as nothing can be said. */
  at(now: number, time: Time): number | undefined {
    const share = this.#outlook === undefined ? this.#ofRange() : this.#ofRows(this.#outlook, now, time)
    if (share !== undefined) this.#shown = Math.max(this.#shown ?? 0, Math.min(MOST, share))
    return this.#shown
  }

  #ofRows(
    { waiting, total }: { waiting: number; total: number },
    now: number,
    { elapsedMs, writingMs }: Time,
  ): number | undefined {
    const whole = Math.min(this.#rowsWanted, total)
    if (whole === Infinity) return undefined
    const inFlight = this.#flights.commandsDone(now) * PAGE_ROWS
    const read = Math.min(total, this.#rows + waiting + inFlight) / Math.max(1, whole)
    const toWriteMs = this.#rows === 0 ? 0 : ((whole - this.#rows) * writingMs) / this.#rows
    return toWriteMs <= 0 ? read : Math.min(read, elapsedMs / (elapsedMs + toWriteMs))
  }

  #ofRange(): number | undefined {
    if (this.#range?.end === undefined) return undefined
    const { start, cursor, end } = this.#range
    const share = end <= start ? MOST : (cursor - start) / (end - start)
    return Math.max(share, this.#rows / this.#rowsWanted)
  }
}
