import { PAGE_ROWS } from '../../protocol/limits.ts'
import type { NamedCommand, Outcome } from '../../protocol/types.ts'
import type { ListQuery, Page } from '../strategy.ts'
import { chainCommands, pageCommand, placeCommands } from './commands.ts'
import { expectedPages, rowsIn } from './estimate.ts'
import { type Islands, islandsOf, overIslands } from './islands.ts'
import { type Part, pagesOf } from './plan-request.ts'
import { cellsOf, isBehindJoint, looksLong, MOST_LOOKS, probed } from './probes.ts'
import {
  behind,
  type ChainRead,
  type ListFacts,
  readChain,
  readDownwards,
  readUpwards,
} from './read-pages.ts'
import {
  type BusySegment,
  isRead,
  type OpenSegment,
  type ReadRows,
  restOf,
  type Segment,
} from './segments.ts'
import { afterProbes, takeChain } from './take-answer.ts'

type PlacePart = Extract<Part, { kind: 'place' }>

/** A part of a request that is under way; nobody else asks for it meanwhile. */
export type Task =
  | { readonly kind: 'chain'; readonly busy: BusySegment; readonly pages: number }
  /** One page in a call of its own. */
  | { readonly kind: 'alone'; readonly busy: BusySegment; readonly pages: 1 }
  | (PlacePart & { readonly pages: 2 })

/** Whoever looks looks so many times as far ahead as rows may be taken on. */
const LOOK_FURTHER = 3

/** Where no more rows are wanted, reading them takes less than a look at the whole of a list. */
const FEW_WANTED_ROWS = 5_000

/** What there is to be asked for, in pages. */
export interface Demand {
  readonly openPages: number
  /** Pages around places that are to be looked at, and what is expected to come to light there. */
  readonly placePages: number
  readonly laterPages: number
  /** Nobody has looked at the list yet: how long it is was guessed from its two ends. */
  readonly isGuess: boolean
}

/** What is known of a list: which stretches of its ids are read, are being read, and are to be read. */
export class KnownList {
  #facts: ListFacts
  readonly #segments: Segment[] = []
  #islands: Islands | undefined
  #looksLong = false

  constructor(query: ListQuery) {
    this.#facts = { query, end: undefined }
  }

  get facts(): ListFacts {
    return this.#facts
  }

  /** In the order of the ids, without gaps. */
  get segments(): readonly Segment[] {
    return this.#segments
  }

  /** Whether both its ends promised many rows when nobody had looked between. */
  get looksLong(): boolean {
    return this.#looksLong
  }

  /** Rows that wait for those in front of them. */
  get rowsWaiting(): number {
    return this.#segments.reduce((sum, one) => sum + (one.kind === 'done' ? one.read.rows : 0), 0)
  }

  get demand(): Demand {
    let [openPages, placePages, laterPages] = [0, 0, 0]
    let isGuess = false
    for (const segment of this.#segments) {
      if (segment.kind === 'open') openPages += expectedPages(segment)
      if (segment.kind !== 'probed') continue
      placePages += 2 * segment.places.filter(({ state }) => state === 'open').length
      laterPages += rowsIn(segment) / PAGE_ROWS
      isGuess ||= segment.segment.looks === 0
    }
    return { openPages, placePages, laterPages, isGuess }
  }

  /** Begins with nothing known: the first page is asked for, alone or together with others. */
  begin(isAlone: boolean): void {
    this.#segments.push(this.#whole(isAlone))
  }

  /** Begins with the first page and the last one: the walk will have to reach the one from the other. */
  beginBetween(first: Outcome | undefined, last: Outcome | undefined): ReadRows | undefined {
    const whole = this.#whole(false)
    const tail = readDownwards(this.#facts, last, whole.after, whole.upTo)
    if (isRead(tail)) this.#facts = { ...this.#facts, end: tail.last }
    const head = readChain(this.#facts, whole, first === undefined ? [] : [first], false)
    if (!isRead(tail)) {
      const busy: BusySegment = { kind: 'busy', segment: whole }
      this.#segments.push(busy)
      takeChain(this.#facts, this.#segments, busy, head)
      return head.read
    }
    const after = head.read?.last ?? whole.after
    if (head.read !== undefined) this.#segments.push({ kind: 'done', read: head.read })
    if (after !== undefined && after >= tail.first - 1) {
      const fresh = behind(this.#facts, tail, after)
      if (fresh !== undefined) this.#segments.push({ kind: 'done', read: fresh })
      return head.read
    }
    const [before, isDoubtful] = [head.read?.densityAtEnd, head.ending === 'doubtful']
    const end = { upTo: tail.first, end: 'seen', behind: tail.densityAtStart } as const
    this.#segments.push({ ...whole, after, ...end, before, isDoubtful }, { kind: 'done', read: tail })
    return head.read
  }

  #whole(isDoubtful: boolean): OpenSegment {
    const { range } = this.#facts.query
    return {
      kind: 'open',
      ...range,
      end: 'unseen',
      before: undefined,
      behind: undefined,
      looks: 0,
      isDoubtful,
    }
  }

  /** Takes out the pages that nothing is missing in front of; `tell` is called whenever the segments are up to date. */
  *front(tell: () => void): Generator<Page> {
    for (;;) {
      tell()
      const [first] = this.#segments
      if (first?.kind !== 'done') return
      yield* first.read.pages
      // Until then its rows count among those that were taken on.
      this.#segments.shift()
    }
  }

  /**
   * Turns segments of which nobody knows how many rows they have into ones that are looked at first, if there are any
   * among the next `mostRows`; then those that come somewhat later too, so that one request looks at many. Not such as
   * have far more than a few `rowsWanted`, of which only the beginning is read.
   */
  lookAhead(mostRows: number, rowsWanted: number): void {
    let rows = 0
    let mostAhead = Math.min(mostRows, rowsWanted)
    for (const [at, segment] of this.#segments.entries()) {
      if (rows > mostAhead) return
      const expected = rowsIn(segment)
      rows += expected
      if (segment.kind !== 'open' || (rowsWanted <= FEW_WANTED_ROWS && expected > 1.5 * rowsWanted)) continue
      const isSuspect = segment.isDoubtful === true || segment.suspectPages !== undefined
      const isSettled = isSuspect || isBehindJoint(this.#segments, at)
      const cells = isSettled ? 1 : cellsOf(segment)
      if (cells === 1) continue
      this.#looksLong ||= segment.looks === 0 && looksLong(segment)
      this.#segments[at] = probed(segment, cells)
      mostAhead = Math.min(LOOK_FURTHER * mostRows, rowsWanted)
    }
  }

  /** Notes that a part is asked for. */
  occupy(part: Part): Task {
    if (part.kind === 'place') {
      part.place.state = 'busy'
      return { ...part, pages: 2 }
    }
    const at = this.#segments.indexOf(part.segment)
    if (part.kind === 'chain' && part.rest !== undefined) {
      const { segment, pages, rest } = part
      const busy: BusySegment = { kind: 'busy', segment: { ...segment, end: 'joint', joint: rest } }
      this.#segments.splice(at, 1, busy, { ...segment, after: rest })
      return { kind: 'chain', busy, pages }
    }
    const busy: BusySegment = { kind: 'busy', segment: part.segment }
    this.#segments[at] = busy
    return part.kind === 'alone'
      ? { kind: 'alone', busy, pages: 1 }
      : { kind: 'chain', busy, pages: pagesOf(part) }
  }

  /** What to ask the portal for a task, as commands of a batch whose names begin with `name`. */
  commands(task: Task, name: string): NamedCommand[] {
    const { query } = this.#facts
    if (task.kind === 'place') return placeCommands(query, task.place.at, boundsOf(task), name)
    const { after, upTo } = task.busy.segment
    if (task.kind === 'alone') return [{ ...pageCommand(query, after, upTo), name }]
    return chainCommands(query, { after, upTo }, task.pages, name)
  }

  /**
   * Takes in what was answered to a task.
   *
   * @returns rows that came with it, to learn from
   * @throws IncompleteError if a page asked for alone does not rise, NotUnderstoodError
   */
  take(task: Task, outcomes: readonly Outcome[], isAlone: boolean): ReadRows | undefined {
    if (task.kind === 'place') return this.#takePlace(task, outcomes)
    const answer = readChain(this.#facts, task.busy.segment, outcomes, isAlone)
    takeChain(this.#facts, this.#segments, task.busy, answer)
    return answer.read
  }

  /** Notes what lies around a place; when all of them are known, what lies between. */
  #takePlace(part: PlacePart, [down, up]: readonly Outcome[]): ReadRows | undefined {
    const { probed: whole, place } = part
    const { after, upTo } = boundsOf(part)
    place.below = readDownwards(this.#facts, down, after, place.at)
    // The row at the end of the whole segment was read with the segment behind it.
    const isEndHeld = upTo === whole.segment.upTo
    place.above = readUpwards(this.#facts, up, place.at, upTo, isEndHeld)
    place.state = 'done'
    const index = this.#segments.indexOf(whole)
    if (index >= 0 && whole.places.every(({ state }) => state === 'done')) {
      if (whole.segment.looks === 0) this.#islands = islandsOf(whole)
      this.#segments.splice(index, 1, ...overIslands(afterProbes(this.#facts, whole), this.#islands))
    }
    return isRead(place.above) ? place.above : undefined
  }

  /** A task was not asked for: it is to be, as if nothing had been. */
  giveBack(task: Task): void {
    if (task.kind === 'place') task.place.state = 'open'
    else takeChain(this.#facts, this.#segments, task.busy, { read: undefined, ending: 'full' })
  }

  /** No answer came to a task: it is to be asked for again, fewer pages at a time. What was to be looked at is read. */
  putBack(task: Task): void {
    if (task.kind !== 'place') {
      const { busy, pages: suspectPages } = task
      takeChain(this.#facts, this.#segments, busy, { read: undefined, ending: 'full', suspectPages })
      return
    }
    const at = this.#segments.indexOf(task.probed)
    if (at >= 0) this.#segments[at] = { ...restOf(task.probed), looks: MOST_LOOKS }
  }

  /** What failed did so because the portal was down: no page is held to be the cause. */
  clearSuspicion(): void {
    for (const [at, segment] of this.#segments.entries()) {
      if (segment.kind === 'open') this.#segments[at] = { ...segment, suspectPages: undefined }
      else if (segment.kind === 'busy') segment.segment = { ...segment.segment, suspectPages: undefined }
    }
  }

  /** Takes in what could be read of a page that failed. */
  takeSearched(task: Exclude<Task, PlacePart>, found: ChainRead): void {
    takeChain(this.#facts, this.#segments, task.busy, found)
  }
}

/** Between which ids a place is looked at: the places next to it. */
function boundsOf({ probed: { segment, places }, place }: PlacePart): {
  after: number | undefined
  upTo: number | undefined
} {
  const at = places.indexOf(place)
  return { after: places[at - 1]?.at ?? segment.after, upTo: places[at + 1]?.at ?? segment.upTo }
}
