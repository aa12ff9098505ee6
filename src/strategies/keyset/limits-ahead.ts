import type { Caller } from '../../engine/caller.ts'
import type { Pace } from './pace.ts'
import { leastPages } from './request-size.ts'

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
  const pages = Math.floor(left / pageSeconds)
  return pages < leastPages(pageSeconds) ? ceiling : Math.min(ceiling, pages)
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
