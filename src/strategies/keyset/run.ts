import type { Caller, CallOptions } from '../../engine/caller.ts'
import { type Bx24Error, TransportError } from '../../errors.ts'
import { PAGE_ROWS } from '../../protocol/limits.ts'
import type { BatchReply, Command } from '../../protocol/types.ts'
import type { ListQuery, Page, WalkOptions } from '../strategy.ts'
import { openingCommands } from './commands.ts'
import { Hunt } from './hunt.ts'
import { InFlight, type Running } from './in-flight.ts'
import { KnownList, type Task } from './known-list.ts'
import { outlookOf } from './outlook.ts'
import { Pace } from './pace.ts'
import { type PlanFacts, planRequest } from './plan-request.ts'
import { AskForLess, ceilingWithin, isScarce, isWorthAsking, requestsWorth } from './limits-ahead.ts'
import { placeSizes } from './place-size.ts'
import { requestSize } from './request-size.ts'
import type { ReadRows } from './segments.ts'

/** What has failed while others were answered will fail again; attempts are for what the portal says by chance. */
const SUSPECT_RETRIES = 1

/** Others may use up what is left of the operating time, faster than it is asked for. */
const MOST_GIVEN_UP = 32

/** One walk by id: the requests that are under way, as many as lanes are open and as there is something to ask for. */
export class KeysetRun {
  readonly #caller: Caller
  readonly #query: ListQuery
  readonly #options: WalkOptions
  readonly #list: KnownList
  readonly #pace: Pace
  readonly #hunt: Hunt
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  readonly #inFlight = new InFlight()
  #rowsWanted: number
  #sent = 0
  #pagesAsked = 0
  /** Requests that were given up for being too long, since one was sent. */
  #givenUp = 0
  #failure: { readonly error: unknown } | undefined
  /** Answers have come since requests were started last. */
  #hasNews = false
  #wake: () => void = () => undefined

  constructor(caller: Caller, query: ListQuery, options: WalkOptions) {
    this.#caller = caller
    this.#query = query
    this.#options = options
    this.#list = new KnownList(query)
    this.#pace = new Pace(options)
    this.#signal = AbortSignal.any([options.signal, this.#over.signal])
    this.#rowsWanted = options.rowsWanted
    this.#hunt = new Hunt(
      caller,
      () => this.#list.facts,
      () => this.#callOptions(1),
      options.onUnreadable,
    )
  }

  async *pages(): AsyncGenerator<Page, void> {
    if (this.#rowsWanted > PAGE_ROWS && this.#options.batchSize > 1) await this.#open()
    else this.#list.begin(true)
    const tell = (): void => this.#options.onOutlook?.(outlookOf(this.#list.segments, this.#pace.ceiling))
    for (;;) {
      for (const page of this.#list.front(tell)) {
        this.#rowsWanted -= page.rows.length
        yield page
        if (this.#rowsWanted <= 0) return
        // What came while the page was taken is not to keep its lane idle.
        if (this.#hasNews) this.#send()
      }
      if (this.#failure !== undefined) throw this.#failure.error as Error
      if (this.#list.segments.length === 0) {
        const { end } = this.#list.facts
        this.#options.onEnd?.(end === undefined ? { by: 'short-page' } : { by: 'seen-id', id: end })
        return
      }
      this.#send()
      if (this.#inFlight.count === 0) throw new Error('nothing is asked for, and the list is not at its end')
      await this.#change()
    }
  }

  /** Breaks off what is under way. */
  async end(): Promise<void> {
    this.#over.abort(new Error('the walk has ended'))
    while (this.#inFlight.count > 0) await this.#change()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** The first page and the last, in one request. */
  async #open(): Promise<void> {
    try {
      const options = this.#callOptions(2)
      const reply = await this.#caller.batch(openingCommands(this.#query), options)
      const read = this.#list.beginBetween(reply.outcomes[0], reply.outcomes[1])
      this.#hunt.note(read)
      this.#learn(read === undefined ? [] : [read], reply)
    } catch (error) {
      // Two pages were too many for one request, or there is a row on one of them that makes every request fail.
      if (error instanceof TransportError && error.isTooMuch)
        this.#pace.tooMuch(2, error.elapsedMs, Date.now())
      else if (!(await this.#hunt.isOfThePage(error, 0))) throw error
      this.#hunt.note(this.#list.beginBetween(undefined, await this.#hunt.lastPage()))
    }
  }

  /** Starts requests as long as there is something to ask for. */
  #send(): void {
    this.#hasNews = false
    const inFlight = this.#inFlight
    while (this.#failure === undefined && !inFlight.isHeldBack && inFlight.inWork.length < this.#lanes) {
      if (this.#pace.ceiling > 1) this.#list.lookAhead(this.#pace.mostRows, this.#rowsWanted)
      const parts = planRequest(this.#list.segments, this.#facts())
      if (parts.length === 0) return
      const tasks = parts.map((part) => this.#list.occupy(part))
      const pages = tasks.reduce((sum, task) => sum + task.pages, 0)
      const request = inFlight.begin(pages)
      this.#sent++
      this.#pagesAsked += pages
      void this.#ask(tasks, pages, request)
        .catch((error: unknown) => {
          this.#failure ??= { error }
          this.#over.abort(error)
        })
        .finally(() => {
          inFlight.end(request)
          this.#tellNews()
        })
    }
  }

  /** Requests to have in flight: as many more as the list is worth, as far as it is known. */
  get #lanes(): number {
    const { openPages, placePages } = this.#list.demand
    const known = this.#pagesAsked + openPages + placePages
    const worth = this.#list.looksLong ? Infinity : requestsWorth(known, this.#sent)
    const least = this.#inFlight.count === 0 ? 1 : 0
    return Math.min(this.#pace.lanes, this.#inFlight.inWork.length + Math.max(least, worth))
  }

  #tellNews(): void {
    this.#hasNews = true
    this.#wake()
  }

  #facts(): PlanFacts {
    const now = Date.now()
    const { pageSeconds, mostRows } = this.#pace
    const ceiling = ceilingWithin(this.#secondsLeft, this.#pace)
    const { openPages, placePages, laterPages, isGuess } = this.#list.demand
    const pagesAhead = openPages + laterPages
    const { rowsWaiting } = this.#list
    const lanes = this.#lanes
    const inWork = this.#inFlight.inWork.length
    const size = requestSize({
      ...this.#pace.facts,
      lanes,
      ceiling,
      running: this.#inFlight.secondsLeft(pageSeconds, now),
      // What places will bring is to be read as well: it is not to come when the lanes are done with the rest.
      openPages: Math.min(placePages + (isGuess ? openPages : pagesAhead), this.#rowsWanted / PAGE_ROWS),
    })
    const scarce = isScarce(this.#caller.bucket, this.#sent, pagesAhead, this.#pace)
    const idle = Math.max(1, lanes - inWork)
    return {
      size,
      ceiling,
      ...placeSizes({ pageSeconds, ceiling, idle, isScarce: scarce, isGuess, pagesAhead, placePages }),
      isScarce: scarce,
      isAnswering: inWork < this.#inFlight.count,
      pagesAhead,
      nearRows: this.#pace.nearRows(lanes),
      mostRows,
      rowsWaiting,
      roomRows: mostRows - rowsWaiting - this.#inFlight.rows,
      rowsWanted: this.#rowsWanted,
      isIdle: this.#inFlight.count === 0,
    }
  }

  /** Seconds of operating time that may still be asked for, besides what is in flight. */
  get #secondsLeft(): number {
    const asked = this.#inFlight.pagesAsked * this.#pace.pageSeconds
    return this.#caller.secondsLeft?.(this.#query.method.method, asked) ?? Infinity
  }

  /** Asks for the tasks in one request and takes in the answer. */
  async #ask(tasks: readonly Task[], pages: number, request: Running): Promise<void> {
    const commands = tasks.map((task, at) => this.#list.commands(task, `r${at}`))
    const [task] = tasks
    const [command] = commands.flat()
    if (task !== undefined && task.kind !== 'place' && command !== undefined && pages === 1) {
      await this.#askAlone(task, command, request)
      return
    }
    const isSuspect = tasks.some((one) => one.kind === 'chain' && one.busy.segment.suspectPages !== undefined)
    try {
      const reply = await this.#caller.batch(commands.flat(), {
        ...this.#callOptions(pages, request),
        ...(isSuspect ? { retries: SUSPECT_RETRIES } : {}),
        onAnswering: () => {
          request.isAnswering = true
          this.#tellNews()
        },
        onTrouble: (elapsedMs) => {
          request.isAnswering = false
          this.#pace.trouble(elapsedMs, Date.now())
        },
      })
      let from = 0
      const reads = tasks.map((one, at) => {
        const outcomes = reply.outcomes.slice(from, (from += commands[at]?.length ?? 0))
        return this.#list.take(one, outcomes, false)
      })
      this.#learn(
        reads.filter((read) => read !== undefined),
        reply,
      )
    } catch (error) {
      if (error instanceof AskForLess) {
        this.#sent--
        this.#pagesAsked -= pages
        for (const one of tasks) this.#list.giveBack(one)
        return
      }
      if (error instanceof TransportError && error.isTooMuch)
        this.#pace.tooMuch(pages, error.elapsedMs, Date.now())
      else if (!(await this.#hunt.isOfThePage(error))) throw error
      for (const one of tasks) this.#list.putBack(one)
    }
  }

  /** One page in a call of its own; if only that page fails, what can be read of it. */
  async #askAlone(task: Exclude<Task, { kind: 'place' }>, command: Command, request: Running): Promise<void> {
    const { segment } = task.busy
    const options = this.#callOptions(1, request)
    try {
      const isSuspect = segment.suspectPages !== undefined
      const reply = await this.#caller.call(
        command,
        isSuspect ? { ...options, retries: SUSPECT_RETRIES } : options,
      )
      this.#hunt.note(this.#list.take(task, [{ kind: 'done', reply }], true))
      this.#pace.learnAlone(reply.time.durationSeconds)
    } catch (error) {
      if (!(await this.#hunt.isOfThePage(error))) throw error
      this.#list.takeSearched(task, await this.#hunt.search(segment, error as Bx24Error))
    }
  }

  #callOptions(pages: number, request?: Running): CallOptions {
    return {
      onHeldBack: (leftSeconds) => {
        if (request === undefined) return
        const isTooMuch = leftSeconds < pages * this.#pace.pageSeconds
        if (isTooMuch && isWorthAsking(leftSeconds, this.#pace) && this.#givenUp++ < MOST_GIVEN_UP)
          throw new AskForLess()
        request.isHeldBack = true
      },
      onDoubt: () => {
        this.#givenUp = 0
        if (request?.isHeldBack !== true) return
        request.isHeldBack = false
        this.#tellNews()
      },
      signal: this.#signal,
      expectedSeconds: pages * this.#pace.pageSeconds,
      onTrouble: (elapsedMs) => this.#pace.trouble(elapsedMs, Date.now()),
      onOutageOver: () => {
        this.#pace.outageOver()
        this.#list.clearSuspicion()
        this.#tellNews()
      },
    }
  }

  #learn(reads: readonly ReadRows[], { outcomes, firstByteMs, elapsedMs, waitedMs }: BatchReply): void {
    let [seconds, pages] = [0, 0]
    for (const outcome of outcomes) {
      if (outcome.kind !== 'done') continue
      seconds += outcome.reply.time.durationSeconds ?? 0
      pages++
    }
    this.#hunt.note(reads[0])
    const rows = reads.reduce((sum, read) => sum + read.rows, 0)
    const bytes = reads.reduce((sum, read) => sum + read.bytes, 0)
    const asked = outcomes.length
    const times = { firstByteMs, elapsedMs, waitedMs }
    this.#pace.learn({ rows, bytes, seconds, pages, asked, ...times }, Date.now())
  }
}
