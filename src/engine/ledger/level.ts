import type { BucketState } from './document.ts'

/** The portal's bucket, which all programs at this address share, as one of them uses it. */
export interface SharedBucket {
  /** What the portal takes at once. */
  readonly places: number
  /** How high this program lets the level rise; a polite one less than it may. */
  readonly ceiling: number
  /** How fast the level falls by itself. */
  readonly perSecond: number
}

/** Places that were taken, and what was in the bucket before them. */
export interface Taken {
  readonly places: number
  readonly takenAt: number
  readonly levelBefore: number
}

/** Places that were given: to be used now, or in so many milliseconds. */
export interface Slot extends Taken {
  readonly waitMs: number
  /** Void if the portal has refused somebody since. */
  readonly refusals: number
}

/**
 * Whoever finds the bucket full takes the next place of the future, one at a time: so programs take turns, and no true
 * level is higher than the places and the number of programs. Anything above that is nonsense, which must not hold us up.
 */
const MOST_PROGRAMS = 64

/** A refused request counts, others may have come before it, and the portal's capacity is a little above our places. */
export const REFUSED_MORE = 4

/** So full, a bucket gives places one by one. */
const NEARLY_FULL = 0.75

/** The level at `now`. A clock that was set back lets nothing leave until it is asked again. */
export function levelAt(
  { level, at }: BucketState,
  { perSecond }: { readonly perSecond: number },
  now: number,
): number {
  const seconds = Math.max(0, now - at) / 1000
  return Math.max(0, level - seconds * perSecond)
}

/**
 * Takes places: up to `wanted` while the bucket is far from full, else one, whose time may be yet to come. Nobody is
 * passed over, since whoever comes later finds a higher level.
 */
export function takePlaces(bucket: BucketState, shared: SharedBucket, wanted: number, now: number): Slot {
  const level = currentLevel(bucket, shared, now)
  const spare = Math.floor(shared.ceiling * NEARLY_FULL - level)
  const places = Math.max(1, Math.min(wanted, spare))
  set(bucket, shared, level + places, now)
  const waitMs = Math.max(0, ((level + places - shared.ceiling) / shared.perSecond) * 1000)
  return { places, takenAt: now, levelBefore: level, waitMs, refusals: bucket.refusals }
}

/** Takes one place if it is free at once. */
export function takeIfFree(
  bucket: BucketState,
  shared: SharedBucket,
  wanted: number,
  now: number,
): Slot | undefined {
  if (currentLevel(bucket, shared, now) + 1 > shared.ceiling) return undefined
  return takePlaces(bucket, shared, wanted, now)
}

/**
 * Gives back what was not used. Without it the bucket would have been empty for a while, in which nothing can leave: that
 * much is gone.
 */
export function giveBack(
  bucket: BucketState,
  shared: SharedBucket,
  { places, takenAt, levelBefore }: Taken,
  now: number,
): void {
  const gone = Math.max(0, (Math.max(0, now - takenAt) / 1000) * shared.perSecond - levelBefore)
  const level = currentLevel(bucket, shared, now)
  set(bucket, shared, Math.max(0, level - Math.max(0, places - gone)), now)
}

/** The portal has refused a request: its bucket is full, whatever we thought. */
export function fill(bucket: BucketState, shared: SharedBucket, now: number): void {
  bucket.refusals++
  set(bucket, shared, Math.max(currentLevel(bucket, shared, now), shared.places + REFUSED_MORE), now)
}

function currentLevel(bucket: BucketState, shared: SharedBucket, now: number): number {
  return Math.min(levelAt(bucket, shared, now), shared.places + MOST_PROGRAMS)
}

function set(bucket: BucketState, shared: SharedBucket, level: number, now: number): void {
  bucket.level = level
  bucket.at = now
  bucket.places = shared.places
  bucket.perSecond = shared.perSecond
}
