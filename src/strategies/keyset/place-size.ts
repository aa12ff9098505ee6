import { leastPages } from './request-size.ts'

/** Where requests are scarce or many are needed, one looks at more places than it takes to be back soon. */
const LONG_PLACE_PAGES = 16
const LONG_REQUESTS = 60
/** Whoever looks again does so while others read. */
const LATER_PLACE_PAGES = 10
/** Of a list that takes so many requests a few more for a look do not matter. */
const MANY_REQUESTS = 10

export interface PlaceFacts {
  readonly pageSeconds: number
  /** Most commands in a request. */
  readonly ceiling: number
  /** Requests that may be sent besides those in flight. */
  readonly idle: number
  readonly isScarce: boolean
  /** Nobody has looked at the list yet. */
  readonly isGuess: boolean
  /** Pages that the list still has, as far as anybody can tell, and those around places that are to be looked at. */
  readonly pagesAhead: number
  readonly placePages: number
}

/** Commands of a request that looks at places: usually, and where nothing else may be begun before it is back. */
export function placeSizes(facts: PlaceFacts): {
  readonly placePages: number
  readonly soonPlacePages: number
} {
  const { pageSeconds, ceiling, idle, isScarce, isGuess, pagesAhead, placePages } = facts
  const isLong = isScarce || (!isGuess && pagesAhead > LONG_REQUESTS * ceiling)
  const soon = leastPages(pageSeconds)
  const least = isLong ? LONG_PLACE_PAGES : isGuess ? soon : LATER_PLACE_PAGES
  const each = 2 * Math.ceil(placePages / 2 / idle)
  return {
    placePages: Math.max(least, each),
    soonPlacePages: Math.max(pagesAhead > MANY_REQUESTS * ceiling ? soon : least, each),
  }
}
