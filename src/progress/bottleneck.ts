import { LONGEST_CHAIN } from './chain-lengths.ts'
import type { ErrorCount } from './tally.ts'
import type { TimeFigures } from './time-record.ts'

/** What a run was given that bears on how fast it can be. */
export interface RunSetup {
  readonly plan: 'standard' | 'enterprise' | 'box'
  /** `--burst` or `--tps` are given. */
  readonly hasOwnRate: boolean
  /** Most commands in a request. */
  readonly batchSize: number
  /** Most requests in flight; `undefined` if the run finds that out by itself. */
  readonly lanes: number | undefined
  /** Whether `--select` can ask for less. */
  readonly canSelect: boolean
  /** Rows become cells of CSV or TSV. */
  readonly isTable: boolean
  readonly isToFile: boolean
}

/** What the bottleneck is judged by. */
export interface BottleneckFacts {
  readonly setup: RunSetup
  readonly time: TimeFigures
  /** Processor time since the run began, of all threads. */
  readonly processorMs: number
  /** What the portal says that it worked on the requests. */
  readonly portalSeconds: number
  readonly errors: readonly ErrorCount[]
}

export type Cause =
  'bucket' | 'operating' | 'backoff' | 'outage' | 'portal' | 'latency' | 'consumer' | 'processor' | 'input'

export interface Bottleneck {
  /** `none`: the run was too short for one. */
  readonly cause: Cause | 'none'
  /** Of the duration, 0 to 1. */
  readonly share: number
  /** What it is and what would help, in one sentence. */
  readonly text: string
}

/** Start and first answer are all there is to a shorter run. */
const SHORTEST_MS = 1_000

/** A stage that is busy for this share of the time is what all others wait for, whatever else they seem to do. */
const SATURATED = 0.85

/** From this share of `--batch-size` on it is that which keeps requests short. */
const FULL = 0.5

/** What held the run up the most, and what would help. */
export function bottleneckOf(facts: BottleneckFacts): Bottleneck {
  const { durationMs } = facts.time
  if (durationMs < SHORTEST_MS) {
    return { cause: 'none', share: 0, text: 'The run was too short for anything to hold it up.' }
  }
  const [cause, ms] = costs(facts).reduce((most, one) => (one[1] > most[1] ? one : most))
  const share = Math.min(1, ms / durationMs)
  return { cause, share, text: SENTENCES[cause](`${Math.round(share * 100)} % of the time`, facts) }
}

/** Milliseconds that each cause had a hand in. */
function costs(facts: BottleneckFacts): readonly (readonly [Cause, number])[] {
  const { time, processorMs, portalSeconds } = facts
  const { usedMs, durationMs, consumerMs, sinceFirstWriteMs, answeredMs, lostMs } = time
  const inVain = lostMs === 0 ? 0 : lostMs / (lostMs + answeredMs)
  // Answers wait for a processor that is busy, and so does a write: what looks like others at work is its own.
  const isProcessorFull = processorMs >= SATURATED * durationMs
  const rest = isProcessorFull ? Math.max(0, 1 - processorMs / durationMs) : 1
  // Rows are written while others are on their way; if writing hardly pauses from the first of them on, it sets the pace.
  const isOutputFull = consumerMs > 0 && consumerMs >= SATURATED * sinceFirstWriteMs
  const portalMs = isOutputFull ? Math.min(usedMs.portal, durationMs - consumerMs) : usedMs.portal
  const isAtWork = portalSeconds * 1_000 >= answeredMs / 2
  return [
    ['operating', usedMs.operating],
    ['bucket', usedMs.bucket],
    ['backoff', usedMs.backoff + portalMs * inVain],
    ['outage', usedMs.outage],
    ['consumer', (isOutputFull ? consumerMs : usedMs.consumer) * rest],
    ['processor', Math.min(durationMs, processorMs)],
    [isAtWork ? 'portal' : 'latency', portalMs * (1 - inVain) * rest],
    ['input', Math.max(0, usedMs.other - processorMs)],
  ]
}

/** What is said of each cause; `share` is `62 % of the time`. */
const SENTENCES: Readonly<Record<Cause, (share: string, facts: BottleneckFacts) => string>> = {
  bucket: (share, facts) => `For ${share} the request limit held requests back: ${moreRequests(facts)}.`,
  operating: (share, { setup }) =>
    `For ${share} the portal's operating time for the method was used up: ${setup.canSelect ? 'fewer fields (--select) use less of it, and so does' : 'less of it is used by'} a portal at rest, at night.`,
  backoff: (share, { errors }) =>
    `${share} went on requests that came to nothing and on waiting before the next attempt${trouble(errors)}.`,
  outage: (share, { errors }) => `For ${share} the portal was down${trouble(errors)}.`,
  portal: (share, facts) =>
    `For ${share} the portal was at work on the requests: ${[...fewerFields(facts.setup), ...moreLanes(facts), 'a portal at rest, at night, is faster'].join('; ')}.`,
  latency: (share, facts) =>
    `For ${share} requests were on their way or in the portal's queue: ${shorterWay(facts).join('; ')}.`,
  consumer: (share, { setup }) =>
    `For ${share} rows were there and ${
      setup.isToFile
        ? 'the file did not take them: a faster disk would help'
        : 'whoever reads standard output did not take them: a faster reader would help, or a file (-o)'
    }.`,
  processor: (share, { setup }) =>
    `The processor was busy for ${share}: ${[...(setup.isTable ? ['NDJSON costs less than a table'] : []), ...fewerFields(setup), 'a faster machine would help'].join('; ')}.`,
  input: (share) => `For ${share} there was nothing to ask for: the input came slowly.`,
}

function moreRequests({ setup, time }: BottleneckFacts): string {
  if (setup.hasOwnRate) return 'raise --burst and --tps, if the plan of the portal allows more'
  if (isCutShort(time, setup)) {
    return 'fewer, longer requests (--batch-size) need less of it'
  }
  return setup.plan === 'standard'
    ? 'the Enterprise plan (--plan enterprise) allows more'
    : 'the plan allows no more, so only fewer rows would take less time'
}

/** Whether `--batch-size` is what keeps requests short. */
function isCutShort({ methods }: TimeFigures, { batchSize }: RunSetup): boolean {
  const sumOf = (counter: 'requests' | 'commands'): number =>
    methods.reduce((sum, method) => sum + method[counter], 0)
  return batchSize < LONGEST_CHAIN && sumOf('commands') >= FULL * batchSize * sumOf('requests')
}

function fewerFields({ canSelect }: RunSetup): string[] {
  return canSelect ? ['fewer fields (--select) take less time'] : []
}

/** Only where the run used all that it might have in flight. */
function moreLanes({ setup, time }: BottleneckFacts): string[] {
  const isAtCeiling = setup.lanes !== undefined && time.meanInFlight >= 0.75 * setup.lanes
  return isAtCeiling
    ? ['more requests at a time (--concurrency) help as long as it answers them as fast']
    : []
}

function shorterWay(facts: BottleneckFacts): string[] {
  const { setup, time } = facts
  return [
    ...(isCutShort(time, setup) ? ['fewer, longer requests (--batch-size) wait less often'] : []),
    ...moreLanes(facts),
    'a machine nearer to the portal waits less',
  ]
}

/** What most attempts failed of, and what helps against that. */
function trouble(errors: readonly ErrorCount[]): string {
  const [most] = [...errors].sort((one, other) => other.count - one.count)
  const whenItIsWell = 'run again when the portal is well'
  if (most === undefined) return `: ${whenItIsWell}`
  const isShared = most.message.includes('QUERY_LIMIT_EXCEEDED')
  const advice = isShared ? 'others use the same request limit, so run when they do not' : whenItIsWell
  return ` (mostly: ${most.message.replace(/[.:\s]+$/, '')}): ${advice}`
}
