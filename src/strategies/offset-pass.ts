import { createHash } from 'node:crypto'

/** A row of a page: what tells it from others, and its id as a number where it has one. */
export interface Known {
  readonly identity: string
  readonly id: number | undefined
}

/** What one reading of a list by offset, from its first page to its last, has shown of it. */
export class OffsetPass {
  /** Why it is not certain of ascending ids that all were met, in words. */
  doubt: string | undefined
  /** Where the list ended, and how many rows it counted there; `undefined` before, or where it does not count. */
  end:
    | {
        readonly rows: number
        readonly total: number | undefined
        readonly by: 'count' | 'mark' | 'empty-page'
      }
    | undefined
  /** Pages with rows. */
  pages = 0
  rows = 0
  /** On every page each id is greater than the one before it. */
  isAscending = true
  /** A page or the count was seen to change. */
  isDisturbed = false
  readonly #canAppear: boolean
  readonly #hash = createHash('sha256')
  #sum: string | undefined
  #last: readonly Known[] = []
  #highest = -Infinity
  #highestBefore = -Infinity
  #furthest = -1
  #total: number | undefined

  /** @param canAppear rows may come to match meanwhile, so that they appear among others and not behind them */
  constructor(canAppear: boolean) {
    this.#canAppear = canAppear
  }

  /** What all rows of the pass come to, in their order; nothing can be added afterwards. */
  get sum(): string {
    return (this.#sum ??= this.#hash.digest('hex'))
  }

  /** What comes now was asked for together, after all that came until now. */
  beginRequest(): void {
    this.#highestBefore = this.#highest
  }

  /** Takes a page that starts at this row. */
  add(page: readonly Known[], at: number): void {
    const isFurther = at > this.#furthest
    this.#furthest = Math.max(this.#furthest, at)
    if (page.length > 0) this.pages++
    this.rows += page.length
    let previous = -Infinity
    for (const { identity, id = -Infinity } of page) {
      if (id <= previous) this.isAscending = false
      if (isFurther && id <= this.#highestBefore) this.doubt ??= 'rows moved to later pages'
      this.#highest = Math.max(this.#highest, id)
      this.#hash.update(`${identity}\n`)
      previous = id
    }
    this.#last = page
  }

  /** Whether a page has the same rows as the one that came last. */
  isRepeated(page: readonly Known[]): boolean {
    return page.length > 0 && isSame(page, this.#last)
  }

  /** Takes the page that came last once more, with the rows that have moved onto it; says whether it has changed. */
  addAgain(page: readonly Known[]): boolean {
    if (isSame(page, this.#last)) return false
    this.#disturb('rows moved from page to page')
    this.add(page, this.#furthest)
    return true
  }

  /** Whether nothing can lie between the rows met so far and those of a page that was read once more just now. */
  joins([first]: readonly Known[]): boolean {
    return !this.isAscending || (first?.id !== undefined && first.id <= this.#highest)
  }

  /** Takes the number of rows that a page counts. */
  count(total: number | undefined): void {
    if (total === undefined) return
    const was = this.#total ?? total
    if (total !== was) this.#disturb(`the number of rows went from ${was} to ${total}`)
    this.#total = total
  }

  #disturb(how: string): void {
    this.isDisturbed = true
    // One that appears and one that goes leave the count as it was: where they can, nothing at all may have moved.
    if (this.#canAppear) this.doubt ??= how
  }
}

function isSame(one: readonly Known[], other: readonly Known[]): boolean {
  return (
    one.length === other.length && one.every(({ identity }, index) => identity === other[index]?.identity)
  )
}
