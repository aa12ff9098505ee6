import { UsageError } from '../errors.ts'

/** A stretch of the input that makes one row or one id: a line, an element of an array, a record of a table. */
export interface Item {
  /** As in `InputRow`. */
  readonly line: number
  readonly bytes: Buffer
}

/** How messages name an item: `Line 7 of deals.ndjson`. */
export type Where = (line: number) => string

/** What is longer is hardly a row: an array in one line, a quote that is never closed. */
export const MAX_ITEM_BYTES = 64 * 1024 * 1024

/** Names items by their line. */
export function lineOf(name: string): Where {
  return (line) => `Line ${line} of ${name}`
}

/** Puts together an item that comes in pieces, however small, and never holds more than one item may have. */
export class Pieces {
  readonly #where: Where
  #whole: Buffer = Buffer.alloc(0)
  #length = 0
  /** Whether `#whole` is ours to write into; an item in one piece is not copied. */
  #isOwn = false

  constructor(where: Where) {
    this.#where = where
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** @throws UsageError if the item gets too long; `line` is the one that it began on */
  add(piece: Buffer, line: number): void {
    const length = this.#length + piece.length
    if (length > MAX_ITEM_BYTES) {
      throw new UsageError(
        'input-line-length',
        `${this.#where(line)} is longer than ${MAX_ITEM_BYTES / 1024 / 1024} MiB.`,
        'Rows and ids stand on lines of their own, or are the elements of one JSON array; quotes and brackets are closed.',
      )
    }
    if (this.#length === 0) this.#whole = piece
    else this.#append(piece, length)
    this.#length = length
  }

  #append(piece: Buffer, length: number): void {
    if (!this.#isOwn || length > this.#whole.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#length))
      this.#whole.copy(larger, 0, 0, this.#length)
      this.#whole = larger
      this.#isOwn = true
    }
    piece.copy(this.#whole, this.#length)
  }

  /** The item as a whole; the next piece begins another one. */
  take(): Buffer {
    const whole = this.#whole.subarray(0, this.#length)
    this.#length = 0
    this.#isOwn = false
    return whole
  }
}
