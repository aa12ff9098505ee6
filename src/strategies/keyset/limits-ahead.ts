import type { Caller } from '../../engine/caller.ts'
import type { Pace } from './pace.ts'
import { leastPages } from './request-size.ts'

/** A list has to have so many pages for each lane that reads it: requests cost more than the time they save. */
const PAGES_A_LANE = 16

/** How many requests to have in flight for a list of so many pages. */
export function lanesFor(listPages: number, { lanes }: Pick<Pace, 'lanes'>): number {
  return Math.max(1, Math.min(lanes, Math.ceil(listPages / PAGES_A_LANE)))
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
