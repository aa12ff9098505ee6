import type { Caller } from '../../engine/caller.ts'
import type { Pace } from './pace.ts'
import { leastPages } from './request-size.ts'

/** A request for so many pages of a list, and some besides: requests cost more than the time they save. */
const PAGES_A_REQUEST = 16
const REQUESTS_BESIDE = 1.5
const SHORT_PAGES = 120

/**
 * How many requests to have in flight, of which there are so many already: those that the portal gains from, as far as the
 * pages that the list is known to have are worth so many.
 */
export function lanesFor(
  knownPages: number,
  { sent, inFlight, isIdle }: { readonly sent: number; readonly inFlight: number; readonly isIdle: boolean },
  { lanes }: Pick<Pace, 'lanes'>,
): number {
  if (knownPages > SHORT_PAGES) return lanes
  const more = Math.floor(REQUESTS_BESIDE + knownPages / PAGES_A_REQUEST) - sent
  return Math.min(lanes, inFlight + Math.max(isIdle ? 1 : 0, more))
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
