import { PAGE_ROWS } from '../../protocol/limits.ts'
import type { OpenSegment, ReadRows, Segment } from './segments.ts'

/**
 * Rows that a segment is expected to have, if they lie as those around it, and how far that may be off. `Infinity`
 * where nothing is known.
 */
export function expectedRows({
  after,
  upTo,
  end,
  joint,
  emptyUpTo,
  before,
  behind,
  occupied = 1,
}: OpenSegment): {
  readonly rows: number
  readonly error: number
} {
  const to = end === 'joint' ? joint : upTo
  const left = before ?? behind
  const right = behind ?? before
  if (after === undefined || to === undefined || left === undefined || right === undefined) {
    return { rows: Infinity, error: Infinity }
  }
  const width = Math.max(0, to - Math.max(after, emptyUpTo ?? after) - (end === 'seen' ? 1 : 0))
  return {
    rows: Math.min(width, width * meanDensity(left, right)) * occupied,
    error: (width * Math.abs(right - left)) / 2,
  }
}

/** Densities that differ by less may do so by chance: fifty rows say no more. */
const ALIKE = 1.5

/**
 * Rows for each id between two places: where they lie many times as close on one side as on the other, they thin out by the
 * same factor with every step, as long as nobody has seen more. With a hole on one side there is no such factor.
 */
function meanDensity(left: number, right: number): number {
  const [least, most] = left < right ? [left, right] : [right, left]
  const isAlike = least <= 0 || most < ALIKE * least
  return isAlike ? (least + most) / 2 : (most - least) / Math.log(most / least)
}

/** Where so large a share of the rows of a segment is expected to have been passed, as a share of its ids. */
export function placeOf(share: number, { before, behind }: Pick<OpenSegment, 'before' | 'behind'>): number {
  const left = before ?? behind ?? 0
  const right = behind ?? before ?? 0
  const factor = left > 0 && right > 0 ? right / left : 1
  if (factor < ALIKE && factor > 1 / ALIKE) return share
  return Math.log(1 + share * (factor - 1)) / Math.log(factor)
}

/** How far the ids that a page spans stray from their mean, as a share of it, where nobody has found out. */
const UNKNOWN_SPREAD = 0.1

/** How many rows more or less there may be by chance than the expected ones: one standard deviation. */
export function chanceRows(rows: number, spread = UNKNOWN_SPREAD): number {
  return spread * Math.sqrt(PAGE_ROWS * rows)
}

/**
 * Pages that a segment is expected to take, with a reserve: a page too many costs the portal less than a chain that ends
 * just before the end. The row at its end has to come, though it was read before.
 */
export function expectedPages(segment: OpenSegment): number {
  const { rows } = expectedRows(segment)
  const least = rows + chanceRows(rows, segment.spread) + (segment.end === 'seen' ? 1 : 0)
  return Math.max(1, Math.ceil(least / PAGE_ROWS))
}

/** Rows that a segment has, as far as anybody can tell. */
export function rowsIn(segment: Segment): number {
  switch (segment.kind) {
    case 'done':
      return segment.read.rows
    case 'open':
      return expectedRows(segment).rows
    case 'busy':
    case 'probed':
      return expectedRows(segment.segment).rows
  }
}

/** A gap so many times as wide as the others, and so much wider, is a hole. */
const HOLE_TIMES = 20
const HOLE_LEAST = 20

/** Whether there is a hole in so wide a gap between rows that lie like this. */
export function isHole(gap: number, density: number): boolean {
  return gap > HOLE_TIMES / density + HOLE_LEAST
}

/** One hole ends what lies alike; where there are several, this is how the rows lie. */
const PATTERN_HOLES = 2

/**
 * Rows for each id at the end of ascending ids: as far back as there is no hole. `undefined` for a single row.
 */
export function densityAtEnd(ids: readonly number[]): number | undefined {
  const last = ids.at(-1)
  if (last === undefined || ids.length < 2) return undefined
  const gaps = ids.slice(1).map((id, at) => id - (ids[at] ?? id))
  const usual = gaps.toSorted((left, right) => left - right)[gaps.length >> 1] ?? 1
  const holes = gaps.filter((gap) => isHole(gap, 1 / usual)).length
  if (holes >= PATTERN_HOLES) return (ids.length - 1) / (last - (ids[0] ?? 0))
  let from = ids.length - 1
  while (from > 0 && !isHole(gaps[from - 1] ?? 0, 1 / usual)) from--
  const rows = ids.length - 1 - from
  return rows === 0 ? 1 / usual : rows / (last - (ids[from] ?? 0))
}

/** The same at their start. */
export function densityAtStart(ids: readonly number[]): number | undefined {
  return densityAtEnd(ids.toReversed().map((id) => -id))
}

/** Densities that differ by chance alone stay within this share of their mean: fifty rows are few. */
const MOST_SPREAD = 0.2
const LEAST_SAMPLES = 4

/** How the rows lie in a list that is alike everywhere. */
export interface Evenness {
  /** Rows for each id. */
  readonly density: number
  /** Standard deviation of the ids that a page spans, as a share of their mean. */
  readonly spread: number
}

/**
 * How the rows lie, if all samples say the same but for chance: then it is better known than from the few rows next to a
 * segment. `undefined` if they differ.
 */
export function evennessOf(samples: readonly ReadRows[]): Evenness | undefined {
  const full = samples.filter(({ rows }) => rows >= PAGE_ROWS)
  if (full.length < Math.max(LEAST_SAMPLES, samples.length - 1)) return undefined
  const spans = full.map(({ first, last, rows }) => (last - first) / (rows - 1))
  const mean = spans.reduce((sum, one) => sum + one) / full.length
  const spread = Math.sqrt(spans.reduce((sum, one) => sum + (one - mean) ** 2, 0) / full.length) / mean
  return spread > MOST_SPREAD ? undefined : { density: 1 / mean, spread }
}
