import { type RunEvent, type WaitReason } from '../engine/events.ts'

/** What a run has come to so far. */
export interface Tally {
  readonly rows: number
  readonly requests: number
  /** Time in which something was held back; lanes that wait at the same time count once. */
  readonly waitedMs: number
  /** The longest wait announced so far, over or not. */
  readonly wait: { readonly until: number; readonly reason: WaitReason } | undefined
}

export const EMPTY_TALLY: Tally = { rows: 0, requests: 0, waitedMs: 0, wait: undefined }

/** The tally after one more event. */
export function count(tally: Tally, event: RunEvent, now: number): Tally {
  switch (event.type) {
    case 'page':
      return { ...tally, rows: tally.rows + event.rows }
    case 'sent':
      return { ...tally, requests: tally.requests + 1 }
    case 'waiting': {
      const alreadyUntil = Math.max(now, tally.wait?.until ?? 0)
      if (event.until <= alreadyUntil) return tally
      return {
        ...tally,
        waitedMs: tally.waitedMs + (event.until - alreadyUntil),
        wait: { until: event.until, reason: event.reason },
      }
    }
    case 'answered':
    case 'retrying':
      return tally
  }
}

/** Time that was waited up to `now`: a wait that was broken off did not take place to its end. */
export function waitedMs(tally: Tally, now: number): number {
  return tally.waitedMs - Math.max(0, (tally.wait?.until ?? 0) - now)
}
