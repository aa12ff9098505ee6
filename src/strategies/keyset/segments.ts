import type { Page } from '../strategy.ts'

/** Rows read one behind the other, in ascending id. */
export interface ReadRows {
  readonly pages: readonly Page[]
  readonly rows: number
  /** Ids of the first row and the last. */
  readonly first: number
  readonly last: number
  readonly bytes: number
  /** Rows for each id, as the first of them lie and as the last of them lie; `undefined` for a single row. */
  readonly densityAtStart: number | undefined
  readonly densityAtEnd: number | undefined
}

/**
 * How a stretch of ids ends.
 *
 * - `seen`: `upTo` is the id of a row that was read already, with the segment behind. A chain that arrives there has
 *   missed nothing; the row itself is dropped.
 * - `unseen`: nobody has seen a row there. Only an empty page asked for alone shows that there is no more.
 * - `joint`: somebody else reads on from `joint`, and has not answered yet; `upTo` lies beyond.
 */
export type End = 'seen' | 'unseen' | 'joint'

/** Ids behind `after`, up to and with `upTo`, that are still to be read. */
export interface OpenSegment {
  readonly kind: 'open'
  readonly after: number | undefined
  readonly upTo: number | undefined
  readonly end: End
  /** Where the segment behind begins, for a `joint`. */
  readonly joint?: number | undefined
  /** Rows for each id in front of it and behind it; `undefined` where nobody has looked. */
  readonly before: number | undefined
  readonly behind: number | undefined
  /** Up to here somebody has looked, and there was nothing. */
  readonly emptyUpTo?: number | undefined
  /** How far the ids that a page spans stray from their mean, as a share of it; `undefined` where that is not known. */
  readonly spread?: number | undefined
  /** In a list of islands: share of its ids that is taken to have rows, 1 if it is not expected to reach over several. */
  readonly occupied?: number | undefined
  /** How often it, or what it was a part of, has been looked at. */
  readonly looks: number
  /** A page of it came short, empty or not at all: asked for alone it will tell. */
  readonly isDoubtful?: boolean
  /** A request for so many of its next pages failed while others were answered: one of them makes requests fail. */
  readonly suspectPages?: number | undefined
}

/** A segment that a request is reading. */
export interface BusySegment {
  readonly kind: 'busy'
  /** Another one once nothing in it is suspected any more. */
  segment: OpenSegment
  /** Rows up to here have come with the segment in front of it meanwhile. */
  skipUpTo?: number
}

/** A segment that is looked at in some places, to learn how its rows lie. */
export interface ProbedSegment {
  readonly kind: 'probed'
  readonly segment: OpenSegment
  readonly places: Place[]
  /** Rows up to here have come with the segment in front of it meanwhile. */
  skipUpTo?: number
}

/** An id within a segment, and the rows on either side of it once they were asked for. */
export interface Place {
  readonly at: number
  state: 'open' | 'busy' | 'done'
  /** Rows down from `at`, in ascending order, and up from there; `'none'`: there are none within the bounds; `undefined`: unknown. */
  below: ReadRows | 'none' | undefined
  above: ReadRows | 'none' | undefined
}

export function isRead(rows: Place['below']): rows is ReadRows {
  return rows !== undefined && rows !== 'none'
}

/** A segment whose rows wait for those in front of it. */
export interface DoneSegment {
  readonly kind: 'done'
  readonly read: ReadRows
}

/** The ids of a list, in their order and without gaps: what is read, being read, and to be read. */
export type Segment = OpenSegment | BusySegment | ProbedSegment | DoneSegment

/** What is left of a segment whose rows up to `skipUpTo` have come already. */
export function restOf({ segment, skipUpTo }: Pick<ProbedSegment, 'segment' | 'skipUpTo'>): OpenSegment {
  return skipUpTo === undefined
    ? segment
    : { ...segment, after: Math.max(skipUpTo, segment.after ?? skipUpTo) }
}

/** Whether a request may ask for it: what ends at a joint waits for the answer to what lies behind. */
export function isReady(segment: OpenSegment): boolean {
  return segment.end !== 'joint'
}
