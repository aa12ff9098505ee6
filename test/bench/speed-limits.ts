import { fewestRequests, perfectPages } from './floor.ts'

/** Ids without gaps and one in ten lie evenly; all other shapes take looking for. */
const EVEN: ReadonlySet<string> = new Set(['dense', 'sparse'])

/** From so many rows on shares of the floor are promised; below it a single request more weighs too much. */
const LEAST_ROWS_FOR_SHARES = 100_000

/** How the time and the work of a run may exceed what is possible at best. */
const SHARES = {
  even: { time: 1.12, billed: 1.02, requests: 1.05, requestsBeside: 2 },
  uneven: { time: 1.3, billed: 1.08, requests: 1.1, requestsBeside: 4 },
} as const

/** Seconds that are promised for some lists with default settings or eight lanes. */
const SECONDS = [
  { rows: 100_000, pageMs: 220, even: 66, uneven: 75 },
  { rows: 10_000, pageMs: 30, even: 1.5, uneven: 3 },
] as const
const LANES_OF_SECONDS = 8

/** Requests that a short list may take, by its rows. */
export const SMALL_LISTS: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [40, 1],
  [400, 3],
  [4000, 9],
])

/** What is asked of a portal, as far as promises depend on it. */
export interface SpeedCase {
  readonly rows: number
  readonly ids: string
  readonly pageMs: number
  readonly pageCostSeconds: number
  /** Requests side by side at the most. */
  readonly lanes: number
  readonly floorSeconds: number
}

/** What was measured of it. */
export interface SpeedFigures {
  readonly wallSeconds: number
  readonly requests: number
  readonly billedSeconds: number
  readonly refusals: number
}

export function isEven(ids: string): boolean {
  return EVEN.has(ids)
}

/** Portal seconds of perfect pages. */
export function perfectSeconds({
  rows,
  pageCostSeconds,
}: Pick<SpeedCase, 'rows' | 'pageCostSeconds'>): number {
  return perfectPages(rows) * pageCostSeconds
}

/** Which promises about time and work a run does not keep, in words. */
export function speedFaults(asked: SpeedCase, figures: SpeedFigures): string[] {
  const { refusals } = figures
  return [
    ...timeFaults(asked, figures),
    ...workFaults(asked, figures),
    ...(refusals === 0 ? [] : [`${refusals} refusals, none promised`]),
  ]
}

function timeFaults(asked: SpeedCase, { wallSeconds }: SpeedFigures): string[] {
  const { rows, ids, pageMs, lanes, floorSeconds } = asked
  const share = sharesFor(ids).time
  const seconds = SECONDS.find((one) => one.rows === rows && one.pageMs === pageMs)
  const most = seconds?.[isEven(ids) ? 'even' : 'uneven']
  const ratio = wallSeconds / floorSeconds
  return [
    ...(rows < LEAST_ROWS_FOR_SHARES || ratio <= share
      ? []
      : [`${ratio.toFixed(2)} times the floor, ${share} promised`]),
    ...(most === undefined || lanes < LANES_OF_SECONDS || wallSeconds <= most
      ? []
      : [`${wallSeconds.toFixed(1)} s, ${most} promised`]),
  ]
}

/** Requests that a list may take at the most. */
export function mostRequests({ rows, ids, lanes }: Pick<SpeedCase, 'rows' | 'ids' | 'lanes'>): number {
  const { requests, requestsBeside } = sharesFor(ids)
  return SMALL_LISTS.get(rows) ?? Math.floor(requests * fewestRequests(rows) + 2 * lanes + requestsBeside)
}

function workFaults(asked: SpeedCase, { requests, billedSeconds }: SpeedFigures): string[] {
  const { rows, ids } = asked
  const shares = sharesFor(ids)
  const most = mostRequests(asked)
  const billed = billedSeconds / perfectSeconds(asked)
  return [
    ...(requests <= most ? [] : [`${requests} requests, ${most} promised`]),
    // Not `>`: what could not be measured must not pass.
    ...(rows < LEAST_ROWS_FOR_SHARES || billed <= shares.billed
      ? []
      : [`${billed.toFixed(3)} times the portal seconds of perfect pages, ${shares.billed} promised`]),
  ]
}

function sharesFor(ids: string): (typeof SHARES)[keyof typeof SHARES] {
  return SHARES[isEven(ids) ? 'even' : 'uneven']
}
