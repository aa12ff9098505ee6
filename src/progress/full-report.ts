import type { MethodFigures } from './method-record.ts'
import { errorLine, failedItems, nextLine, type RunReport } from './report.ts'
import { amount, rate, shortSpan, size, timeSpan } from './texts.ts'
import type { Use } from './time-use.ts'

/** Everything that is known of a run, for people, a line for each. */
export function fullReport(report: RunReport): string[] {
  const { method, exitCode, tally, time, bytesWritten, peakMemoryBytes, processor, target } = report
  const { durationMs } = time
  const portal = [...tally.portalSeconds].map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`)
  const perSecond = durationMs === 0 ? 0 : (tally.rows * 1_000) / durationMs
  const packed = tally.wireBytes < tally.bytesReceived ? ` (${size(tally.wireBytes)} packed)` : ''
  return [
    `${method}: ${exitCode === 0 ? 'complete' : `exit code ${exitCode}`}`,
    `rows:        ${[tally.rows.toLocaleString('en-US'), ...failedItems(tally)].join(', ')} (${rate(perSecond)})`,
    `requests:    ${tally.requests.toLocaleString('en-US')}, ${amount(tally.retries, 'retry')}`,
    `waiting:     ${waiting(report)}`,
    `portal time: ${portal.length === 0 ? 'none' : portal.join(', ')}`,
    `bytes:       ${size(tally.bytesSent)} sent, ${size(tally.bytesReceived)} received${packed}, ${size(bytesWritten)} written${target === undefined ? '' : ` to ${target}`}`,
    `duration:    ${timeSpan(durationMs)}`,
    `processor:   ${timeSpan(processor.userMs + processor.systemMs)} (${timeSpan(processor.userMs)} user, ${timeSpan(processor.systemMs)} system)`,
    `memory:      ${size(peakMemoryBytes)} at the most`,
    ...time.methods.flatMap((one) => methodLines(one, report)),
    ...overTime(report),
    `time:        ${usesOfTime(report)}`,
    `bottleneck:  ${report.bottleneck.text}`,
    ...report.errors.map(errorLine),
    ...nextLine(report),
  ]
}

function waiting({ time: { heldMs, waitedMs, consumerMs } }: RunReport): string {
  const reasons = [
    ['request limit', waitedMs.bucket],
    ['operating time', waitedMs.operating],
    ['retries', waitedMs.backoff],
    ['portal down', waitedMs.outage],
  ] as const
  const parts = reasons.filter(([, ms]) => ms > 0).map(([reason, ms]) => `${reason} ${timeSpan(ms)}`)
  const all = `${timeSpan(heldMs)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
  return consumerMs < 1 ? all : `${all}; ${shortSpan(consumerMs)} for the output to take rows`
}

/** `crm.deal.list: 52 requests (1 in vain), 2,003 pages, …`, and what its requests were like. */
function methodLines(figures: MethodFigures, { method, tally }: RunReport): string[] {
  const { requests, lost, done, durations, chains, portalSeconds } = figures
  const counts = [
    ...(requests === 0
      ? []
      : [`${amount(requests, 'request')}${lost === 0 ? '' : ` (${lost.toLocaleString('en-US')} in vain)`}`]),
    ...(done === 0 ? [] : [`${amount(done, 'command')} answered`]),
    ...(figures.method === method ? [amount(tally.rows, 'row')] : []),
    ...(portalSeconds === 0 ? [] : [`${portalSeconds.toFixed(1)} s billed`]),
  ]
  const details = [
    ...(chains === undefined
      ? []
      : [
          `commands a request: median ${chains.median}, mean ${chains.mean.toFixed(1)}, at most ${chains.max}`,
        ]),
    ...(durations === undefined
      ? []
      : [
          `answered in: p50 ${shortSpan(durations.p50)}, p90 ${shortSpan(durations.p90)}, p99 ${shortSpan(durations.p99)}, at most ${shortSpan(durations.max)}`,
        ]),
  ]
  return [`${figures.method}: ${counts.join(', ')}`, ...details.map((line) => `  ${line}`)]
}

/** How the run went, in equal parts of its time. */
function overTime({ time: { slices, meanInFlight, mostInFlight } }: RunReport): string[] {
  if (mostInFlight === 0) return []
  const columns = slices.inFlight.map((inFlight, at) => {
    const commands = slices.commands[at]
    return [inFlight.toFixed(1), commands === undefined ? '-' : commands.toFixed(0)] as const
  })
  const row = (of: 0 | 1): string =>
    columns.map((column) => column[of].padStart(Math.max(column[0].length, column[1].length))).join(' ')
  return [
    `in flight:   ${meanInFlight.toFixed(1)} on average, at most ${mostInFlight}; in parts of ${shortSpan(slices.sliceMs)}, with commands a request below:`,
    `             ${row(0)}`,
    `             ${row(1)}`,
  ]
}

const USES: readonly (readonly [Use, string])[] = [
  ['portal', 'portal'],
  ['bucket', 'request limit'],
  ['operating', 'operating time'],
  ['backoff', 'retries'],
  ['outage', 'portal down'],
  ['consumer', 'output'],
  ['other', 'rest'],
]

/** `92 % portal, 5 % output, 3 % rest` */
function usesOfTime({ time: { usedMs, durationMs } }: RunReport): string {
  const parts = USES.map(
    ([use, name]) => [name, Math.round((100 * usedMs[use]) / Math.max(1, durationMs))] as const,
  )
  const worthTelling = parts.filter(([, percent]) => percent > 0).sort((one, other) => other[1] - one[1])
  return worthTelling.length === 0
    ? 'none'
    : worthTelling.map(([name, percent]) => `${percent} % ${name}`).join(', ')
}
