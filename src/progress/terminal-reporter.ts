import { type Writable } from 'node:stream'
import { type Reporter } from './reporter.ts'
import { count, EMPTY_TALLY } from './tally.ts'
import { progressText, summaryText } from './texts.ts'

/** Where the redrawn line goes; the spinner, or nothing where no line can be redrawn. */
export interface LiveLine {
  show(text: string): void
  stop(): void
}

export const noLiveLine: LiveLine = { show: () => undefined, stop: () => undefined }

/** Ten times a second is as often as anybody reads. */
const REDRAW_MS = 100

export interface TerminalReporterOptions {
  readonly stderr: Writable
  readonly line: LiveLine
  readonly now: () => number
}

/** Counts what happens, redraws `line` at most ten times a second, and writes one plain line at the end. */
export function terminalReporter({ stderr, line, now }: TerminalReporterOptions): Reporter {
  let tally = EMPTY_TALLY
  let shownAt = Number.NEGATIVE_INFINITY
  let isDrawn = true
  function stop(): void {
    if (isDrawn) line.stop()
    isDrawn = false
  }
  return {
    onEvent(event) {
      const at = now()
      tally = count(tally, event, at)
      // A wait is shown at once: it may be the last thing that happens for minutes.
      if (at - shownAt < REDRAW_MS && event.type !== 'waiting') return
      shownAt = at
      line.show(progressText(tally, at))
    },
    finish(target) {
      stop()
      stderr.write(`${summaryText(tally, now(), target)}\n`)
    },
    stop,
  }
}
