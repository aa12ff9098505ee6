import { expectedRows, placeOf } from './estimate.ts'
import { isReady, type OpenSegment, type ProbedSegment, type Segment } from './segments.ts'

/** A list of fewer rows is read faster than it is looked at. */
const LEAST_FIRST_ROWS = 1_500
/** Rows between two places of the first look, and the most places; fewer where the two ends of a list already differ. */
const FIRST_CELL_ROWS = 2_500
const MOST_FIRST_CELLS = 24
const MOST_UNCLEAR_CELLS = 12
/** Of a list of so many rows each of eight lanes is to have as much to read. */
const MIDDLE_LIST_ROWS = { least: 6_000, below: 20_000 }
const MIDDLE_CELLS = 8
/** A list whose two ends promise so many rows is looked at in a hurry: the requests for it are few beside all others. */
const LONG_LIST_ROWS = 90_000

/**
 * A segment of more rows is looked at before it is read, since nobody knows how its middle lies; sooner in a list of
 * islands, where two may lie side by side.
 */
const LONG_ROWS = 12_000
const LONG_ISLAND_ROWS = 5_000
const CELL_ROWS = 5_000
const MOST_CELLS = 8

/** Where the rows on the two sides lie so differently, nobody can tell how many there are between. */
const UNCLEAR_ROWS = 500
const UNCLEAR_SHARE = 0.24

/** Whether the number of rows in a segment is hardly better than guessed. */
export function isUnclear(rows: number, error: number): boolean {
  return !(error <= UNCLEAR_SHARE * rows)
}

/** Within fewer ids there is nothing to be learnt. */
const LEAST_WIDTH = 400
/** Looking on and on at the same segment would never end. */
export const MOST_LOOKS = 12

/**
 * Into how many cells a segment is to be parted by looking at the places between them, before it is read; 1 for not at
 * all. Guessing wrong costs the portal chains of pages over rows that are read already, looking costs two pages a place,
 * most of which bring rows.
 */
export function cellsOf(segment: OpenSegment): number {
  const { after, upTo, looks, occupied } = segment
  if (after === undefined || upTo === undefined || !isReady(segment) || looks >= MOST_LOOKS) return 1
  if (upTo - after < LEAST_WIDTH) return 1
  const { rows, error } = expectedRows(segment)
  if (!Number.isFinite(rows)) return 1
  if (looks === 0) {
    if (rows < LEAST_FIRST_ROWS) return 1
    const isFew = rows < LONG_LIST_ROWS && isUnclear(rows, error)
    const most = isFew ? MOST_UNCLEAR_CELLS : MOST_FIRST_CELLS
    const least = rows < MIDDLE_LIST_ROWS.least ? 1 : MIDDLE_CELLS
    return Math.min(most, Math.max(least, 1 + Math.ceil(rows / FIRST_CELL_ROWS)))
  }
  // A place in a hole shows both of its shores: one look after the other finds all islands.
  if (occupied !== undefined && occupied < 1) return 2
  const longRows = occupied === undefined ? LONG_ROWS : LONG_ISLAND_ROWS
  if (rows <= longRows && !(error > UNCLEAR_ROWS && isUnclear(rows, error))) return 1
  return Math.min(MOST_CELLS, Math.max(2, Math.ceil(rows / CELL_ROWS)))
}

/**
 * Whether a list at which nobody has looked is long, by what its two ends promise: very much, or as many rows as both of
 * them do. What lies between may well be the promise of a few islands.
 */
export function looksLong(segment: OpenSegment): boolean {
  const { rows, error } = expectedRows(segment)
  const { least, below } = MIDDLE_LIST_ROWS
  return rows >= LONG_LIST_ROWS || (rows >= least && rows < below && !isUnclear(rows, error))
}

/** A segment to be looked at in places evenly spread over the rows that are expected in it. */
export function probed(segment: OpenSegment, cells: number): ProbedSegment {
  const { after = 0, upTo = 0 } = segment
  const places = Array.from({ length: cells - 1 }, (_, at) =>
    Math.floor(after + (upTo - after) * placeOf((at + 1) / cells, segment)),
  )
  return {
    kind: 'probed',
    segment,
    places: places.map((at) => ({ at, state: 'open', below: undefined, above: undefined })),
  }
}

/** Whether a segment begins where another one, that is still being read, is expected to end. */
export function isBehindJoint(segments: readonly Segment[], at: number): boolean {
  const previous = segments[at - 1]
  return previous?.kind === 'busy' && previous.segment.end === 'joint'
}
