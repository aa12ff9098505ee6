import type { Caller, CallOptions } from '../../engine/caller.ts'
import {
  Bx24Error,
  IncompleteError,
  RefusalError,
  TransportError,
  type TransportFault,
  UnreadableRowsError,
} from '../../errors.ts'
import { failureOf } from '../../protocol/failures.ts'
import { PAGE_ROWS } from '../../protocol/limits.ts'
import type { Outcome } from '../../protocol/types.ts'
import { walkedId } from '../rows.ts'
import type { UnreadableRow } from '../strategy.ts'
import { openingCommands, pageCommand } from './commands.ts'
import { type ChainRead, joined, type ListFacts, readUpwards } from './read-pages.ts'
import type { OpenSegment, ReadRows } from './segments.ts'

/** More rows than this that cannot be read are no odd ones out: something is wrong with the portal. */
const MOST_UNREADABLE = 20
/** Searches that may find nothing, since what failed was well when it was asked for again. */
const MOST_SEARCHES = 100
/** Ids that the first look behind the last good row takes in. */
const FIRST_STEP = 64

const OF_A_PAGE: ReadonlySet<TransportFault> = new Set([
  'reset',
  'timeout',
  'truncated',
  'not-json',
  'server-error',
  'too-large',
])

/** Whether it may lie at what was asked for that the request failed, and not at the portal, the network or the webhook. */
export function mayBeOfThePage(error: unknown): error is Bx24Error {
  if (error instanceof TransportError) return OF_A_PAGE.has(error.fault)
  if (!(error instanceof RefusalError)) return false
  const { kind, concernsAll } = failureOf(error.refusal, error.refusal.status)
  return kind === 'passing' || (kind === 'final' && concernsAll !== true)
}

function refuseUnreadable({ id, error }: UnreadableRow): never {
  throw new UnreadableRowsError([{ id, error }])
}

/** What came of a page: its rows, none, or why it failed. */
type Look = ReadRows | 'none' | Bx24Error

/**
 * Finds the rows that make every page with them fail, so that the others can be read. Nothing is held against a row as
 * long as another request, sent after the failure, fails as well: that is an outage.
 */
export class Hunt {
  readonly #caller: Caller
  readonly #facts: () => ListFacts
  readonly #options: () => CallOptions
  readonly #onUnreadable: (row: UnreadableRow) => void
  readonly #found = new Set<number>()
  #searches = 0
  #knownId: number | undefined

  constructor(
    caller: Caller,
    facts: () => ListFacts,
    options: () => CallOptions,
    onUnreadable: ((row: UnreadableRow) => void) | undefined = refuseUnreadable,
  ) {
    this.#caller = caller
    this.#facts = facts
    this.#options = options
    this.#onUnreadable = onUnreadable
  }

  /** Takes note of rows that came: whatever else fails, they can be asked for again. */
  note(read: ReadRows | undefined): void {
    this.#knownId = read?.first ?? this.#knownId
  }

  /**
   * Whether the portal answers others while this failed.
   *
   * @throws the reason of the signal
   */
  async isOfThePage(error: unknown, retries?: number): Promise<boolean> {
    if (!mayBeOfThePage(error)) return false
    const id = this.#knownId ?? this.#facts().end
    // What is wrong with the request itself is so for every page, and looks like this from the first one on.
    if (id === undefined && error instanceof RefusalError) {
      const { kind } = failureOf(error.refusal, error.refusal.status)
      if (kind === 'final') return false
    }
    const [after, upTo] = id === undefined ? [undefined, 0] : [id - 1, id]
    const answer = await this.#outcome(after, upTo, retries)
    return !(answer instanceof Bx24Error)
  }

  /** The last page of the list, if it can be had alone. */
  async lastPage(): Promise<Outcome | undefined> {
    const [, last] = openingCommands(this.#facts().query)
    try {
      return { kind: 'done', reply: await this.#caller.call(last, { ...this.#options(), retries: 0 }) }
    } catch (error) {
      if (mayBeOfThePage(error)) return undefined
      throw error
    }
  }

  /**
   * Reads what can be read of the next page of a segment, which has failed, up to the first row that makes it fail.
   *
   * @throws `failure` if that cannot be found; IncompleteError after too many
   */
  async search(segment: OpenSegment, failure: Bx24Error): Promise<ChainRead> {
    if (++this.#searches > MOST_SEARCHES) throw failure
    const reads: ReadRows[] = []
    let reached = segment.after ?? -1
    let failing = segment.upTo
    let step = FIRST_STEP
    let rows = 0
    /** Takes in what came of the ids up to `upTo`. */
    const take = (look: ReadRows | 'none', upTo: number): void => {
      reached = look === 'none' ? upTo : look.last
      if (look === 'none') return
      reads.push(look)
      rows += look.rows
    }
    while (rows < PAGE_ROWS && (failing === undefined || failing > reached + 1)) {
      const middle = failing === undefined ? Infinity : reached + Math.floor((failing - reached) / 2)
      const upTo = Math.min(reached + step, middle)
      if (!Number.isSafeInteger(upTo)) throw failure
      const look = await this.#look(segment, reached, upTo, 0)
      if (look instanceof Bx24Error) failing = upTo
      else take(look, upTo)
      step *= 2
    }
    if (rows < PAGE_ROWS && failing !== undefined && failing > reached) {
      const last = await this.#look(segment, reached, failing, undefined)
      // The row at the end of a segment was read with the one behind it.
      const isEndHeld = segment.end !== 'unseen' && failing === segment.upTo
      if (!(last instanceof Bx24Error)) take(last, failing)
      else if (!isEndHeld) await this.#convict(failing, last, failure)
      reached = failing
    }
    return { read: joined(reads), ending: 'full', reach: reached }
  }

  async #convict(id: number, error: Bx24Error, failure: Bx24Error): Promise<void> {
    if (!(await this.isOfThePage(error))) throw failure
    if (this.#found.has(id)) return
    if (this.#found.size === MOST_UNREADABLE) {
      const { method } = this.#facts().query
      throw new IncompleteError(
        `More than ${MOST_UNREADABLE} rows of ${method.method} cannot be read; the last of them has ${walkedId(method).inFilter} ${id}.`,
        'Something is wrong with the list as a whole: other fields (--select) may be readable.',
        error,
        'walk.unreadable',
      )
    }
    this.#found.add(id)
    this.#onUnreadable({ id, error })
  }

  async #look(segment: OpenSegment, after: number, upTo: number, retries: number | undefined): Promise<Look> {
    const outcome = await this.#outcome(after, upTo, retries)
    if (outcome instanceof Bx24Error) return outcome
    const isEndHeld = segment.end !== 'unseen' && upTo === segment.upTo
    const read = readUpwards(this.#facts(), outcome, after, upTo, isEndHeld)
    if (read !== undefined) return read
    const { method } = this.#facts().query
    throw new IncompleteError(
      `${method.method} does not keep to bounds on ${walkedId(method).inFilter} behind ${after}, so a row that cannot be read is not found.`,
    )
  }

  async #outcome(
    after: number | undefined,
    upTo: number,
    retries: number | undefined,
  ): Promise<Outcome | Bx24Error> {
    const command = pageCommand(this.#facts().query, after, upTo)
    const options = this.#options()
    try {
      const reply = await this.#caller.call(
        command,
        retries === undefined ? options : { ...options, retries },
      )
      return { kind: 'done', reply }
    } catch (error) {
      if (mayBeOfThePage(error)) return error
      throw error
    }
  }
}
