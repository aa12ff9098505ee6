import { readFileSync } from 'node:fs'

const LINE_FEED = 0x0a
const COMMA = 0x2c
const PAGE_ROWS = 50

/** Rows of one page: `count` ids from `first` on, upwards or downwards. */
export interface PreparedPage {
  readonly first: number
  readonly count: number
  readonly isDescending: boolean
}

/** Ids behind `after` up to and with `upTo`. */
export interface Stretch {
  readonly after: number
  readonly upTo: number
  readonly isDescending: boolean
}

/** The id of a row of a page; `undefined` behind its last one. */
export function idInPage({ first, count, isDescending }: PreparedPage, index: number): number | undefined {
  if (index >= count) return undefined
  return isDescending ? first - index : first + index
}

/** Rows with the ids 1, 2, 3 and so on, as bytes that only have to be cut out. */
export class PreparedRows {
  /** All rows, with commas between and behind them. */
  readonly #bytes: Buffer
  /** Where each row begins; one more for where the next one would. */
  readonly #starts: Float64Array

  /** @param file NDJSON, whose nth line has the id n @throws Error if it has not */
  constructor(file: string) {
    this.#bytes = readFileSync(file)
    const starts = [0]
    for (let end = this.#bytes.indexOf(LINE_FEED); end >= 0; end = this.#bytes.indexOf(LINE_FEED, end + 1)) {
      this.#bytes[end] = COMMA
      starts.push(end + 1)
    }
    this.#starts = Float64Array.from(starts)
    for (const id of [1, this.count]) {
      const text = this.#rows(id, id).toString()
      const row = JSON.parse(text) as { readonly ID: string }
      if (Number(row.ID) !== id) throw new Error(`line ${id} of ${file} has the id ${row.ID}`)
    }
  }

  get count(): number {
    return this.#starts.length - 1
  }

  /** The page that the portal would answer for a stretch of ids. */
  page({ after, upTo, isDescending }: Stretch): PreparedPage {
    const least = Math.max(after, 0) + 1
    const most = Math.min(upTo, this.count)
    const count = Math.max(0, Math.min(PAGE_ROWS, most - least + 1))
    return { first: isDescending ? most : least, count, isDescending }
  }

  /** A page as pieces of a JSON array, without its brackets. */
  pieces(page: PreparedPage): Buffer[] {
    const { first, count, isDescending } = page
    if (count === 0) return []
    if (!isDescending) return [this.#rows(first, first + count - 1)]
    return Array.from({ length: count }, (_, index) => {
      const id = first - index
      // With the comma behind it, unless it is the last one.
      return index === count - 1
        ? this.#rows(id, id)
        : this.#bytes.subarray(this.#start(id), this.#start(id + 1))
    })
  }

  /** From one id to another, both included, without the comma behind the last. */
  #rows(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#start(from), this.#start(to + 1) - 1)
  }

  #start(id: number): number {
    return this.#starts[id - 1] ?? this.#bytes.length
  }
}
