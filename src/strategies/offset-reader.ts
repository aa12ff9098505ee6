import { IncompleteError, NotUnderstoodError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod } from '../protocol/methods.ts'
import type { Reply } from '../protocol/types.ts'
import { findRows, rowsOf } from './rows.ts'
import type { Page } from './strategy.ts'

/** Names that identify rows where the table does not say. */
const USUAL_IDS = ['ID', 'id']

/** Rows whose identities are remembered, to notice those that come twice; some 100 MB. */
const MOST_REMEMBERED = 1_000_000

/** Reads the pages of a walk by offset, and notices what such a walk is prone to: repeated, doubled and moved rows. */
export class OffsetReader {
  readonly #method: ListMethod
  readonly #isKnown: boolean
  #rowsAt: string | undefined
  #idName: string | undefined
  readonly #seen = new Set<string>()
  #lastPage: readonly string[] = []
  #total: number | undefined
  #count = 0
  #change: string | undefined

  constructor(method: ListMethod, isKnown: boolean) {
    this.#method = method
    this.#isKnown = isKnown
    this.#rowsAt = isKnown ? method.rowsAt : undefined
    this.#idName = isKnown ? method.idInRows : undefined
  }

  /** Rows that the portal counted on the last page. */
  get total(): number | undefined {
    return this.#total
  }

  /** Rows delivered so far. */
  get count(): number {
    return this.#count
  }

  /**
   * Whether an answer from inside a batch ends the list too early to be believed.
   */
  isDoubtful({ result, next }: Reply): boolean {
    return next === undefined && this.#count + this.#rows(result).length < (this.#total ?? Infinity)
  }

  /** The rows of a page that were not there before. @throws IncompleteError if it is the page before once more */
  read({ result, total, next }: Reply): Page {
    const isPaged = total !== undefined || next !== undefined
    const rows = this.#rows(result, isPaged)
    const identities = rows.map((row) => this.#identityOf(row))
    this.#noticeRepetition(identities)
    if (total !== undefined) {
      if (this.#total !== undefined && total !== this.#total) {
        this.#change ??= `the number of rows went from ${this.#total} to ${total}`
      }
      this.#total = total
    }
    const fresh = rows.filter((_, index) => this.#isFresh(identities[index] ?? ''))
    if (fresh.length < rows.length) this.#change ??= 'rows came a second time'
    this.#count += fresh.length
    return { rows: fresh, cursor: this.#count, end: this.#total }
  }

  /** The last page once more, asked for after it was read: other rows on it show that rows have moved. */
  compareWithLast({ result }: Reply): void {
    const again = this.#rows(result).map((row) => this.#identityOf(row))
    const isSame =
      again.length === this.#lastPage.length && again.every((one, index) => one === this.#lastPage[index])
    if (!isSame) this.#change ??= 'rows moved from page to page'
  }

  /** @throws IncompleteError unless the rows read are all that the portal counts, and nothing moved meanwhile */
  proveEnd(): void {
    const { method } = this.#method
    if (this.#change !== undefined) {
      throw new IncompleteError(
        `${method} changed while it was read page by page (${this.#change}), so rows may be missing.`,
        'Run again when nobody is working in the list.',
      )
    }
    if (this.#total === undefined) {
      throw new IncompleteError(
        `${method} says neither how many rows there are nor where the next page starts, so it cannot be shown that these ${this.#count} rows are all.`,
        this.#isKnown
          ? undefined
          : 'The method is not in the table of known methods. --accept-partial takes the rows as they are.',
      )
    }
    if (this.#count < this.#total) {
      throw new IncompleteError(
        `${method} ended after ${this.#count} of ${this.#total} rows.`,
        'Run again; if it stays so, the count of this method is not to be trusted.',
      )
    }
  }

  #rows(result: JsonText, isPaged = true): JsonText[] {
    const found = this.#rowsAt ?? findRows(result)
    // An object with one list in it may be a single thing with its phone numbers, unless it says that it is paged.
    if (found === '' || isPaged) this.#rowsAt = found
    if (this.#rowsAt === undefined) {
      throw new NotUnderstoodError(
        `${this.#method.method} is not in the table of known methods, and its answer has no single list of rows.`,
        'Nothing can be walked here without knowing where the rows are.',
      )
    }
    return rowsOf(result, { ...this.#method, rowsAt: this.#rowsAt })
  }

  #noticeRepetition(page: readonly string[]): void {
    if (page.length > 0 && page[0] === this.#lastPage[0]) {
      throw new IncompleteError(
        `${this.#method.method} answers the same page again, so it does not know "start" and the rest cannot be reached.`,
        'The method pages in another way, which is not known yet.',
      )
    }
    this.#lastPage = page
  }

  /** What tells a row from others: its id, or all of it where it has none. */
  #identityOf(row: JsonText): string {
    this.#idName ??= USUAL_IDS.find((name) => row.member(name) !== undefined)
    return (this.#idName === undefined ? undefined : row.member(this.#idName)?.toString()) ?? row.toString()
  }

  #isFresh(identity: string): boolean {
    if (this.#seen.has(identity)) return false
    if (this.#seen.size < MOST_REMEMBERED) this.#seen.add(identity)
    else this.#change ??= 'there are more rows than can be told apart'
    return true
  }
}
