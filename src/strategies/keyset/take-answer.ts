import { evennessOf } from './estimate.ts'
import { type ChainRead, behind, type ListFacts } from './read-pages.ts'
import {
  type BusySegment,
  isRead,
  type OpenSegment,
  type ProbedSegment,
  type ReadRows,
  restOf,
  type Segment,
} from './segments.ts'

/**
 * Puts the answer to a chain in the place of the segment that it was asked for: the rows, and what is left. Where the
 * segment was cut in two, the two are joined: rows that came twice are dropped, and what lies between is still to be
 * read, up to the first row behind. An answer without rows that is no end leaves the segment to be asked for again.
 */
export function takeChain(
  list: ListFacts,
  segments: Segment[],
  busy: BusySegment,
  { read: answered, ending, reach: settled, suspectPages }: ChainRead,
): void {
  const { own, at, skipped } = settleJoint(segments, busy, answered, ending === 'proven')
  const read = answered === undefined || skipped === undefined ? answered : behind(list, answered, skipped)
  // A segment that now begins further in front is not settled up to there.
  const reachedTo = own.after === busy.segment.after ? settled : undefined
  const after = highest(highest(answered?.last ?? own.after, reachedTo), skipped)
  const rest: OpenSegment = {
    ...own,
    after,
    before: answered?.densityAtEnd ?? own.before,
    isDoubtful: ending === 'doubtful',
    suspectPages: suspectPages ?? stillSuspect(own, answered, settled),
  }

  const done: Segment[] = read === undefined ? [] : [{ kind: 'done', read }]
  const isWhole = ending === 'proven' || isReached(rest, after)
  segments.splice(at, 1, ...done, ...(isWhole ? [] : [rest]))
  if (own.end !== 'joint') return
  // Ids are whole numbers, and the row at the end is held by the segment behind.
  const reach = isWhole ? (own.upTo ?? 0) - 1 : (after ?? -1)
  joinWithNext(list, segments, at + done.length, reach, isWhole ? undefined : rest)
}

/** How many of the next pages are suspect still, once some of them came or the row among them was found. */
function stillSuspect(
  { suspectPages = 0 }: OpenSegment,
  answered: ReadRows | undefined,
  settled: number | undefined,
): number | undefined {
  if (settled !== undefined) return undefined
  const left = suspectPages - (answered?.pages.length ?? 0)
  return left > 0 ? left : undefined
}

/**
 * What waits in front of a segment that is answered now ends at the first row that came. If none came, and that was not
 * the end, the two are asked for again as one, with all that lies between them.
 *
 * @returns the segment that was answered, where it stands, and up to where its rows have come already
 */
function settleJoint(
  segments: Segment[],
  busy: BusySegment,
  answered: ReadRows | undefined,
  isProven: boolean,
): { own: OpenSegment; at: number; skipped: number | undefined } {
  const at = segments.indexOf(busy)
  const { segment: own, skipUpTo: skipped } = busy
  const waiting = segments[at - 1]
  if (waiting?.kind !== 'open' || waiting.end !== 'joint') return { own, at, skipped }
  if (answered === undefined && !isProven) {
    segments.splice(at - 1, 1)
    return { own: { ...own, after: waiting.after }, at: at - 1, skipped: undefined }
  }
  const settled = endingAt(waiting, answered?.first ?? own.upTo, answered?.densityAtStart)
  if (!isReached(settled, settled.after)) {
    segments[at - 1] = settled
    return { own, at, skipped }
  }
  segments.splice(at - 1, 1)
  return { own, at: at - 1, skipped }
}

function endingAt(segment: OpenSegment, upTo: number | undefined, behind: number | undefined): OpenSegment {
  return { ...segment, joint: undefined, end: 'seen', upTo, behind: behind ?? segment.behind }
}

/**
 * Joins what was read up to `reach` with the segments behind: those that begin before it lose what has come already. If
 * it does not reach them, `rest` at `at` is what lies between.
 */
function joinWithNext(
  list: ListFacts,
  segments: Segment[],
  at: number,
  reach: number,
  rest: OpenSegment | undefined,
): void {
  if (rest === undefined) {
    skipUpTo(list, segments, at, reach)
    return
  }
  const next = segments[at + 1]
  const { after, before, isDoubtful = false } = rest
  if (next?.kind === 'open') {
    // Nobody has asked for what lies behind: it goes on from here.
    const isPassed = isReached(next, after) || (next.end === 'joint' && reach >= (next.joint ?? 0))
    const { suspectPages = next.suspectPages } = rest
    segments.splice(at, 2, ...(isPassed ? [] : [{ ...next, after, before, isDoubtful, suspectPages }]))
    if (isPassed) skipUpTo(list, segments, at, reach)
  } else if (reach >= (rest.joint ?? 0)) {
    segments.splice(at, 1)
    skipUpTo(list, segments, at, reach)
  } else if (next?.kind === 'done') {
    const between = endingAt(rest, next.read.first, next.read.densityAtStart)
    segments.splice(at, 1, ...(isReached(between, after) ? [] : [between]))
  }
}

/** Takes rows up to `reach` out of the segments from `at` on: they have come already. */
function skipUpTo(list: ListFacts, segments: Segment[], from: number, reach: number): void {
  let at = from
  for (;;) {
    const next = segments[at]
    if (next === undefined) return
    if (next.kind === 'done') {
      if (next.read.first > reach) return
      const read = behind(list, next.read, reach)
      if (read === undefined) segments.splice(at, 1)
      else segments[at++] = { kind: 'done', read }
    } else if (next.kind !== 'open') {
      if ((next.segment.after ?? -1) >= reach) return
      if (next.kind === 'probed' && isReached(next.segment, reach)) {
        segments.splice(at, 1)
        continue
      }
      next.skipUpTo = Math.max(reach, next.skipUpTo ?? reach)
      at++
    } else {
      if ((next.after ?? -1) >= reach) return
      const isPassed = next.end === 'joint' && reach >= (next.joint ?? 0)
      if (isPassed || isReached(next, reach)) segments.splice(at, 1)
      else segments[at++] = { ...next, after: reach }
    }
  }
}

/** Whether nothing but the row at its end, which was seen, can lie behind `after`. */
function isReached({ end, upTo }: OpenSegment, after: number | undefined): boolean {
  return end === 'seen' && upTo !== undefined && after !== undefined && after >= upTo - 1
}

function highest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}

/**
 * What becomes of a segment that was looked at in all its places: the rows around each of them, and between them segments
 * that end at rows that were seen. The rows below a place and those above it touch: nothing lies between them.
 */
export function afterProbes(list: ListFacts, whole: ProbedSegment): Segment[] {
  const { segment, places } = whole
  const parts: Segment[] = []
  const even = evennessOf(places.flatMap(({ below, above }) => [below, above].filter(isRead)))
  let rest: OpenSegment = {
    ...restOf(whole),
    looks: segment.looks + 1,
    spread: even?.spread ?? segment.spread,
  }

  /** @param from where the portal began to look: nothing lies between there and the rows, which follow in this direction */
  function add(
    read: ReadRows | 'none' | undefined,
    upTo: number | undefined,
    from: number | undefined,
  ): void {
    if (read === undefined) return
    if (read === 'none') {
      rest = { ...rest, before: 0, emptyUpTo: upTo }
      return
    }
    const after = rest.after ?? -1
    const isOverlapping = read.first <= after
    const fresh = isOverlapping ? behind(list, read, after) : read
    if (fresh === undefined) return
    const touches = from !== undefined && from === touching
    if (!touches && !isOverlapping && fresh.first > after + 1) {
      const isEmpty = from !== undefined && (rest.emptyUpTo ?? -1) >= from
      const emptyUpTo = isEmpty ? fresh.first - 1 : rest.emptyUpTo
      const density = even?.density ?? read.densityAtStart ?? rest.behind
      parts.push({ ...rest, upTo: fresh.first, end: 'seen', emptyUpTo, behind: density })
    }
    parts.push({ kind: 'done', read: fresh })
    rest = {
      ...rest,
      emptyUpTo: undefined,
      after: fresh.last,
      before: even?.density ?? read.densityAtEnd ?? rest.before,
    }
  }

  /** The place whose rows below have been added. */
  let touching: number | undefined
  for (const [index, { at, below, above }] of places.entries()) {
    add(below, at, undefined)
    touching = below === undefined || below === 'none' ? undefined : at
    add(above, places[index + 1]?.at ?? segment.upTo, at)
  }
  return isReached(rest, rest.after) ? parts : [...parts, rest]
}
