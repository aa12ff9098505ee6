import { progressText } from './progress-line.ts'
import type { View } from './view.ts'

/** A plain line of progress, for logs: `2026-08-01T09:00:00.000Z crm.deal.list: 125,000 rows, 33 %, …`. */
export function plainLine(view: View, method: string, now: number): string {
  return `${new Date(now).toISOString()} ${method}: ${progressText(view)}`
}

/** The same for programs; times in seconds, `share` from 0 to 1. What is not known is `null`. */
export function progressObject(view: View, method: string, now: number): Record<string, unknown> {
  const { rows, requests, retries, rowsPerSecond, waitedMs, wait, share, leftMs, lastId } = view
  return {
    type: 'progress',
    time: new Date(now).toISOString(),
    method,
    rows,
    rowsPerSecond: rounded(rowsPerSecond, 1),
    requests,
    retries,
    waitingSeconds: rounded(waitedMs / 1_000, 1),
    waitingFor: wait?.reason ?? null,
    waitingUntil: wait === undefined ? null : new Date(wait.until).toISOString(),
    share: share === undefined ? null : rounded(share, 3),
    etaSeconds: leftMs === undefined ? null : Math.round(leftMs / 1_000),
    lastId: lastId ?? null,
  }
}

export function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

/** Calls `tell` every `intervalMs` until it is stopped; does not keep the process alive. */
export function everyInterval(intervalMs: number, tell: () => void): () => void {
  const timer = setInterval(tell, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}
