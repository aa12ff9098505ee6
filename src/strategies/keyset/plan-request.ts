import { PAGE_ROWS } from '../../protocol/limits.ts'
import { chanceRows, expectedPages, expectedRows, rowsIn } from './estimate.ts'
import { isBehindJoint, isUnclear } from './probes.ts'
import { isReady, type OpenSegment, type Place, type ProbedSegment, type Segment } from './segments.ts'

/** What a request asks for. */
export type Part =
  /** So many pages of a segment; with `rest`, others may read on from there meanwhile. */
  | {
      readonly kind: 'chain'
      readonly segment: OpenSegment
      readonly pages: number
      readonly rest: number | undefined
    }
  /** One page in a call of its own. */
  | { readonly kind: 'alone'; readonly segment: OpenSegment }
  /** The pages on either side of a place. */
  | { readonly kind: 'place'; readonly probed: ProbedSegment; readonly place: Place }

export interface PlanFacts {
  /** Commands that the request should have. */
  readonly size: number
  /** Most that it may have. */
  readonly ceiling: number
  /** Commands of a request that looks at places. */
  readonly placePages: number
  /** The same where nothing else may be begun before it is back. */
  readonly soonPlacePages: number
  /** Rows in front that lanes work on first, and those behind which nothing is begun: it would have to wait for them. */
  readonly nearRows: number
  readonly mostRows: number
  /** Rows that may still be taken on, in flight or waiting for those in front of them. */
  readonly roomRows: number
  /** Rows that were read and wait for those in front of them. */
  readonly rowsWaiting: number
  /** Rows that are still wanted of those that are not delivered. */
  readonly rowsWanted: number
  /** More requests are needed than the portal's bucket lets out at once. */
  readonly isScarce: boolean
  /** An answer is on its way, and will soon tell more. */
  readonly isAnswering: boolean
  /** Pages that the list still has, as far as anybody can tell. */
  readonly pagesAhead: number
  /** What is in front always goes on, whatever waits behind it; so it does not if something is in flight. */
  readonly isIdle: boolean
}

/** Where requests are scarce, or more is soon known, this share of what one may ask for has to be there. */
const LEAST_FILLED = 0.9
/** Shorter chains are not cut off a segment: the rest would be a chain of its own. */
const LEAST_CHAIN_PAGES = 4
const LEAST_CUT_PAGES = 6
/** So few pages in front are asked for at once when such a share of the rows that may wait for them does. */
const MOST_IN_THE_WAY = 5
const MUCH_WAITING = 0.1

/**
 * What the next request should ask for, in the order of the ids; nothing if nothing may be asked now.
 *
 * Places come first, since what they show decides about the rest, and alone, so that they are back soon; where requests
 * are scarce, they take chains along. Of chains, whole segments near the front come first; then the rest of segments
 * there that others are reading the beginning of, although where such a rest begins is a guess, since rows far behind
 * would wait for those in front; then what lies behind.
 */
export function planRequest(segments: readonly Segment[], facts: PlanFacts): readonly Part[] {
  const inTheWay = partInTheWay(segments, facts)
  if (inTheWay !== undefined) return [inTheWay]
  if (facts.roomRows <= 0 && !facts.isIdle) return []
  const parts = choose(segments, facts)
  const isPatient = facts.isScarce || facts.isAnswering
  if (!isPatient || facts.isIdle) return parts
  // What is in flight will bring more to ask for: a request that is half empty is one too many.
  const pages = parts.reduce((sum, part) => sum + pagesOf(part), 0)
  const wanted = facts.isAnswering ? facts.ceiling : Math.min(facts.size, facts.pagesAhead)
  return pages < wanted * LEAST_FILLED ? [] : parts
}

/** What little is missing in front while much waits behind it: in a request with more it would hold all of it up. */
function partInTheWay([first]: readonly Segment[], facts: PlanFacts): Part | undefined {
  if (first?.kind !== 'open' || !isReady(first) || facts.isScarce) return undefined
  if (facts.rowsWaiting < MUCH_WAITING * facts.mostRows) return undefined
  const pages = expectedPages(first)
  return pages > MOST_IN_THE_WAY
    ? undefined
    : (partAlone(first) ?? { kind: 'chain', segment: first, pages, rest: undefined })
}

function isAskedAlone(part: Part): boolean {
  return part.kind === 'alone' || (part.kind === 'chain' && part.segment.suspectPages !== undefined)
}

/** Commands of a part. */
export function pagesOf(part: Part): number {
  return part.kind === 'chain' ? part.pages : part.kind === 'alone' ? 1 : 2
}

function choose(segments: readonly Segment[], facts: PlanFacts): readonly Part[] {
  const places = choosePlaces(segments, facts, facts.placePages)
  if (places.length > 0 && !facts.isScarce)
    return canReadOn(segments, facts) ? places : choosePlaces(segments, facts, facts.soonPlacePages)
  const used = 2 * places.length
  const left = { ...facts, size: facts.size - used, ceiling: facts.ceiling - used }
  for (const [isRest, mostAhead] of [
    [false, facts.nearRows],
    [true, facts.nearRows],
    [false, facts.mostRows],
    [true, facts.mostRows],
  ] as const) {
    const chains = chooseChains(segments, left, isRest, mostAhead)
    const isAlone = chains[0] !== undefined && isAskedAlone(chains[0])
    if (chains.length === 0 || (isAlone && places.length > 0)) continue
    const more = isRest || isAlone ? [] : fillUp(segments, left, chains, mostAhead)
    return [...places, ...chains, ...more]
  }
  return places
}

/** What a request that whole segments do not fill takes along of the rests that others are reading the beginning of. */
function fillUp(
  segments: readonly Segment[],
  facts: PlanFacts,
  chains: readonly Part[],
  mostAhead: number,
): Part[] {
  const pages = chains.reduce((sum, part) => sum + pagesOf(part), 0)
  const [size, ceiling] = [facts.size - pages, facts.ceiling - pages]
  if (size < LEAST_CUT_PAGES) return []
  const left = { ...facts, size, ceiling, roomRows: facts.roomRows - pages * PAGE_ROWS, isIdle: false }
  return chooseChains(segments, left, true, mostAhead).filter((part) => !isAskedAlone(part))
}

/** Whether there is something to be read near enough to the front. */
function canReadOn(segments: readonly Segment[], facts: PlanFacts): boolean {
  return [false, true].some((isRest) => chooseChains(segments, facts, isRest, facts.mostRows).length > 0)
}

function choosePlaces(segments: readonly Segment[], { ceiling }: PlanFacts, placePages: number): Part[] {
  const open = segments.flatMap((one) =>
    one.kind === 'probed'
      ? one.places
          .filter(({ state }) => state === 'open')
          .map((place): Part => ({ kind: 'place', probed: one, place }))
      : [],
  )
  return open.slice(0, Math.max(1, Math.floor(Math.min(placePages, ceiling) / 2)))
}

function chooseChains(
  segments: readonly Segment[],
  facts: PlanFacts,
  isRest: boolean,
  mostAhead: number,
): Part[] {
  const parts: Part[] = []
  let left = facts.size
  let room = facts.isIdle ? Infinity : facts.roomRows
  let ahead = 0
  for (const [at, one] of segments.entries()) {
    // Near the front begins what may then go on behind.
    const reach = parts.length === 0 ? mostAhead : facts.mostRows
    if (left <= 0 || room <= 0 || ahead >= Math.min(facts.rowsWanted, reach)) break
    if (one.kind === 'open' && isReady(one) && isBehindJoint(segments, at) === isRest) {
      const alone = partAlone(one)
      if (alone !== undefined) {
        if (parts.length === 0) return [alone]
      } else {
        const pagesWanted = Math.ceil((facts.rowsWanted - ahead) / PAGE_ROWS)
        const part = chainOver(one, left, facts.ceiling - facts.size + left, pagesWanted)
        // Too little to tell where others could read on from: they would have to wait for it.
        if (
          parts.length > 0 &&
          part.pages < LEAST_CHAIN_PAGES &&
          part.pages < Math.min(expectedPages(one), pagesWanted)
        )
          break
        parts.push(part)
        left -= part.pages
        room = facts.roomRows - (facts.size - left) * PAGE_ROWS
      }
    }
    ahead += rowsIn(one)
  }
  return parts
}

/** What is asked for in a request of its own: a page that came short, or half of the pages of which one makes requests fail. */
function partAlone(segment: OpenSegment): Part | undefined {
  const { isDoubtful = false, suspectPages } = segment
  if (isDoubtful || suspectPages === 1) return { kind: 'alone', segment }
  if (suspectPages === undefined) return undefined
  return { kind: 'chain', segment, pages: Math.ceil(suspectPages / 2), rest: undefined }
}

/** The whole of a segment if little more than what is `left` brings it; else its beginning. */
function chainOver(
  segment: OpenSegment,
  left: number,
  most: number,
  pagesWanted: number,
): Extract<Part, { kind: 'chain' }> {
  const needed = Math.min(expectedPages(segment), pagesWanted)
  if (needed <= Math.min(most, left + LEAST_CUT_PAGES))
    return { kind: 'chain', segment, pages: needed, rest: undefined }
  return { kind: 'chain', segment, pages: left, rest: cutBehind(segment, left) }
}

/** Where a chain of so many pages is expected to end; `undefined` if nobody can tell, or nothing much would be left. */
function cutBehind(segment: OpenSegment, pages: number): number | undefined {
  const { after, upTo, before, behind, end } = segment
  const { rows, error } = expectedRows(segment)
  if (end !== 'seen' || after === undefined || upTo === undefined || isUnclear(rows, error)) return undefined
  if (pages < LEAST_CHAIN_PAGES || rows < (pages + LEAST_CUT_PAGES) * PAGE_ROWS) return undefined
  const near = before ?? behind ?? 1
  const density = 0.7 * near + 0.3 * ((near + (behind ?? near)) / 2)
  // The chain is to go on a little behind the joint, most of the time: then nothing is left between.
  const chainRows = pages * PAGE_ROWS
  const rest = Math.floor(after + (chainRows - chanceRows(chainRows, segment.spread)) / density)
  return rest < upTo - PAGE_ROWS ? rest : undefined
}
