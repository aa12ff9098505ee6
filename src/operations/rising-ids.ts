const FIRST_ROOM = 4_096
/** A gap of 15 digits takes eight of these. */
const MOST_BYTES = 8
const DIGIT = 128

/** Rising ids, kept as the gaps between them: one or two bytes for each. */
export class RisingIds {
  #bytes = Buffer.alloc(FIRST_ROOM)
  #used = 0
  #count = 0
  #last = 0

  get count(): number {
    return this.#count
  }

  /** The highest one; 0 if there is none. */
  get last(): number {
    return this.#last
  }

  /** Adds an id that is higher than all before it. */
  add(id: number): void {
    if (this.#used + MOST_BYTES > this.#bytes.length) {
      const larger = Buffer.alloc(2 * this.#bytes.length)
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    let gap = id - this.#last
    for (; gap >= DIGIT; gap = Math.floor(gap / DIGIT)) this.#bytes[this.#used++] = DIGIT + (gap % DIGIT)
    this.#bytes[this.#used++] = gap
    this.#last = id
    this.#count++
  }

  /** In ascending order. */
  *[Symbol.iterator](): Generator<number> {
    let id = 0
    for (let at = 0; at < this.#used;) {
      let gap = 0
      let place = 1
      let byte: number
      do {
        byte = this.#bytes[at++] ?? 0
        gap += (byte % DIGIT) * place
        place *= DIGIT
      } while (byte >= DIGIT)
      id += gap
      yield id
    }
  }
}
