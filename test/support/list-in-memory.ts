import type { BatchOptions, Caller } from '../../src/engine/caller.ts'
import { TransportError } from '../../src/errors.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Limits } from '../../src/protocol/limits.ts'
import type { BatchReply, Command, NamedCommand, Outcome, Reply } from '../../src/protocol/types.ts'
import type { OwnClock } from './own-clock.ts'

/** What a portal makes of a reference that leads nowhere: a bound of 0 or 1, no rows, a refusal, no answer. */
export const UNRESOLVED = ['zero', 'one', 'empty', 'refused', 'absent'] as const

/** How a portal answers; shares are of commands in batches, or of batches. */
export interface ListManners {
  readonly pageSeconds: number
  readonly latencySeconds: number
  /** Times as long an answer may take, by chance. */
  readonly jitter: number
  readonly unresolved: (typeof UNRESOLVED)[number]
  readonly bucket: Limits['bucket']
  readonly refused: number
  readonly absent: number
  readonly empty: number
  /** Pages that end after some of their rows. */
  readonly short: number
  /** Batches of which all pages are empty. */
  readonly emptyBatches: number
  /** Batches that run into a time-out. */
  readonly timeouts: number
  /** Requests that fail once and are sent again underneath. */
  readonly trouble: number
  /** Requests that failed as the portal was down, which is told before they are sent again. */
  readonly outages: number
  /** Requests that wait for operating time, of which there is left what chance says. */
  readonly heldBack: number
  readonly ignoresDescending: boolean
  readonly ignoresUpTo: boolean
  /** Rows that come and go with every command, on the average. */
  readonly inserts: number
  readonly deletes: number
}

/** What happens to a share of the requests, or of their commands. */
type Chance = {
  [K in keyof ListManners]: ListManners[K] extends number ? K : never
}[keyof ListManners]

const PAGE = 50
const NO_SIGNAL_OF_LIFE = 60

/**
 * A list of nothing but ids, and a caller that reads it in pages of fifty as a portal answers them: behind a bound, up to
 * a bound, in either direction, behind the fiftieth row of an earlier page of the same batch.
 */
export class ListInMemory {
  readonly stats = { requests: 0, alone: 0, pages: 0, inFlight: 0, peakInFlight: 0, mostHeld: 0 }
  /** Ascending. */
  readonly ids: number[]
  /** Those that are gone, and those that came. */
  readonly deleted = new Set<number>()
  readonly inserted = new Set<number>()
  readonly #clock: OwnClock
  readonly #manners: ListManners
  readonly #random: () => number
  readonly #mostRequests: number
  readonly #answered = new Set<number>()
  #taken = 0
  #nextPlaceAt = 0

  constructor(
    ids: readonly number[],
    manners: ListManners,
    clock: OwnClock,
    random: () => number,
    mostRequests: number,
  ) {
    this.ids = [...ids]
    this.#clock = clock
    this.#manners = manners
    this.#random = random
    this.#mostRequests = mostRequests
  }

  get caller(): Caller {
    const { bucket } = this.#manners
    return {
      ...(bucket === undefined ? {} : { bucket }),
      secondsLeft: () => this.#secondsLeft(),
      batch: (commands, options) => this.#serve(commands, options, false),
      call: async (command, options) => {
        const { outcomes } = await this.#serve([{ ...command, name: 'only' }], options, true)
        const [outcome] = outcomes
        if (outcome?.kind !== 'done') throw new Error('a call of its own is answered')
        return outcome.reply
      },
    }
  }

  /** Told which rows left the walk. */
  take(rows: number): void {
    this.#taken += rows
  }

  async #serve(
    commands: readonly NamedCommand[],
    { signal, onTrouble, onOutageOver, onHeldBack, onDoubt }: BatchOptions,
    isAlone: boolean,
  ): Promise<BatchReply> {
    const { stats } = this
    while (this.#happens('heldBack')) {
      await this.#clock.sleep(0, signal)
      onHeldBack?.(this.#secondsLeft())
      await this.#clock.sleep(this.#random() * 60, signal)
    }
    onDoubt?.(true)
    if (++stats.requests > this.#mostRequests) throw new Error(`more than ${this.#mostRequests} requests`)
    if (isAlone) stats.alone++
    stats.pages += commands.length
    stats.peakInFlight = Math.max(stats.peakInFlight, ++stats.inFlight)
    try {
      const waitedMs = await this.#pass(signal)
      const sentAt = Date.now()
      if (this.#happens('trouble')) {
        await this.#clock.sleep(this.#manners.latencySeconds, signal)
        onTrouble?.(Date.now() - sentAt)
      }
      if (this.#happens('outages')) {
        await this.#clock.sleep(NO_SIGNAL_OF_LIFE, signal)
        onOutageOver?.()
      }
      if (!isAlone && this.#happens('timeouts')) {
        await this.#clock.sleep(NO_SIGNAL_OF_LIFE, signal)
        const elapsedMs = Date.now() - sentAt
        throw new TransportError('timeout', 'no answer', { executed: 'unknown', elapsedMs })
      }
      const seconds = this.#manners.pageSeconds * (1 + this.#manners.jitter * this.#random())
      const work = commands.length * seconds + this.#manners.latencySeconds * this.#random()
      // Somewhere within that time the portal reads its table.
      const share = this.#random()
      await this.#clock.sleep(work * share, signal)
      const outcomes = this.#outcomes(commands, isAlone, seconds)
      await this.#clock.sleep(work * (1 - share), signal)
      this.#hold(outcomes)
      return { outcomes, time: {}, elapsedMs: Date.now() - sentAt, waitedMs }
    } finally {
      stats.inFlight--
    }
  }

  /** The bucket's places, then one after the other. */
  async #pass(signal: AbortSignal): Promise<number> {
    const { bucket } = this.#manners
    if (bucket === undefined) return 0
    const { places, perSecond } = bucket
    const now = Date.now() / 1000
    this.#nextPlaceAt = Math.max(this.#nextPlaceAt + 1 / perSecond, now - places / perSecond)
    const wait = Math.max(0, this.#nextPlaceAt - now)
    if (wait > 0) await this.#clock.sleep(wait, signal)
    return wait * 1000
  }

  #secondsLeft(): number {
    const { heldBack, pageSeconds } = this.#manners
    return heldBack === 0 || this.#random() < 0.5 ? Infinity : this.#random() * 60 * pageSeconds
  }

  #happens(what: Chance): boolean {
    return this.#random() < this.#manners[what]
  }

  #outcomes(commands: readonly NamedCommand[], isAlone: boolean, seconds: number): Outcome[] {
    const fiftieth = new Map<string, number>()
    const isEmpty = !isAlone && this.#happens('emptyBatches')
    return commands.map((command): Outcome => {
      this.#change()
      const refused: Outcome = { kind: 'refused', refusal: { apiCode: 'X', description: 'not today' } }
      if (!isAlone && this.#happens('refused')) return refused
      if (!isAlone && this.#happens('absent')) return { kind: 'absent' }
      const page = isEmpty || (!isAlone && this.#happens('empty')) ? [] : this.#page(command, fiftieth)
      if (page === 'refused') return refused
      if (page === 'absent') return { kind: 'absent' }
      if (!isAlone && this.#happens('short')) page.splice(Math.floor(this.#random() * (page.length + 1)))
      const last = page[PAGE - 1]
      if (last !== undefined) fiftieth.set(command.name, last)
      return { kind: 'done', reply: replyOf(page, seconds) }
    })
  }

  #page({ params }: Command, fiftieth: ReadonlyMap<string, number>): number[] | 'refused' | 'absent' {
    const { unresolved, ignoresDescending, ignoresUpTo } = this.#manners
    const filter = (params['filter'] ?? {}) as Readonly<Record<string, string>>
    const { '>ID': from = '-1', '<=ID': to = 'Infinity' } = filter
    let after = Number(from)
    if (from.startsWith('$')) {
      const name = /^\$result\[(\w+)\]\[49\]\[ID\]$/.exec(from)?.[1]
      if (name === undefined) throw new Error(`what is ${from}?`)
      const found = fiftieth.get(name)
      if (found === undefined && unresolved === 'empty') return []
      if (found === undefined && (unresolved === 'refused' || unresolved === 'absent')) return unresolved
      after = found ?? (unresolved === 'one' ? 1 : 0)
    }
    const begin = countUpTo(this.ids, after)
    const end = ignoresUpTo ? this.ids.length : Math.max(begin, countUpTo(this.ids, Number(to)))
    const isDescending = (params['order'] as { ID: string }).ID === 'DESC' && !ignoresDescending
    if (isDescending) return this.ids.slice(Math.max(begin, end - PAGE), end).toReversed()
    return this.ids.slice(begin, Math.min(end, begin + PAGE))
  }

  #change(): void {
    const { inserts, deletes } = this.#manners
    for (let left = inserts; this.#random() < left; left--) {
      const id = (this.ids.at(-1) ?? 0) + 1 + Math.floor(this.#random() * 3)
      this.ids.push(id)
      this.inserted.add(id)
    }
    for (let left = deletes; this.#random() < left; left--) {
      // The last rows, at which the walk wants to arrive, go more often than others.
      const isLast = this.#random() < 0.2
      const at = isLast ? this.ids.length - 1 : Math.floor(this.#random() * this.ids.length)
      for (const id of this.ids.splice(at, 1 + Math.floor(this.#random() * 3))) this.deleted.add(id)
    }
  }

  /** Notes which rows the walk has got, and how many of them it has not handed on. */
  #hold(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'done') continue
      for (const row of outcome.reply.result.elements())
        this.#answered.add(Number(row.member('ID')?.toString()))
    }
    this.stats.mostHeld = Math.max(this.stats.mostHeld, this.#answered.size - this.#taken)
  }
}

function replyOf(page: readonly number[], durationSeconds: number): Reply {
  const text = `[${page.map((id) => `{"ID":${id}}`).join(',')}]`
  return { result: JsonText.of(Buffer.from(text)), time: { durationSeconds } }
}

function countUpTo(ids: readonly number[], bound: number): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] ?? 0) <= bound) low = middle + 1
    else high = middle
  }
  return low
}
