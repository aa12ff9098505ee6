const FIRST_ROOM = 64 * 1024

/** A body that arrives in chunks, put into one piece; where its size is announced it is not held twice. */
export class WholeBody {
  readonly #most: number
  readonly #tooLarge: () => Error
  #room: Buffer
  #length = 0

  /** @throws what `tooLarge` makes, if more than `most` bytes are announced */
  constructor(announced: number, most: number, tooLarge: () => Error) {
    if (announced > most) throw tooLarge()
    this.#most = most
    this.#tooLarge = tooLarge
    this.#room = Buffer.allocUnsafeSlow(announced > 0 ? announced : FIRST_ROOM)
  }

  /** Takes a copy. @throws what `tooLarge` makes, if it becomes more than `most` bytes */
  add(chunk: Buffer): void {
    const length = this.#length + chunk.length
    if (length > this.#room.length) {
      if (length > this.#most) throw this.#tooLarge()
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#room.length))
      this.#room.copy(larger, 0, 0, this.#length)
      this.#room = larger
    }
    chunk.copy(this.#room, this.#length)
    this.#length = length
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length)
  }
}
