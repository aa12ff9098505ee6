import { expectedRows, isHole } from './estimate.ts'
import {
  isRead,
  isReady,
  type OpenSegment,
  type Place,
  type ProbedSegment,
  type Segment,
} from './segments.ts'

/** A list of fewer rows is read faster than it is looked at. */
const LEAST_FIRST_ROWS = 1_500
/** Rows between two places of the first look, and the most places. */
const FIRST_CELL_ROWS = 2_000
const MOST_FIRST_CELLS = 24

/** A segment of more rows is looked at before it is read, since nobody knows how its middle lies. */
const LONG_ROWS = 12_000
const CELL_ROWS = 5_000
const MOST_CELLS = 8

/** Where the rows on the two sides lie so differently, nobody can tell how many there are between. */
const UNCLEAR_ROWS = 500
const UNCLEAR_SHARE = 0.35

/** Whether the number of rows in a segment is hardly better than guessed. */
export function isUnclear(rows: number, error: number): boolean {
  return !(error <= UNCLEAR_SHARE * rows)
}

/** Within fewer ids there is nothing to be learnt. */
const LEAST_WIDTH = 400
/** Looking on and on at the same segment would never end. */
const MOST_LOOKS = 12

/** So many holes, and so many for the places that were looked at, make islands of a list. */
const LEAST_HOLES = 2
const HOLES_SHARE = 0.25

export interface ProbeFacts {
  /** Nobody has looked yet. */
  readonly isFirst: boolean
  /** Where the list is islands in emptiness, the rows of one of them. */
  readonly islandRows: number | undefined
}

/**
 * Into how many cells a segment is to be parted by looking at the places between them, before it is read; 1 for not at
 * all. Guessing wrong costs the portal chains of pages over rows that are read already, looking costs two pages a place,
 * most of which bring rows.
 */
export function cellsOf(segment: OpenSegment, { isFirst, islandRows: island }: ProbeFacts): number {
  const { after, upTo, looks } = segment
  if (after === undefined || upTo === undefined || !isReady(segment) || looks >= MOST_LOOKS) return 1
  if (upTo - after < LEAST_WIDTH) return 1
  const { rows, error } = expectedRows(segment)
  if (!Number.isFinite(rows)) return 1
  if (isFirst) {
    return rows < LEAST_FIRST_ROWS ? 1 : Math.min(MOST_FIRST_CELLS, 1 + Math.ceil(rows / FIRST_CELL_ROWS))
  }
  const isLong = rows > (island === undefined ? LONG_ROWS : Math.min(LONG_ROWS, 2 * island))
  if (!isLong && !(error > UNCLEAR_ROWS && isUnclear(rows, error))) return 1
  // Where there are holes a place in one of them shows both of its shores: one look after the other finds them all.
  return island !== undefined ? 2 : Math.min(MOST_CELLS, Math.max(2, Math.ceil(rows / CELL_ROWS)))
}

/** A segment to be looked at in places evenly spread over its ids. */
export function probed(segment: OpenSegment, cells: number): ProbedSegment {
  const { after = 0, upTo = 0 } = segment
  const places = Array.from({ length: cells - 1 }, (_, at) =>
    Math.floor(after + ((upTo - after) * (at + 1)) / cells),
  )
  return {
    kind: 'probed',
    segment,
    places: places.map((at) => ({ at, state: 'open', below: undefined, above: undefined })),
  }
}

/**
 * Rows of an island, if a look at places spread over the whole list shows that it is islands in emptiness: as many
 * places as lie in holes, so large is the share of the ids without rows. `undefined` if holes are rare.
 */
export function islandRows({ segment: { after = 0, upTo = 0 }, places }: ProbedSegment): number | undefined {
  const inHoles = places.filter((place) => holeAround(place) !== undefined)
  // Of several places in the same hole only the first has rows below it.
  const holes = inHoles.filter(({ below }) => below !== 'none').length
  if (holes <= Math.max(LEAST_HOLES, HOLES_SHARE * places.length)) return undefined
  const densities = places.flatMap(({ below, above }) =>
    [below, above].flatMap((read) => (isRead(read) ? [read.densityAtEnd ?? 1] : [])),
  )
  const density = densities.toSorted((left, right) => left - right)[densities.length >> 1] ?? 1
  const occupied = (places.length - inHoles.length + 1) / (places.length + 1)
  return ((upTo - after) * occupied * density) / (holes + 1)
}

/** The width of the hole in which a place lies, as far as rows were seen around it; `undefined` if it lies in none. */
function holeAround({ at, below, above }: Place): number | undefined {
  if (below === undefined || above === undefined) return undefined
  const from = below === 'none' ? -Infinity : below.last
  const to = above === 'none' ? Infinity : above.first
  const density = Math.max(
    isRead(below) ? (below.densityAtEnd ?? 0) : 0,
    isRead(above) ? (above.densityAtStart ?? 0) : 0,
  )
  return from < at && to > at && isHole(to - from, density === 0 ? 1 : density) ? to - from : undefined
}

/** Whether a segment begins where another one, that is still being read, is expected to end. */
export function isBehindJoint(segments: readonly Segment[], at: number): boolean {
  const previous = segments[at - 1]
  return previous?.kind === 'busy' && previous.segment.end === 'joint'
}
