import type { Caller } from '../../engine/caller.ts'
import { TransportError } from '../../errors.ts'
import { PAGE_ROWS } from '../../protocol/limits.ts'
import type { BatchReply, NamedCommand, Outcome } from '../../protocol/types.ts'
import type { ListQuery, Page, WalkOptions } from '../strategy.ts'
import { chainCommands, openingCommands, pageCommand, placeCommands } from './commands.ts'
import { expectedPages, rowsIn } from './estimate.ts'
import { type Islands, islandsOf, overIslands } from './islands.ts'
import { outlookOf } from './outlook.ts'
import { Pace } from './pace.ts'
import { type Part, type PlanFacts, planRequest } from './plan-request.ts'
import { cellsOf, isBehindJoint, probed } from './probes.ts'
import { behind, type ChainRead, type ListFacts, readChain, readDownwards } from './read-pages.ts'
import { leastPages, requestSize } from './request-size.ts'
import type { BusySegment, OpenSegment, ReadRows, Segment } from './segments.ts'
import { afterProbes, takeChain } from './take-answer.ts'

/** A request under way. */
interface Running {
  readonly pages: number
  readonly startedAt: number
  /** All lanes were in use at some time since. */
  isBusy: boolean
}

type PlacePart = Extract<Part, { kind: 'place' }>

/** A part of a request, occupied so that nobody else asks for it. */
type Task =
  { readonly kind: 'chain' | 'alone'; readonly busy: BusySegment; readonly pages: number } | PlacePart

/** Where requests are scarce, one looks at more places than it takes to be back soon. */
const SCARCE_PLACE_PAGES = 16
/** Rows in front that each lane is to work on before any works on those behind. */
const NEAR_ROWS_A_LANE = 1.5 * 50 * PAGE_ROWS

/** One walk by id: what is known of the list, and the requests that are under way. */
export class KeysetRun {
  readonly #caller: Caller
  readonly #options: WalkOptions
  readonly #pace: Pace
  readonly #over = new AbortController()
  readonly #running = new Set<Running>()
  #list: ListFacts
  #segments: Segment[] = []
  #islands: Islands | undefined
  #delivered = 0
  #sent = 0
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => undefined

  constructor(caller: Caller, query: ListQuery, options: WalkOptions) {
    this.#caller = caller
    this.#options = options
    this.#pace = new Pace(options)
    this.#list = { query, end: undefined }
  }

  async *pages(): AsyncGenerator<Page, void> {
    const { rowsWanted, batchSize } = this.#options
    const isOpening = rowsWanted > PAGE_ROWS && batchSize > 1
    this.#segments = isOpening ? await this.#open() : [this.#whole(true)]
    for (;;) {
      for (const page of this.#front()) {
        this.#delivered += page.rows.length
        yield page
        if (this.#delivered >= rowsWanted) return
      }
      if (this.#failure !== undefined) throw this.#failure.error as Error
      if (this.#segments.length === 0) return
      this.#send()
      if (this.#running.size === 0) throw new Error('nothing is asked for, and the list is not at its end')
      await this.#change()
    }
  }

  /** Breaks off what is under way. */
  async end(): Promise<void> {
    this.#over.abort(new Error('the walk has ended'))
    while (this.#running.size > 0) await this.#change()
  }

  /** Pages that nothing is missing in front of. */
  *#front(): Generator<Page> {
    for (;;) {
      this.#options.onOutlook?.(outlookOf(this.#segments, this.#pace.ceiling))
      const [first] = this.#segments
      if (first?.kind !== 'done') return
      this.#segments.shift()
      yield* first.read.pages
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #whole(isDoubtful: boolean): OpenSegment {
    const { range } = this.#list.query
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

  /** The first page and the last: the walk will have to reach the one from the other. */
  async #open(): Promise<Segment[]> {
    const whole = this.#whole(false)
    const { signal } = this.#options
    try {
      const commands = openingCommands(this.#list.query)
      const reply = await this.#caller.batch(commands, {
        signal,
        expectedSeconds: 2 * this.#pace.pageSeconds,
      })
      const [first, last] = reply.outcomes
      const tail = readDownwards(this.#list, last, whole.after, whole.upTo)
      if (tail !== undefined && tail !== 'none') this.#list = { ...this.#list, end: tail.last }
      const head = readChain(this.#list, whole, first === undefined ? [] : [first], false)
      this.#learn(head.read === undefined ? [] : [head.read], reply, false)
      const busy: BusySegment = { kind: 'busy', segment: whole }
      if (tail === undefined || tail === 'none') {
        const segments: Segment[] = [busy]
        takeChain(this.#list, segments, busy, head)
        return segments
      }
      return this.#between(whole, head, tail)
    } catch (error) {
      if (!(error instanceof TransportError && error.isTooMuch)) throw error
      // Two pages were too many for one request: the first is asked for alone, the end has to show itself.
      this.#pace.tooMuch(2, error.elapsedMs, Date.now())
      return [whole]
    }
  }

  /** The list between its first page and its last one, which was seen. */
  #between(
    whole: OpenSegment,
    head: ChainRead,
    tail: Exclude<ReturnType<typeof readDownwards>, 'none' | undefined>,
  ): Segment[] {
    const after = head.read?.last ?? whole.after
    const done: Segment[] = head.read === undefined ? [] : [{ kind: 'done', read: head.read }]
    if (head.read !== undefined && head.read.last >= tail.first - 1) {
      const fresh = behind(this.#list, tail, head.read.last)
      return fresh === undefined ? done : [...done, { kind: 'done', read: fresh }]
    }
    const middle: OpenSegment = {
      ...whole,
      after,
      upTo: tail.first,
      end: 'seen',
      before: head.read?.densityAtEnd,
      behind: tail.densityAtStart,
      isDoubtful: head.ending === 'doubtful',
    }
    return [...done, middle, { kind: 'done', read: tail }]
  }

  /** Starts requests as long as there is something to ask for. */
  #send(): void {
    while (this.#failure === undefined && this.#running.size < this.#pace.lanes) {
      this.#lookAhead()
      const parts = planRequest(this.#segments, this.#facts())
      if (parts.length === 0) return
      const tasks = parts.map((part) => this.#occupy(part))
      const pages = tasks.reduce((sum, task) => sum + pagesOf(task), 0)
      const request: Running = { pages, startedAt: Date.now(), isBusy: false }
      this.#running.add(request)
      this.#sent++
      if (this.#running.size >= this.#pace.lanes) for (const one of this.#running) one.isBusy = true
      void this.#ask(tasks, request)
        .catch((error: unknown) => {
          this.#failure ??= { error }
          this.#over.abort(error)
        })
        .finally(() => {
          this.#running.delete(request)
          this.#wake()
        })
    }
  }

  /** Turns segments whose turn comes soon, and of which nobody knows how many rows they have, into ones to be looked at. */
  #lookAhead(): void {
    if (this.#pace.ceiling < 2) return
    const mostRows = Math.min(this.#pace.mostRows, this.#options.rowsWanted - this.#delivered)
    let rows = 0
    for (const [at, segment] of this.#segments.entries()) {
      if (rows > mostRows) return
      const expected = rowsIn(segment)
      rows += expected
      if (segment.kind !== 'open') continue
      const isWanted = expected <= (this.#options.rowsWanted - this.#delivered) * 1.5
      const isSettled = segment.isDoubtful === true || isBehindJoint(this.#segments, at)
      const cells = isWanted && !isSettled ? cellsOf(segment) : 1
      if (cells > 1) this.#segments[at] = probed(segment, cells)
    }
  }

  #facts(): PlanFacts {
    const now = Date.now()
    const { pageSeconds, lanes, ceiling, mostRows } = this.#pace
    const rowsWanted = this.#options.rowsWanted - this.#delivered
    let [openPages, placePages, laterPages] = [0, 0, 0]
    for (const segment of this.#segments) {
      if (segment.kind === 'open') openPages += expectedPages(segment)
      if (segment.kind !== 'probed') continue
      placePages += 2 * segment.places.filter(({ state }) => state === 'open').length
      laterPages += rowsIn(segment) / PAGE_ROWS
    }
    const size = requestSize({
      ...this.#pace.facts,
      running: [...this.#running].map(({ pages, startedAt }) =>
        Math.max(0, pages * pageSeconds - (now - startedAt) / 1000),
      ),
      openPages: Math.min(openPages + placePages, Math.ceil(rowsWanted / PAGE_ROWS)),
    })
    const pagesAhead = openPages + laterPages
    const bucket = this.#caller.bucket ?? { places: Infinity, perSecond: 0 }
    const seconds = (pagesAhead * pageSeconds) / lanes
    const isScarce = this.#sent + pagesAhead / ceiling > bucket.places + bucket.perSecond * seconds
    const idle = Math.max(1, lanes - this.#running.size)
    return {
      size,
      ceiling,
      placePages: Math.max(
        isScarce ? SCARCE_PLACE_PAGES : leastPages(pageSeconds),
        2 * Math.ceil(placePages / 2 / idle),
      ),
      isScarce,
      pagesAhead,
      nearRows: lanes * NEAR_ROWS_A_LANE,
      mostRows,
      roomRows: mostRows - this.#rowsTaken(),
      rowsWanted,
      isIdle: this.#running.size === 0,
    }
  }

  /** Rows that are in flight, or wait for those in front of them. */
  #rowsTaken(): number {
    let rows = 0
    for (const segment of this.#segments) if (segment.kind === 'done') rows += segment.read.rows
    for (const { pages } of this.#running) rows += pages * PAGE_ROWS
    return rows
  }

  #occupy(part: Part): Task {
    if (part.kind === 'place') {
      part.place.state = 'busy'
      return part
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
      : { kind: 'chain', busy, pages: part.pages }
  }

  /** Asks for the parts in one request and takes in the answer. */
  async #ask(tasks: readonly Task[], running: Running): Promise<void> {
    const { pages } = running
    const signal = AbortSignal.any([this.#options.signal, this.#over.signal])
    const expectedSeconds = pages * this.#pace.pageSeconds
    const [only] = tasks
    if (only !== undefined && only.kind !== 'place' && pages === 1) {
      const { after, upTo } = only.busy.segment
      const command = pageCommand(this.#list.query, after, upTo)
      const reply = await this.#caller.call(command, { signal, expectedSeconds })
      this.#takeChain(only.busy, [{ kind: 'done', reply }], true)
      return
    }
    const commands = tasks.map((task, at) => this.#commands(task, `r${at}`))
    try {
      const reply = await this.#caller.batch(commands.flat(), { signal, expectedSeconds })
      const reads: ReadRows[] = []
      let from = 0
      for (const [at, task] of tasks.entries()) {
        const outcomes = reply.outcomes.slice(from, (from += commands[at]?.length ?? 0))
        const read =
          task.kind === 'place'
            ? this.#takePlace(task, outcomes)
            : this.#takeChain(task.busy, outcomes, false)
        if (read !== undefined) reads.push(read)
      }
      this.#learn(reads, reply, running.isBusy)
    } catch (error) {
      if (!(error instanceof TransportError && error.isTooMuch)) throw error
      this.#pace.tooMuch(pages, error.elapsedMs, Date.now())
      for (const task of tasks) {
        if (task.kind === 'place') this.#putBack(task)
        else takeChain(this.#list, this.#segments, task.busy, { read: undefined, ending: 'full' })
      }
    }
  }

  /** A place of which no answer came; where two pages are too many, the segment is read without looking. */
  #putBack({ place, probed: whole }: PlacePart): void {
    place.state = 'open'
    const at = this.#segments.indexOf(whole)
    if (at >= 0 && this.#pace.ceiling < 2) this.#segments[at] = whole.segment
  }

  #commands(task: Task, name: string): NamedCommand[] {
    const { query } = this.#list
    if (task.kind !== 'place') return chainCommands(query, task.busy.segment, task.pages, name)
    return placeCommands(query, task.place.at, boundsOf(task), name)
  }

  #takeChain(busy: BusySegment, outcomes: readonly Outcome[], isAlone: boolean): ReadRows | undefined {
    const answer = readChain(this.#list, busy.segment, outcomes, isAlone)
    takeChain(this.#list, this.#segments, busy, answer)
    return answer.read
  }

  /** Notes what lies around a place; when all of them are known, what lies between. */
  #takePlace(part: PlacePart, [down, up]: readonly Outcome[]): ReadRows | undefined {
    const { probed: whole, place } = part
    const { after, upTo } = boundsOf(part)
    place.below = readDownwards(this.#list, down, after, place.at)
    // The row at the end of the whole segment was read with the segment behind it.
    const end = upTo === whole.segment.upTo ? 'seen' : 'unseen'
    const above = readChain(
      this.#list,
      { ...whole.segment, after: place.at, upTo, end },
      up === undefined ? [] : [up],
      false,
    )
    place.above = above.read ?? (up?.kind === 'done' ? 'none' : undefined)
    place.state = 'done'
    const index = this.#segments.indexOf(whole)
    if (index >= 0 && whole.places.every(({ state }) => state === 'done')) {
      if (whole.segment.looks === 0) this.#islands = islandsOf(whole)
      this.#segments.splice(index, 1, ...overIslands(afterProbes(this.#list, whole), this.#islands))
    }
    return above.read
  }

  #learn(reads: readonly ReadRows[], { outcomes, elapsedMs, waitedMs }: BatchReply, isBusy: boolean): void {
    let [rows, bytes, seconds, pages] = [0, 0, 0, 0]
    for (const read of reads) {
      rows += read.rows
      bytes += read.bytes
    }
    for (const outcome of outcomes) {
      if (outcome.kind !== 'done') continue
      seconds += outcome.reply.time.durationSeconds ?? 0
      pages++
    }
    const asked = outcomes.length
    this.#pace.learn({ rows, bytes, seconds, pages, asked, elapsedMs, waitedMs, isBusy }, Date.now())
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

function pagesOf(task: Task): number {
  return task.kind === 'place' ? 2 : task.pages
}
