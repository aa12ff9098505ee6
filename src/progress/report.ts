import type { Bottleneck } from './bottleneck.ts'
import type { ErrorCount, Tally } from './tally.ts'
import type { TimeFigures } from './time-record.ts'
import { amount, size, timeSpan } from './texts.ts'

export interface ProcessorTime {
  readonly userMs: number
  readonly systemMs: number
}

/** How a run ended, and what it came to. */
export interface RunReport {
  readonly method: string
  readonly exitCode: number
  /** Rows of earlier runs, behind which those of this one stand. */
  readonly rowsBefore: number
  readonly tally: Tally
  readonly time: TimeFigures
  readonly bottleneck: Bottleneck
  /** Of the whole process, all threads. */
  readonly processor: ProcessorTime
  readonly now: number
  readonly bytesWritten: number
  readonly peakMemoryBytes: number
  /** The file, if the rows went to one. */
  readonly target: string | undefined
  /** Distinct errors, those that were overcome included. */
  readonly errors: readonly ErrorCount[]
  /** What to do next, as a command or in words. */
  readonly next: string | undefined
}

/** `12,345 rows, 7 requests, 1 retry, 1.2 s waiting, 48 s -> deals.ndjson (83 MB)` */
export function shortReport(report: RunReport): string {
  const { rowsBefore, tally, time, target, bytesWritten } = report
  const before = rowsBefore === 0 ? '' : ` behind ${rowsBefore.toLocaleString('en-US')} of earlier runs`
  const line = [
    `${amount(tally.rows, 'row')}${before}`,
    ...failedItems(tally),
    amount(tally.requests, 'request'),
    ...(tally.retries === 0 ? [] : [amount(tally.retries, 'retry')]),
    ...(time.heldMs < 50 ? [] : [`${timeSpan(time.heldMs)} waiting`]),
    timeSpan(time.durationMs),
  ].join(', ')
  return target === undefined ? line : `${line} -> ${target} (${size(bytesWritten)})`
}

/** The short report of a run that failed, and what to do next. */
export function failureReport(report: RunReport): string[] {
  const errors = report.errors.length > 1 ? report.errors.map(errorLine) : []
  return [`until then: ${shortReport({ ...report, target: undefined })}`, ...errors, ...nextLine(report)]
}

/** `2 refused`, `1 unknown` */
export function failedItems({ refused, unknown }: Tally): string[] {
  return [
    ...(refused === 0 ? [] : [`${refused.toLocaleString('en-US')} refused`]),
    ...(unknown === 0 ? [] : [`${unknown.toLocaleString('en-US')} unknown`]),
  ]
}

export function errorLine({ message, count }: ErrorCount): string {
  return `error:       ${count === 1 ? '' : `${count} times: `}${message}`
}

export function nextLine({ next }: RunReport): string[] {
  return next === undefined ? [] : [`next: ${next}`]
}
