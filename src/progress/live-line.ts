import type { RunRecord } from './run-record.ts'
import { barText, spinnerText } from './progress-line.ts'

/** A line that is redrawn in place on a terminal. */
export interface DrawnLine {
  /** Draws it anew. */
  update(): void
  /** Takes it off the screen, runs `write`, which writes whole lines, and draws it again below them. */
  around(write: () => void): void
  /** Takes it down for good; harmless when repeated. */
  stop(): void
}

/** Draws a share in so many columns. */
export type BarDrawing = (share: number, columns: number) => string

export interface LinePainters {
  spinner(text: () => string): DrawnLine
  bar(text: (draw: BarDrawing) => string): DrawnLine
}

/** Ten times a second is as often as anybody reads. */
const REDRAW_MS = 100

/** The frame of a spinner and the blank behind it. */
const SPINNER_COLUMNS = 2

/** Behind the line: the last column, since a terminal may wrap what touches it, and the `^C` that it writes there itself. */
const FREE_COLUMNS = 3

export interface LiveLineOptions {
  readonly record: RunRecord
  readonly painters: LinePainters
  /** Width of the terminal now. */
  readonly columns: () => number
  readonly now: () => number
}

/**
 * A spinner as long as nothing is known of the length of the list, then a bar.
 */
export function liveLine({ record, painters, columns, now }: LiveLineOptions): DrawnLine {
  const width = (): number => columns() - FREE_COLUMNS
  let drawn: DrawnLine | undefined = painters.spinner(() =>
    record.tally.requests === 0 ? 'connecting' : spinnerText(record.view, width() - SPINNER_COLUMNS),
  )
  let isBar = false
  let shownAt = Number.NEGATIVE_INFINITY
  let shownWait: unknown
  return {
    update() {
      const { share, wait } = record.view
      if (drawn !== undefined && !isBar && share !== undefined) {
        drawn.stop()
        drawn = painters.bar((draw) => barText(record.view, width(), draw))
        isBar = true
      }
      // A wait is shown at once: it may be the last thing that happens for minutes.
      if (now() - shownAt < REDRAW_MS && wait === shownWait) return
      shownAt = now()
      shownWait = wait
      drawn?.update()
    },
    around(write) {
      if (drawn === undefined) write()
      else drawn.around(write)
    },
    stop() {
      drawn?.stop()
      drawn = undefined
    },
  }
}
