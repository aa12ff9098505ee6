export interface SizeFacts {
  /** Most commands in a request. */
  readonly ceiling: number
  readonly pageSeconds: number
  /** Requests that may be in flight. */
  readonly lanes: number
  /** Seconds that each request in flight is still expected to take. */
  readonly running: readonly number[]
  /** Pages that are still to be asked for. */
  readonly openPages: number
  /** Seconds between two requests, if the portal's bucket lets them out one by one; else 0. */
  readonly spacingSeconds: number
}

/** Fewer pages are not worth a request, nor are such as keep the portal busy for less time than this. */
const LEAST_PAGES = 5
const LEAST_SECONDS = 0.15
const MOST_LEAST_PAGES = 16

/** To read a full answer takes about so long, and while it is read no others are; beside longer requests that is nothing. */
const APART_SECONDS = 0.02
const SHORT_REQUEST_SECONDS = 4
/** A request that is as long as it may be has at least this share of the pages. */
const LEAST_FULL = 0.8

export function leastPages(pageSeconds: number): number {
  return Math.min(MOST_LEAST_PAGES, Math.max(LEAST_PAGES, Math.ceil(LEAST_SECONDS / pageSeconds)))
}

/**
 * How many pages the next request should ask for: as many as it may, and near the end so many that all lanes are done at
 * the same time.
 */
export function requestSize(facts: SizeFacts): number {
  const { ceiling, pageSeconds, lanes, running, openPages, spacingSeconds } = facts
  const idle = Math.max(1, lanes - running.length)
  const free = [...Array<number>(idle).fill(0), ...running]
    .sort((left, right) => left - right)
    .map((at, index) => Math.max(at, index * spacingSeconds))
  const least = leastPages(pageSeconds)
  const end = levelOf(free, openPages * pageSeconds, least * pageSeconds)
  const share = Math.ceil(end / pageSeconds - 0.1)
  if (share < ceiling) return Math.max(1, Math.min(ceiling, Math.max(least, share)))
  return apart(ceiling, pageSeconds, running)
}

/** So much shorter than it might be that its answer does not come together with others. */
function apart(most: number, pageSeconds: number, running: readonly number[]): number {
  if (most * pageSeconds > SHORT_REQUEST_SECONDS) return most
  const isMet = (pages: number): boolean =>
    running.some((seconds) => Math.abs(pages * pageSeconds - seconds) < APART_SECONDS)
  for (let pages = most; pages >= LEAST_FULL * most; pages--) if (!isMet(pages)) return pages
  return most
}

/**
 * When all is done if `work` seconds are poured over lanes that are free from these moments on, which ascend, and none is
 * asked for less than `least` seconds.
 */
function levelOf(free: readonly number[], work: number, least: number): number {
  let level = Infinity
  let sum = work
  for (const [index, at] of free.entries()) {
    sum += at
    const lower = sum / (index + 1)
    if (index > 0 && lower - at < least) return level
    level = lower
  }
  return level
}
