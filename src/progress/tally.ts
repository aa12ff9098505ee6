import type { RunEvent, WaitReason } from '../engine/events.ts'

/** An error that was met, and how often. */
export interface ErrorCount {
  readonly code: string
  readonly message: string
  readonly count: number
}

/** What a run has come to so far. */
export interface Tally {
  readonly rows: number
  /** Of them, inputs that the portal refused, and those of which nobody knows whether they were carried out. */
  readonly refused: number
  readonly unknown: number
  readonly requests: number
  readonly retries: number
  /** Time in which something was held back, by the reason; lanes that wait at the same time count once. */
  readonly waitedMs: Readonly<Record<WaitReason, number>>
  /** The longest wait announced so far, over or not. */
  readonly wait: { readonly until: number; readonly reason: WaitReason } | undefined
  /** Seconds that the portal worked, by the method that it bills. */
  readonly portalSeconds: ReadonlyMap<string, number>
  readonly bytesSent: number
  /** Of bodies, unpacked. */
  readonly bytesReceived: number
  /** Where the walk stands: the last id, or a number of rows for a walk by offset. */
  readonly lastId: number | undefined
  /** Errors that were followed by another attempt; the distinct ones, the first few. */
  readonly errors: readonly ErrorCount[]
}

export const EMPTY_TALLY: Tally = {
  rows: 0,
  refused: 0,
  unknown: 0,
  requests: 0,
  retries: 0,
  waitedMs: { bucket: 0, operating: 0, backoff: 0 },
  wait: undefined,
  portalSeconds: new Map(),
  bytesSent: 0,
  bytesReceived: 0,
  lastId: undefined,
  errors: [],
}

/** More distinct errors than anybody reads. */
const MOST_ERRORS = 10

/** The tally after one more event. */
export function count(tally: Tally, event: RunEvent, now: number): Tally {
  switch (event.type) {
    case 'page':
      return { ...tally, rows: tally.rows + event.rows, lastId: event.cursor }
    case 'sent':
      return { ...tally, requests: tally.requests + 1, bytesSent: tally.bytesSent + event.bytes }
    case 'waiting': {
      const alreadyUntil = Math.max(now, tally.wait?.until ?? 0)
      if (event.until <= alreadyUntil) return tally
      const { reason, until } = event
      const waited = tally.waitedMs[reason] + (until - alreadyUntil)
      return { ...tally, waitedMs: { ...tally.waitedMs, [reason]: waited }, wait: { until, reason } }
    }
    case 'answered':
      return {
        ...tally,
        bytesReceived: tally.bytesReceived + event.bytes,
        portalSeconds: added(tally.portalSeconds, event.billed),
      }
    case 'retrying':
      return {
        ...tally,
        retries: tally.retries + 1,
        errors: withError(tally.errors, event.error),
      }
    case 'failed-items': {
      const { refused, unknown } = event
      return { ...tally, refused: tally.refused + refused, unknown: tally.unknown + unknown }
    }
    case 'survey':
      return tally
  }
}

/** Time that was waited up to `now`, by the reason: a wait that was broken off did not take place to its end. */
export function waitedMs(
  { waitedMs: waited, wait }: Tally,
  now: number,
): Readonly<Record<WaitReason, number>> {
  if (wait === undefined || wait.until <= now) return waited
  return { ...waited, [wait.reason]: Math.max(0, waited[wait.reason] - (wait.until - now)) }
}

/** The same, whatever the reason. */
export function allWaitedMs(tally: Tally, now: number): number {
  const { bucket, operating, backoff } = waitedMs(tally, now)
  return bucket + operating + backoff
}

/** The distinct errors with one more. */
export function withError(
  errors: readonly ErrorCount[],
  { code, message }: { readonly code: string; readonly message: string },
): readonly ErrorCount[] {
  const known = errors.findIndex((one) => one.code === code && one.message === message)
  if (known >= 0) return errors.map((one, at) => (at === known ? { ...one, count: one.count + 1 } : one))
  return errors.length < MOST_ERRORS ? [...errors, { code, message, count: 1 }] : errors
}

function added(sums: ReadonlyMap<string, number>, more: ReadonlyMap<string, number>): Map<string, number> {
  const result = new Map(sums)
  for (const [method, seconds] of more) result.set(method, (result.get(method) ?? 0) + seconds)
  return result
}
