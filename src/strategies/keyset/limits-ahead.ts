import type { Caller } from '../../engine/caller.ts'
import type { Pace } from './pace.ts'

/** Requests for so many pages of a short list, and some besides: more cost more than the time that they save. */
const PAGES_A_REQUEST = 14
const REQUESTS_BESIDE = 1.5
/** Of a list that is known to have more pages, requests are few in any case. */
const SHORT_PAGES = 120

/** How many more requests a list with so many known pages is worth, once so many were sent. */
export function requestsWorth(knownPages: number, sent: number): number {
  if (knownPages > SHORT_PAGES) return Infinity
  return Math.floor(REQUESTS_BESIDE + knownPages / PAGES_A_REQUEST) - sent
}

/** Most commands in a request; near the limit of operating time no more than the seconds `left` of that have room for. */
export function ceilingWithin(
  left: number,
  { pageSeconds, ceiling }: Pick<Pace, 'pageSeconds' | 'ceiling'>,
): number {
  return isWorthAsking(left, { pageSeconds }) ? Math.min(ceiling, Math.floor(left / pageSeconds)) : ceiling
}

/** Beside the wait behind it a request for so many pages costs nothing. */
const LEAST_PAGES_LEFT = 2

/** Whether the operating time that is `left` is worth a request. */
export function isWorthAsking(left: number, { pageSeconds }: Pick<Pace, 'pageSeconds'>): boolean {
  return Math.floor(left / pageSeconds) >= LEAST_PAGES_LEFT
}

/** Whether the bucket will run dry before so many pages are read, after so many requests. */
export function isScarce(
  bucket: Caller['bucket'],
  sent: number,
  pagesAhead: number,
  { pageSeconds, lanes, ceiling }: Pick<Pace, 'pageSeconds' | 'lanes' | 'ceiling'>,
): boolean {
  if (bucket === undefined) return false
  const seconds = (pagesAhead * pageSeconds) / lanes
  return sent + pagesAhead / ceiling > bucket.places + bucket.perSecond * seconds
}

/** What was to be asked for does not fit the operating time that is left before a long wait. It was not sent. */
export class AskForLess extends Error {
  override readonly name = 'AskForLess'
}
