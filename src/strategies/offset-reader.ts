import { IncompleteError, NotUnderstoodError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod, RowsPlace } from '../protocol/methods/list-method.ts'
import type { Reply } from '../protocol/types.ts'
import { type Known, OffsetPass } from './offset-pass.ts'
import { findRows, idOf, rowsOf } from './rows.ts'
import type { Page } from './strategy.ts'

/** Names that identify rows where the table does not say. */
const USUAL_IDS = ['ID', 'id']

/** Rows whose identities are remembered, to notice those that come twice; some 100 MB. */
const MOST_REMEMBERED = 1_000_000

/** Reads the pages of a walk by offset, hands on each row once, and judges whether all were met. */
export class OffsetReader {
  readonly #method: ListMethod
  readonly #canAppear: boolean
  #rowsPlace: RowsPlace | undefined
  #idName: string | undefined
  readonly #seen = new Set<string>()
  #total: number | undefined
  #count = 0
  #pass: OffsetPass
  #sumBefore: string | undefined
  #isOverfull = false
  /** Rows to be handed on. */
  #gathered: { readonly row: JsonText; readonly id: number | undefined }[] = []

  /** @param canAppear see `OffsetPass` */
  constructor(method: ListMethod, canAppear: boolean) {
    this.#method = method
    this.#canAppear = canAppear
    this.#rowsPlace = method.isUnknown === true ? undefined : method.rows
    this.#idName = method.id?.inRows
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

  /** The list is read from its first page on. */
  beginPass(): void {
    if (this.#pass.pages === 0) return
    this.#sumBefore = this.#pass.sum
    this.#pass = new OffsetPass(this.#canAppear)
  }

  /** The pages that come now were asked for together. */
  beginRequest(): void {
    this.#pass.beginRequest()
  }

  /** Whether an answer from inside a batch ends the list in a way that has to be confirmed. */
  isDoubtful({ result, next, total }: Reply, at: number): boolean {
    if (next !== undefined) return false
    const rows = this.#rows(result).length
    return rows === 0 || at + rows < (total ?? Infinity)
  }

  /** Whether a page that was asked for once more, and starts at this row, still has a row that it had before. */
  joins({ result }: Reply, at: number): boolean {
    return at === 0 || this.#pass.joins(this.#known(this.#rows(result)))
  }

  /** The last page once more: rows that moved onto it. */
  readAgain({ result, total }: Reply): void {
    const rows = this.#rows(result)
    const known = this.#known(rows)
    this.#pass.count(total)
    this.#pass.addAgain(known)
    this.#gather(rows, known)
  }

  /**
   * A page.
   *
   * @param again the page before it, read after it @throws IncompleteError if that is the same one
   */
  read({ result, total, next }: Reply, at: number, again: Reply | undefined): void {
    const isPaged = total !== undefined || next !== undefined
    const rows = this.#rows(result, isPaged)
    const known = this.#known(rows)
    if (again !== undefined && again.total === total) this.#refuseRepetition(known, again)
    this.#pass.count(total)
    this.#pass.add(known, at)
    if (next === undefined) this.#pass.end = { rows: at + rows.length, total }
    if (total !== undefined) this.#total = total
    this.#gather(rows, known)
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
    if (end?.total === undefined) {
      throw new IncompleteError(
        `${method} says neither how many rows there are nor where the next page starts, so it cannot be shown that these ${this.#count} rows are all.`,
        this.#method.isUnknown === true
          ? 'The method is not in the table of known methods. --accept-partial takes the rows as they are.'
          : undefined,
      )
    }
    if (end.rows < end.total) {
      throw new IncompleteError(
        `${method} ended after ${end.rows} of ${end.total} rows.`,
        'Run again; if it stays so, the count of this method is not to be trusted.',
      )
    }
    if (this.#isOverfull) throw this.#moved('there are more rows than can be told apart')
    const hasAll = this.#count >= end.total
    if (hasAll && (pages === 1 || (isAscending && doubt === undefined))) return true
    const isStill = !isDisturbed && rows === end.total
    if (hasAll && isStill && this.#sumBefore === this.#pass.sum) return true
    const reason =
      doubt ?? (isStill ? 'it was not the same when it was read again' : 'rows moved from page to page')
    // Where rows have no id, one that was changed would pass for another one.
    const hasNoIds = this.#idName === undefined && this.#sumBefore !== undefined
    if (!mayGoOn || hasNoIds) throw this.#moved(reason)
    return false
  }

  #moved(reason: string): IncompleteError {
    return new IncompleteError(
      `${this.#method.method} changed while it was read page by page (${reason}), so rows may be missing.`,
      'Run again when nobody is working in the list.',
    )
  }

  #rows(result: JsonText, isPaged = true): JsonText[] {
    const found = this.#rowsPlace ?? findRows(result)
    // An object with one list in it may be a single thing with its phone numbers, unless it says that it is paged.
    if (found?.at.length === 0 || isPaged) this.#rowsPlace = found
    if (this.#rowsPlace === undefined) {
      throw new NotUnderstoodError(
        `${this.#method.method} is not in the table of known methods, and its answer has no single list of rows.`,
        'Nothing can be walked here without knowing where the rows are.',
      )
    }
    return rowsOf(result, { ...this.#method, rows: this.#rowsPlace })
  }

  #refuseRepetition([first]: readonly Known[], again: Reply): void {
    const [before] = this.#known(this.#rows(again.result))
    if (first === undefined || first.identity !== before?.identity) return
    throw new IncompleteError(
      `${this.#method.method} answers the same page again, so it does not know "start" and the rest cannot be reached.`,
      'The method pages in another way, which is not known yet.',
    )
  }

  /** A row is told from others by its id, or by all of it where it has none. */
  #known(rows: readonly JsonText[]): Known[] {
    return rows.map((row) => {
      const name = (this.#idName ??= this.#usualId(row))
      const id = name === undefined ? undefined : row.member(name)
      return {
        identity: (id ?? row).toString(),
        id: name === undefined || id === undefined ? undefined : idOf(row, name),
      }
    })
  }

  /** Where the table says that nothing tells rows apart, no name does. */
  #usualId(row: JsonText): string | undefined {
    if (this.#method.isUnknown !== true) return undefined
    return USUAL_IDS.find((one) => row.member(one) !== undefined)
  }

  #gather(rows: readonly JsonText[], known: readonly Known[]): void {
    rows.forEach((row, index) => {
      const one = known[index]
      if (one === undefined || !this.#isFresh(one.identity)) return
      this.#gathered.push({ row, id: one.id })
      this.#count++
    })
  }

  #isFresh(identity: string): boolean {
    if (this.#seen.has(identity)) return false
    if (this.#seen.size < MOST_REMEMBERED) this.#seen.add(identity)
    else this.#isOverfull = true
    return true
  }
}
