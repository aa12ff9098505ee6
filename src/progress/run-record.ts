import type { RunEvent } from '../engine/events.ts'
import { Share } from './share.ts'
import { count, EMPTY_TALLY, type Tally } from './tally.ts'
import { type View, viewOf } from './view.ts'

export interface RecordOptions {
  readonly now: () => number
  /** How many rows will be taken at the most. */
  readonly rowsWanted: number
  /** Whether the walk reports a survey of its list. */
  readonly awaitsSurvey: boolean
}

/** Everything that has happened in a run, kept once for all who show it. */
export class RunRecord {
  readonly startedAt: number
  readonly #now: () => number
  readonly #share: Share
  #tally = EMPTY_TALLY

  constructor({ now, ...share }: RecordOptions) {
    this.#now = now
    this.startedAt = now()
    this.#share = new Share(share)
  }

  get tally(): Tally {
    return this.#tally
  }

  get view(): View {
    return viewOf(this.#tally, this.#share.value, this.startedAt, this.#now())
  }

  take(event: RunEvent): void {
    this.#tally = count(this.#tally, event, this.#now())
    if (event.type === 'page') this.#share.page(event)
    if (event.type === 'survey') this.#share.survey(event.cells)
  }
}
