import { JsonText } from '../protocol/json-text.ts'
import type { Reply } from '../protocol/types.ts'
import { type Place, valueAt } from '../protocol/places.ts'
import { findRows } from '../strategies/rows.ts'

/** Rows of one parent that are held at the same time; whoever has more needs a list of his own. */
const MOST_ROWS = 100_000

/** How often a list is read anew because it changed meanwhile. */
const MOST_RESTARTS = 2

export type ChildStep =
  | { readonly kind: 'complete'; readonly result: JsonText }
  /** The page at `start` is to be asked for; `isAlone`: not in a batch. */
  | { readonly kind: 'page'; readonly start: number; readonly isAlone: boolean }
  | { readonly kind: 'incomplete'; readonly description: string }

/**
 * The rows of one parent, put together from pages: complete when a page names no next one and as many rows were read as
 * the portal counts. A page that has fewer rows than it should, inside a batch, is asked for once more in a call of its own; a
 * list whose count changes between pages, or of which a row comes twice, is read anew.
 */
export class ChildRows {
  readonly #method: string
  #first: JsonText | undefined
  #rowsAt: Place = []
  #rows: JsonText[] = []
  #total: number | undefined
  #start = 0
  #restarts = 0
  readonly #seen = new Set<string>()
  #page: readonly string[] = []

  constructor(method: string) {
    this.#method = method
  }

  take(reply: Reply, isAlone: boolean): ChildStep {
    const { result, next, total } = reply
    const rowsAt = findRows(result)?.at
    if (rowsAt === undefined) return this.#withoutList(reply)
    if (this.#first !== undefined && total !== this.#total) return this.#restart()
    this.#first ??= result
    this.#rowsAt = rowsAt
    this.#total = total
    const page = valueAt(result, rowsAt)?.elements() ?? []
    if (next !== undefined && next <= this.#start) {
      const description = `${this.#method} names the page at ${next} as the one behind that at ${this.#start}.`
      return { kind: 'incomplete', description }
    }
    if (this.#hasKnownOf(page)) return this.#restart()
    if (next !== undefined) return this.#goOn(page, next)
    if (total !== undefined && this.#rows.length + page.length < total) {
      if (isAlone) return this.#restart()
      // The rows of the answer to come would be put into this one.
      if (this.#start === 0) this.#first = undefined
      return { kind: 'page', start: this.#start, isAlone: true }
    }
    this.#rows.push(...page)
    return { kind: 'complete', result: this.#result(this.#first, page) }
  }

  /** Something else than a list is taken as it is, unless it says that it is a part of one. */
  #withoutList({ result, next, total }: Reply): ChildStep {
    if (next === undefined && this.#first === undefined) return { kind: 'complete', result }
    const description = `${this.#method} answers pages (next ${next ?? 'none'}, total ${total ?? 'none'}), but has no single list of rows in them.`
    return { kind: 'incomplete', description }
  }

  /** Whether a row of this page has come before: then others have moved, and one may have been missed. */
  #hasKnownOf(page: readonly JsonText[]): boolean {
    const identities = page.map(identityOf)
    if (identities.some((identity) => this.#seen.has(identity))) return true
    // Remembered once the page is taken; it may be asked for again.
    this.#page = identities
    return false
  }

  #goOn(page: readonly JsonText[], next: number): ChildStep {
    this.#rows.push(...page)
    for (const identity of this.#page) this.#seen.add(identity)
    if (this.#rows.length > MOST_ROWS) {
      const description = `There are more than ${MOST_ROWS.toLocaleString('en-US')} rows for this id; get them by get-all with a filter.`
      return { kind: 'incomplete', description }
    }
    this.#start = next
    return { kind: 'page', start: next, isAlone: false }
  }

  #restart(): ChildStep {
    if (++this.#restarts > MOST_RESTARTS) {
      const description = `The portal counts ${this.#total ?? 'other'} rows and answers ${this.#rows.length}; they change while they are read.`
      return { kind: 'incomplete', description }
    }
    this.#first = undefined
    this.#rows = []
    this.#seen.clear()
    this.#start = 0
    return { kind: 'page', start: 0, isAlone: true }
  }

  /** The first answer with the rows of all pages in it. */
  #result(first: JsonText, lastPage: readonly JsonText[]): JsonText {
    if (this.#rows.length === lastPage.length) return first
    const list = valueAt(first, this.#rowsAt) ?? first
    const rows = this.#rows.flatMap(({ bytes, start, end }, index) => [
      ...(index === 0 ? [] : [COMMA]),
      bytes.subarray(start, end),
    ])
    return JsonText.of(
      Buffer.concat([
        first.bytes.subarray(first.start, list.start),
        OPEN,
        ...rows,
        CLOSE,
        first.bytes.subarray(list.end, first.end),
      ]),
    )
  }
}

/** What tells a row from others: its id, or all of it where it has none. */
function identityOf(row: JsonText): string {
  const id = row.member('ID') ?? row.member('id')
  return (id ?? row).toString()
}

const [OPEN, COMMA, CLOSE] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer]
