import { IncompleteError } from '../errors.ts'
import { type JsonText } from '../protocol/json-text.ts'
import { type ListMethod } from '../protocol/methods.ts'
import { type Reply } from '../protocol/types.ts'
import { findRows, rowsOf } from './rows.ts'
import { type Page } from './strategy.ts'

/** Names that identify rows where the table does not say. */
const USUAL_IDS = ['ID', 'id']

/** Reads the pages of a walk by offset, and notices what such a walk is prone to: repeated, doubled and moved rows. */
export class OffsetReader {
  readonly #method: ListMethod
  readonly #isKnown: boolean
  #rowsAt: string | undefined
  #idName: string | undefined
  readonly #seen = new Set<string>()
  #previousFirst: string | undefined
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
  read({ result, total }: Reply): Page {
    const rows = this.#rows(result)
    this.#noticeRepetition(rows)
    if (total !== undefined) {
      if (this.#total !== undefined && total !== this.#total) {
        this.#change ??= `the number of rows went from ${this.#total} to ${total}`
      }
      this.#total = total
    }
    const fresh = rows.filter((row) => this.#isFresh(row))
    if (fresh.length < rows.length) this.#change ??= 'rows came a second time'
    this.#count += fresh.length
    return { rows: fresh, cursor: this.#count }
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

  #rows(result: JsonText): JsonText[] {
    this.#rowsAt ??= findRows(result)
    if (this.#rowsAt === undefined) {
      throw new IncompleteError(
        `${this.#method.method} is not in the table of known methods, and its answer has no single list of rows.`,
        'Nothing can be walked here without knowing where the rows are.',
      )
    }
    return rowsOf(result, { ...this.#method, rowsAt: this.#rowsAt })
  }

  #noticeRepetition(rows: readonly JsonText[]): void {
    const first = rows[0]?.toString()
    if (first !== undefined && first === this.#previousFirst) {
      throw new IncompleteError(
        `${this.#method.method} answers the same page again, so it does not know "start" and the rest cannot be reached.`,
        'The method pages in another way, which is not known yet.',
      )
    }
    this.#previousFirst = first
  }

  /** Rows without an id cannot be told apart and count as fresh. */
  #isFresh(row: JsonText): boolean {
    this.#idName ??= USUAL_IDS.find((name) => row.member(name) !== undefined)
    const id = this.#idName === undefined ? undefined : row.member(this.#idName)?.toString()
    if (id === undefined) return true
    if (this.#seen.has(id)) return false
    this.#seen.add(id)
    return true
  }
}
