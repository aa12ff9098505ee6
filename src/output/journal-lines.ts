import type { FileHandle } from 'node:fs/promises'
import { OutputError } from '../errors.ts'
import { bytesAt } from './journal-file.ts'

/** Lines are mostly asked for in the order in which they were written, so that more than one is read at a time. */
const WINDOW_BYTES = 1 << 18

/** Reads result lines out of a journal. */
export class JournalLines {
  readonly #handle: FileHandle
  readonly #path: string
  #window = { offset: 0, bytes: Buffer.alloc(0) as Buffer }

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.#path = path
  }

  /** The bytes at `offset`; `end` is as far as the file surely stays as it is. @throws OutputError */
  async at(offset: number, length: number, end: number): Promise<Buffer> {
    let window = this.#window
    if (offset < window.offset || offset + length > window.offset + window.bytes.length) {
      const wanted = Math.min(Math.max(length, WINDOW_BYTES), end - offset)
      window = { offset, bytes: await bytesAt(this.#handle, this.#path, offset, wanted) }
      if (window.bytes.length < length) {
        throw new OutputError(`${this.#path} has become shorter while it was in use.`)
      }
      this.#window = window
    }
    const from = offset - window.offset
    return Buffer.from(window.bytes.subarray(from, from + length))
  }
}
