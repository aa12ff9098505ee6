import type { RunEvent } from '../engine/events.ts'
import { Share } from './share.ts'
import { count, EMPTY_TALLY, type Tally } from './tally.ts'
import { type TimeFigures, TimeRecord } from './time-record.ts'
import { type View, viewOf } from './view.ts'

export interface RecordOptions {
  readonly now: () => number
  /** How many rows will be taken at the most. */
  readonly rowsWanted: number
}

/** Everything that has happened in a run, kept once for all who show it. */
export class RunRecord {
  readonly startedAt: number
  readonly #now: () => number
  readonly #share: Share
  readonly #time: TimeRecord
  #tally = EMPTY_TALLY

  constructor({ now, rowsWanted }: RecordOptions) {
    this.#now = now
    this.startedAt = now()
    this.#share = new Share(rowsWanted)
    this.#time = new TimeRecord(this.startedAt)
  }

  get tally(): Tally {
    return this.#tally
  }

  get view(): View {
    const now = this.#now()
    return viewOf({
      tally: this.#tally,
      time: this.#time,
      share: this.#share.at(now, {
        elapsedMs: now - this.startedAt,
        writingMs: this.#time.writingMs(now),
      }),
      startedAt: this.startedAt,
      now,
    })
  }

  /** Where the time went so far. */
  get time(): TimeFigures {
    return this.#time.figures(this.#now())
  }

  take(event: RunEvent): void {
    const now = this.#now()
    this.#tally = count(this.#tally, event)
    this.#time.take(event, now)
    this.#share.take(event, now)
  }

  /** The output is given something to take. */
  writing(): void {
    this.#time.writing(this.#now())
  }

  /** It has taken it, or failed to. */
  written(): void {
    this.#time.written(this.#now())
  }
}
