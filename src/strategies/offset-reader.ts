import { IncompleteError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { PAGE_ROWS } from '../protocol/limits.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { Reply } from '../protocol/types.ts'
import { type Known, OffsetPass } from './offset-pass.ts'
import { believableTotal, positional, type Step, stepBehind } from './positions.ts'
import { identityOf, idOf, rowsOf } from './rows.ts'
import type { EndProof, Page } from './strategy.ts'

/** Rows whose identities are remembered, to notice those that come twice; some 100 MB. */
const MOST_REMEMBERED = 1_000_000

/** Pages without a new row after which a list is given up that says that there are more. */
const MOST_STALE_PAGES = 20

/** Reads the pages of a walk by offset, hands on each row once, and judges whether all were met. */
export class OffsetReader {
  readonly #method: ListMethod
  readonly #canAppear: boolean
  readonly #seen = new Set<string>()
  #total: number | undefined
  #count = 0
  /** Rows of the largest page, and of the one before. */
  #largest = 0
  #before: number | undefined
  /** Pages in a row that brought nothing new. */
  #stale = 0
  #hasDoubles = false
  /** Rows without an id were there before, or others that are alike. */
  #hasBareDoubles = false
  #pass: OffsetPass
  #sumBefore: string | undefined
  #isOverfull = false
  /** Rows to be handed on. */
  #gathered: { readonly row: JsonText; readonly id: number | undefined }[] = []

  /** @param canAppear see `OffsetPass` */
  constructor(method: ListMethod, canAppear: boolean) {
    this.#method = method
    this.#canAppear = canAppear
    this.#pass = new OffsetPass(canAppear)
  }

  /** Rows that the portal counted on the last page. */
  get total(): number | undefined {
    return this.#total
  }

  /** Rows delivered so far. */
  get count(): number {
    return this.#count
  }

  /** How the pass that has ended showed its end. */
  get proof(): EndProof {
    const by = this.#pass.end?.by
    if (by === 'count') return { by, total: this.#count }
    return by === 'mark' ? { by } : { by: 'short-page' }
  }

  /** The list is read from its first page on. */
  beginPass(): void {
    if (this.#pass.pages === 0) return
    this.#before = undefined
    this.#stale = 0
    this.#sumBefore = this.#pass.sum
    this.#pass = new OffsetPass(this.#canAppear)
  }

  /** The pages that come now were asked for together. */
  beginRequest(): void {
    this.#pass.beginRequest()
  }

  /** Whether an answer from inside a batch has to be confirmed by a call of its own. */
  isDoubtful(reply: Reply, at: number): boolean {
    const rows = this.#rows(reply.result)
    const step = this.#step(reply, at, rows.length, this.#pass.rows + rows.length)
    if (rows.length === 0) return !('next' in step)
    return ('next' in step && step.isOdd === true) || this.#pass.isRepeated(this.#known(rows))
  }

  /**
   * Whether a page is the one before it once more, although nothing else has changed.
   *
   * @param again the page before it, read after it
   */
  isRepeated(reply: Reply, again: Reply | undefined): boolean {
    if (again === undefined || again.total !== reply.total) return false
    return this.#pass.isRepeated(this.#known(this.#rows(reply.result)))
  }

  /** Whether a page that was asked for once more, and starts at this row, still has a row that it had before. */
  joins({ result }: Reply, at: number): boolean {
    return at === 0 || this.#pass.joins(this.#known(this.#rows(result)))
  }

  /** The last page once more: rows that moved onto it. */
  readAgain(reply: Reply, at: number): void {
    const rows = this.#rows(reply.result)
    const known = this.#known(rows)
    this.#pass.count(believableTotal(this.#method, reply, at + rows.length))
    if (this.#pass.addAgain(known) && this.#method.id !== undefined) this.#gather(rows, known)
  }

  /** A page; says what lies behind it, `undefined` if nothing does. @throws IncompleteError if that cannot be reached */
  read(reply: Reply, at: number): Extract<Step, { next: number }> | undefined {
    const rows = this.#rows(reply.result)
    const known = this.#known(rows)
    this.#refuseGap(reply, rows.length)
    this.#largest = Math.max(this.#largest, rows.length)
    this.#pass.count(believableTotal(this.#method, reply, at + rows.length))
    this.#pass.add(known, at)
    const total = believableTotal(this.#method, reply, this.#count)
    if (total !== undefined) this.#total = total
    const before = this.#count
    this.#gather(rows, known)
    const fresh = this.#count - before
    this.#hasDoubles ||= fresh < rows.length && this.#sumBefore === undefined
    this.#refuseEndlessness(rows.length, fresh)
    const step = this.#step(reply, at, rows.length, this.#pass.rows)
    if ('stuck' in step) throw this.#stuck(step.stuck)
    if ('next' in step) return step
    this.#pass.end = { rows: at + rows.length, total: believableTotal(this.#method, reply, 0), by: step.end }
    return undefined
  }

  /**
   * Ends the pass at a page that is the one before it, wherever the next one is asked for.
   *
   * @throws IncompleteError unless the rows are as many as it counts, and as a page would not have
   */
  endRepeated(reply: Reply, at: number): void {
    const { rows } = this.#pass
    const total = believableTotal(this.#method, reply, 0)
    if (total === rows && rows % PAGE_ROWS !== 0) {
      this.#pass.end = { rows, total: rows, by: 'count' }
      return
    }
    throw new IncompleteError(
      `${this.#method.method} answers the same page again from row ${at} on, so what may lie behind these ${rows}${total === undefined ? '' : ` of ${total}`} rows cannot be reached.`,
      at === this.#largest
        ? 'It may answer all its rows at once, or be paged in another way: --paging says how.'
        : 'It does not give more than that; conditions may make several smaller lists of it.',
    )
  }

  /** The rows that came since the last time, without those that were there before. */
  take(): Page {
    const fresh = this.#gathered
    this.#gathered = []
    // So many may have gone between two pages that the first has come to hold later rows than the second did.
    if (this.#pass.isAscending) fresh.sort((one, other) => (one.id ?? 0) - (other.id ?? 0))
    return { rows: fresh.map(({ row }) => row), cursor: this.#count, end: this.#total }
  }

  /**
   * Whether the pass that has ended shows, alone or with the one before, that all rows were met; `false` asks for another.
   *
   * @throws IncompleteError if it cannot be shown, or not without a pass more than `mayGoOn` allows
   */
  isProven(mayGoOn: boolean): boolean {
    const { method } = this.#method
    const { end, doubt, isAscending, isDisturbed, pages, rows } = this.#pass
    if (end === undefined) throw new Error(`a walk over ${method} ended without an end`)
    // A count that is smaller than what was met is that of a page, or of a moment ago.
    const total = end.total ?? 0
    if (end.rows < total) {
      throw new IncompleteError(
        `${method} ended after ${end.rows} of ${total} rows.`,
        'Run again; if it stays so, the count of this method is not to be trusted.',
      )
    }
    if (this.#isOverfull) throw this.#moved('there are more rows than can be told apart')
    if (end.total === undefined) this.#refuseDoubles()
    const hasAll = this.#count >= total
    const isOnePage = pages <= 1 && !isDisturbed
    if (hasAll && (isOnePage || (isAscending && doubt === undefined))) return true
    const isStill = !isDisturbed && (end.by !== 'count' || rows === total)
    if (hasAll && isStill && this.#sumBefore === this.#pass.sum) return true
    const reason =
      doubt ?? (isStill ? 'it was not the same when it was read again' : 'rows moved from page to page')
    // Where rows have no id, one that was changed would pass for another one.
    const hasNoIds = this.#method.id === undefined && this.#sumBefore !== undefined
    if (!mayGoOn || hasNoIds) throw this.#moved(reason)
    return false
  }

  #moved(reason: string): IncompleteError {
    return new IncompleteError(
      `${this.#method.method} changed while it was read page by page (${reason}), so rows may be missing.`,
      'Run again when nobody is working in the list.',
    )
  }

  #rows(result: JsonText): JsonText[] {
    return rowsOf(result, this.#method)
  }

  #step(reply: Reply, at: number, rows: number, count: number): Step {
    return stepBehind(this.#method, { at, rows, largest: Math.max(this.#largest, rows), count, reply })
  }

  /** Where rows have no id, those of pages that overlap cannot be told from rows that are alike. */
  #refuseGap({ next }: Reply, rows: number): void {
    const { by, pageRows } = positional(this.#method)
    if (rows === 0 || this.#method.id !== undefined || by === 'page') return
    if (this.#before !== undefined && this.#before < Math.max(this.#largest, pageRows)) {
      throw new IncompleteError(
        `${this.#method.method} answered a page of ${this.#before} rows with more behind it, and its rows have no id, so it cannot be shown that none is missing or double.`,
        'If something tells its rows apart, --row-id says what.',
      )
    }
    this.#before = next === undefined ? rows : undefined
  }

  #refuseEndlessness(rows: number, fresh: number): void {
    const isStale = rows === 0 || (fresh === 0 && this.#sumBefore === undefined)
    this.#stale = isStale ? this.#stale + 1 : 0
    if (this.#stale <= MOST_STALE_PAGES) return
    throw new IncompleteError(
      `${this.#method.method} has answered ${this.#stale} pages without a new row and says that there are more, so the end of the list cannot be shown.`,
    )
  }

  /** What tells rows apart may do so only as far as was seen, or some rows may not have it. */
  #refuseDoubles(): void {
    const { method, id, isRecognised } = this.#method
    if (id === undefined || !(this.#hasBareDoubles || (isRecognised === true && this.#hasDoubles))) return
    const what = this.#hasBareDoubles
      ? `rows that are alike and have no "${id.inRows}"`
      : `several rows with the same "${id.inRows}"`
    throw new IncompleteError(
      `${method} answered ${what}, so they cannot be told apart, and some may be missing.`,
      '--row-id NAME says what tells its rows apart, --row-id none that nothing does.',
    )
  }

  #stuck(why: string): IncompleteError {
    return new IncompleteError(
      `${this.#method.method} cannot be read to its end: ${why}.`,
      'Conditions may make several smaller lists of it.',
    )
  }

  /** A row is told from others by its id, or by all of it where it has none. */
  #known(rows: readonly JsonText[]): Known[] {
    const name = this.#method.id?.inRows
    return rows.map((row) => ({ identity: identityOf(row, name), id: idOf(row, name) }))
  }

  #gather(rows: readonly JsonText[], known: readonly Known[]): void {
    const isFirst = this.#sumBefore === undefined
    const name = this.#method.id?.inRows
    rows.forEach((row, index) => {
      const one = known[index]
      if (one === undefined) return
      if (!this.#isFresh(one.identity)) {
        this.#hasBareDoubles ||= isFirst && name !== undefined && row.member(name) === undefined
        return
      }
      this.#gathered.push({ row, id: one.id })
      this.#count++
    })
  }

  #isFresh(identity: string): boolean {
    // Rows without an id may well be alike; what moved meanwhile, a second pass will show.
    if (this.#method.id === undefined) return this.#sumBefore === undefined
    if (this.#seen.has(identity)) return false
    if (this.#seen.size < MOST_REMEMBERED) this.#seen.add(identity)
    else this.#isOverfull = true
    return true
  }
}
