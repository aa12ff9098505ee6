const PAGE_ROWS = 50
const REQUEST_PAGES = 50

/** What bounds a run, whoever makes it. */
export interface FloorFacts {
  readonly rows: number
  /** Real seconds of a page of 50 rows. */
  readonly pageSeconds: number
  /** Portal seconds billed for it, without a count. */
  readonly pageCostSeconds: number
  /** Real seconds of a request besides its pages. */
  readonly latencySeconds: number
  /** Requests that are worked on side by side. */
  readonly lanes: number
  /** Requests at once, then so many a second; `undefined`: as many as come. */
  readonly bucket: { readonly capacity: number; readonly perSecond: number } | undefined
  /** Portal seconds that a method may use in the window; `Infinity` where nothing is counted. */
  readonly operatingSeconds: number
}

export type FloorBound = 'requests' | 'operating time' | 'lanes'

/** Seconds below which nobody can get with what is known beforehand, and which limit says so. */
export interface Floor {
  readonly seconds: number
  readonly bound: FloorBound
}

/** The buckets of the plans as the portal keeps them. https://apidocs.bitrix24.com/limits.html */
export const PLAN_BUCKETS = {
  standard: { capacity: 50, perSecond: 2 },
  enterprise: { capacity: 250, perSecond: 5 },
} as const

export const OPERATING_SECONDS = 480
const WINDOW_SECONDS = 600
const BASKET_SECONDS = 60

/** Perfect pages: all full but the last one. */
export function perfectPages(rows: number): number {
  return Math.ceil(rows / PAGE_ROWS)
}

/** Requests of 50 perfect pages. */
export function fewestRequests(rows: number): number {
  return Math.ceil(perfectPages(rows) / REQUEST_PAGES)
}

/** The largest of what the three limits of the portal leave. */
export function floorOf(facts: FloorFacts): Floor {
  const floors: readonly Floor[] = [
    { bound: 'lanes', seconds: laneSeconds(facts) },
    { bound: 'requests', seconds: requestSeconds(facts) },
    { bound: 'operating time', seconds: operatingSeconds(facts) },
  ]
  return floors.reduce((largest, one) => (one.seconds > largest.seconds ? one : largest))
}

/** When the last request may leave. */
function requestSeconds({ rows, bucket }: FloorFacts): number {
  if (bucket === undefined) return 0
  return Math.max(0, fewestRequests(rows) - bucket.capacity) / bucket.perSecond
}

/**
 * One request with the first and the last page, which show where the list ends, then the rest of the pages evenly on
 * all lanes.
 */
function laneSeconds({ rows, pageSeconds, latencySeconds, lanes }: FloorFacts): number {
  const pages = perfectPages(rows)
  const opening = Math.min(2, Math.max(1, pages))
  const laneful = Math.ceil((pages - opening) / lanes)
  const requests = 1 + Math.ceil(laneful / REQUEST_PAGES)
  return requests * latencySeconds + (opening + laneful) * pageSeconds
}

interface Basket {
  readonly number: number
  readonly startedAt: number
  seconds: number
}

/**
 * When the last portal second is billed, if all lanes work whenever the operating time of the method lets them. The portal
 * sums it in baskets of a minute; a basket leaves as a whole ten minutes after its first call.
 */
function operatingSeconds(facts: FloorFacts): number {
  const { rows, pageSeconds, pageCostSeconds, lanes, operatingSeconds: budget } = facts
  let left = perfectPages(rows) * pageCostSeconds
  const billedPerSecond = pageSeconds === 0 ? Infinity : (lanes * pageCostSeconds) / pageSeconds
  const baskets: Basket[] = []
  let now = 0
  while (left > 1e-9) {
    while (baskets[0] !== undefined && baskets[0].startedAt + WINDOW_SECONDS <= now) baskets.shift()
    const room = budget - baskets.reduce((sum, { seconds }) => sum + seconds, 0)
    if (room <= 1e-9) {
      now = (baskets[0]?.startedAt ?? now) + WINDOW_SECONDS
      continue
    }
    const number = Math.floor(now / BASKET_SECONDS)
    const basketEnd = (number + 1) * BASKET_SECONDS
    const seconds = Math.min(left, room, billedPerSecond * (basketEnd - now))
    const latest = baskets.at(-1)
    if (latest?.number === number) latest.seconds += seconds
    else baskets.push({ number, startedAt: now, seconds })
    left -= seconds
    now = Math.min(basketEnd, now + seconds / billedPerSecond)
  }
  return now
}
