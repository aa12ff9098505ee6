import type { WaitReason } from '../engine/events.ts'
import type { Tally } from './tally.ts'
import type { TimeRecord } from './time-record.ts'

/** A run at one moment, as every kind of progress shows it. */
export interface View {
  readonly rows: number
  readonly requests: number
  readonly retries: number
  /** Since the run began, waits included. */
  readonly rowsPerSecond: number
  readonly waitedMs: number
  /** A wait that holds the run up. */
  readonly wait: { readonly until: number; readonly reason: WaitReason } | undefined
  /** 0 to 0.99; `undefined` while nothing is known. */
  readonly share: number | undefined
  /** Time left, if it goes on as it did so far; `undefined` while that would be a guess. */
  readonly leftMs: number | undefined
  readonly lastId: number | undefined
}

/** Below these nobody can tell how long it will take. */
const LEAST_SHARE = 0.02
const LEAST_MS = 2_000

export interface ViewFacts {
  readonly tally: Tally
  readonly time: TimeRecord
  readonly share: number | undefined
  readonly startedAt: number
  readonly now: number
}

export function viewOf({ tally, time, share, startedAt, now }: ViewFacts): View {
  const { rows, requests, retries, lastId } = tally
  const elapsedMs = Math.max(0, now - startedAt)
  const isKnown = share !== undefined && share >= LEAST_SHARE && elapsedMs >= LEAST_MS
  return {
    rows,
    requests,
    retries,
    rowsPerSecond: elapsedMs === 0 ? 0 : (rows * 1_000) / elapsedMs,
    waitedMs: time.heldMs(now),
    wait: waitWorthShowing(time, now),
    share,
    leftMs: isKnown ? (elapsedMs * (1 - share)) / share : undefined,
    lastId,
  }
}

/** Once the burst is used up some request always waits for the bucket; while others are in flight the run goes on. */
function waitWorthShowing({ wait, inFlight }: TimeRecord, now: number): View['wait'] {
  if (wait === undefined || wait.until <= now) return undefined
  return wait.reason === 'bucket' && inFlight > 0 ? undefined : wait
}
