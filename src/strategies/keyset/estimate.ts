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
    rows: Math.min(width, (width * (left + right)) / 2) * occupied,
    error: (width * Math.abs(right - left)) / 2,
  }
}

/** A page too many costs the portal less than a chain that ends just before the end of its segment. */
const RESERVE = 0.006

/** Pages that a segment is expected to take; the row at its end has to come, though it was read before. */
export function expectedPages(segment: OpenSegment): number {
  const { rows } = expectedRows(segment)
  return Math.max(1, Math.ceil((rows * (1 + RESERVE) + (segment.end === 'seen' ? 1 : 0)) / PAGE_ROWS))
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

/**
 * Rows for each id at the end of ascending ids: as far back as there is no hole. `undefined` for a single row.
 */
export function densityAtEnd(ids: readonly number[]): number | undefined {
  const last = ids.at(-1)
  if (last === undefined || ids.length < 2) return undefined
  const gaps = ids.slice(1).map((id, at) => id - (ids[at] ?? id))
  const usual = gaps.toSorted((left, right) => left - right)[gaps.length >> 1] ?? 1
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

/**
 * How close the rows lie everywhere, if all samples say the same but for chance: then it is better known than from the
 * few rows next to a segment. `undefined` if they differ.
 */
export function usualDensity(samples: readonly ReadRows[]): number | undefined {
  const full = samples.filter(({ rows }) => rows >= PAGE_ROWS)
  if (full.length < Math.max(LEAST_SAMPLES, samples.length - 1)) return undefined
  const densities = full.map(({ first, last, rows }) => (rows - 1) / (last - first))
  const mean = densities.reduce((sum, one) => sum + one) / full.length
  const spread = Math.sqrt(densities.reduce((sum, one) => sum + (one - mean) ** 2, 0) / full.length)
  if (spread > MOST_SPREAD * mean) return undefined
  const rows = full.reduce((sum, one) => sum + one.rows - 1, 0)
  return rows / full.reduce((sum, one) => sum + one.last - one.first, 0)
}
