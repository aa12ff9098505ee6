import type { Writable } from 'node:stream'
import { hasColor, hasUnicode, type ProgressKind, type TerminalFacts } from './choose.ts'
import { everyInterval, plainLine, progressObject } from './interval-lines.ts'
import { type DrawnLine, liveLine } from './live-line.ts'
import type { RunRecord } from './run-record.ts'

/** Shows a run while it goes on. */
export interface Reporter {
  /** Something has happened. */
  update(): void
  /** The line that is drawn, if there is one; what else is written to the terminal has to go around it. */
  readonly line: DrawnLine | undefined
  /** Shows no more; harmless when repeated. */
  stop(): void
}

/** For pipes, cron and `--progress none`: says nothing. */
export const silentReporter: Reporter = {
  update: () => undefined,
  line: undefined,
  stop: () => undefined,
}

export interface ReporterOptions extends TerminalFacts {
  readonly kind: ProgressKind
  readonly record: RunRecord
  readonly method: string
  /** Between two lines of `plain` or `json`; `undefined` is the default of each. */
  readonly intervalMs: number | undefined
  readonly stderr: Writable
  readonly columns: () => number
  readonly now: () => number
  /** Writes one line. */
  readonly writeLine: (text: string) => void
}

/** A person reads a log afterwards, a program draws from it. */
const PLAIN_INTERVAL_MS = 30_000
const JSON_INTERVAL_MS = 5_000

export async function openReporter(options: ReporterOptions): Promise<Reporter> {
  const { kind, record, method, intervalMs, now, writeLine } = options
  switch (kind) {
    case 'none':
      return silentReporter
    case 'plain':
      return lineReporter(intervalMs ?? PLAIN_INTERVAL_MS, () =>
        writeLine(plainLine(record.view, method, now())),
      )
    case 'json':
      return lineReporter(intervalMs ?? JSON_INTERVAL_MS, () =>
        writeLine(JSON.stringify(progressObject(record.view, method, now()))),
      )
    case 'bar': {
      const line = await openLiveLine(options)
      return { update: () => line.update(), line, stop: () => line.stop() }
    }
  }
}

async function openLiveLine(options: ReporterOptions): Promise<DrawnLine> {
  const { stderr } = options
  const [{ spinnerPainter }, { barPainter }] = await Promise.all([import('./spinner.ts'), import('./bar.ts')])
  const [spinner, bar] = await Promise.all([
    spinnerPainter(stderr, hasColor(options), hasUnicode(options)),
    barPainter(stderr, hasUnicode(options)),
  ])
  return liveLine({ ...options, painters: { spinner, bar } })
}

function lineReporter(intervalMs: number, tell: () => void): Reporter {
  return { update: () => undefined, line: undefined, stop: everyInterval(intervalMs, tell) }
}
