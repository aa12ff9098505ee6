import { rounded } from './interval-lines.ts'
import { type ErrorCount, type Tally, waitedMs } from './tally.ts'
import { amount, rate, size, timeSpan } from './texts.ts'

/** How a run ended, and what it came to. */
export interface RunReport {
  readonly method: string
  readonly exitCode: number
  readonly tally: Tally
  readonly durationMs: number
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
  const { tally, durationMs, target, bytesWritten } = report
  const waited = waitedOf(report)
  const line = [
    amount(tally.rows, 'row'),
    ...failedItems(tally),
    amount(tally.requests, 'request'),
    ...(tally.retries === 0 ? [] : [amount(tally.retries, 'retry')]),
    ...(waited.all < 50 ? [] : [`${timeSpan(waited.all)} waiting`]),
    timeSpan(durationMs),
  ].join(', ')
  return target === undefined ? line : `${line} -> ${target} (${size(bytesWritten)})`
}

/** The short report of a run that failed, and what to do next. */
export function failureReport(report: RunReport): string[] {
  const errors = report.errors.length > 1 ? report.errors.map(errorLine) : []
  return [`until then: ${shortReport({ ...report, target: undefined })}`, ...errors, ...nextLine(report)]
}

/** Everything that is known, a line for each. */
export function fullReport(report: RunReport): string[] {
  const { method, exitCode, tally, durationMs, bytesWritten, peakMemoryBytes, target } = report
  const waited = waitedOf(report)
  const reasons = [
    ['request limit', waited.bucket],
    ['operating time', waited.operating],
    ['retries', waited.backoff],
  ] as const
  const waitedFor = reasons.filter(([, ms]) => ms > 0).map(([reason, ms]) => `${reason} ${timeSpan(ms)}`)
  const portal = [...tally.portalSeconds].map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`)
  const perSecond = durationMs === 0 ? 0 : (tally.rows * 1_000) / durationMs
  return [
    `${method}: ${exitCode === 0 ? 'complete' : `exit code ${exitCode}`}`,
    `rows:        ${[tally.rows.toLocaleString('en-US'), ...failedItems(tally)].join(', ')} (${rate(perSecond)})`,
    `requests:    ${tally.requests.toLocaleString('en-US')}, ${amount(tally.retries, 'retry')}`,
    `waiting:     ${timeSpan(waited.all)}${waitedFor.length === 0 ? '' : ` (${waitedFor.join(', ')})`}`,
    `portal time: ${portal.length === 0 ? 'none' : portal.join(', ')}`,
    `bytes:       ${size(tally.bytesReceived)} received, ${size(bytesWritten)} written${target === undefined ? '' : ` to ${target}`}`,
    `duration:    ${timeSpan(durationMs)}`,
    `memory:      ${size(peakMemoryBytes)} at the most`,
    ...report.errors.map(errorLine),
    ...nextLine(report),
  ]
}

/** The same for programs; times in seconds. */
export function reportObject(report: RunReport): Record<string, unknown> {
  const { method, exitCode, tally, durationMs, now, bytesWritten, peakMemoryBytes, target, errors, next } =
    report
  const waited = waitedOf(report)
  return {
    type: 'summary',
    time: new Date(now).toISOString(),
    method,
    exit: exitCode,
    rows: tally.rows,
    refused: tally.refused,
    unknown: tally.unknown,
    requests: tally.requests,
    retries: tally.retries,
    waitingSeconds: {
      bucket: seconds(waited.bucket),
      operating: seconds(waited.operating),
      backoff: seconds(waited.backoff),
    },
    portalSeconds: Object.fromEntries(
      [...tally.portalSeconds].map(([name, value]) => [name, rounded(value, 3)]),
    ),
    bytesSent: tally.bytesSent,
    bytesReceived: tally.bytesReceived,
    bytesWritten,
    durationSeconds: seconds(durationMs),
    peakMemoryBytes,
    output: target ?? null,
    lastId: tally.lastId ?? null,
    errors,
    next: next ?? null,
  }
}

function failedItems({ refused, unknown }: Tally): string[] {
  return [
    ...(refused === 0 ? [] : [`${refused.toLocaleString('en-US')} refused`]),
    ...(unknown === 0 ? [] : [`${unknown.toLocaleString('en-US')} unknown`]),
  ]
}

function waitedOf({ tally, now }: RunReport): {
  all: number
  bucket: number
  operating: number
  backoff: number
} {
  const { bucket, operating, backoff } = waitedMs(tally, now)
  return { all: bucket + operating + backoff, bucket, operating, backoff }
}

function errorLine({ message, count }: ErrorCount): string {
  return `error:       ${count === 1 ? '' : `${count} times: `}${message}`
}

function nextLine({ next }: RunReport): string[] {
  return next === undefined ? [] : [`next: ${next}`]
}

function seconds(ms: number): number {
  return rounded(ms / 1_000, 3)
}
