import { expectedRows, isHole } from './estimate.ts'
import { isRead, type OpenSegment, type Place, type ProbedSegment, type Segment } from './segments.ts'

/** How the rows lie in a list that is islands in emptiness. */
export interface Islands {
  /** Rows of an island, or somewhat more: those that no place showed make the others smaller. */
  readonly rows: number
  /** Share of the ids that lie on islands. */
  readonly occupied: number
}

/** So many holes, and so many for the places that were looked at, make islands of a list. */
const LEAST_HOLES = 2
const HOLES_SHARE = 0.25

/** A segment that would be so many islands in one is several, with emptiness between. */
const ISLANDS_IN_ONE = 0.7

/** The same segments, with less expected of those that reach over several islands. */
export function overIslands(segments: readonly Segment[], islands: Islands | undefined): Segment[] {
  return segments.map((segment) => {
    if (segment.kind !== 'open') return segment
    const plain: OpenSegment = { ...segment, occupied: undefined }
    if (islands === undefined) return plain
    const isOne = expectedRows(plain).rows <= ISLANDS_IN_ONE * islands.rows
    return { ...plain, occupied: isOne ? 1 : islands.occupied }
  })
}

/**
 * The islands of a list, if a look at places spread over the whole of it shows that it is islands in emptiness: as many
 * places as lie in holes, so large is the share of the ids without rows. `undefined` if holes are rare.
 */
export function islandsOf({ segment: { after = 0, upTo = 0 }, places }: ProbedSegment): Islands | undefined {
  const inHoles = places.filter((place) => holeAround(place) !== undefined)
  // Of several places in the same hole only the first has rows below it.
  const holes = inHoles.filter(({ below }) => below !== 'none').length
  if (holes <= Math.max(LEAST_HOLES, HOLES_SHARE * places.length)) return undefined
  const densities = places.flatMap(({ below, above }) =>
    [below, above].flatMap((read) => (isRead(read) ? [read.densityAtEnd ?? 1] : [])),
  )
  const density = densities.toSorted((left, right) => left - right)[densities.length >> 1] ?? 1
  const occupied = (places.length - inHoles.length + 1) / (places.length + 1)
  return { rows: ((upTo - after) * occupied * density) / (holes + 1), occupied }
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
