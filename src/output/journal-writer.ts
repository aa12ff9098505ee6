import type { FileHandle } from 'node:fs/promises'
import { writeFailure } from './write-failure.ts'

interface Waiting {
  readonly bytes: Buffer
  readonly isDurable: boolean
  /** Told where the bytes stand. */
  readonly written: (offset: number) => void
  readonly failed: (reason: unknown) => void
}

/**
 * Adds to the end of a file, in the order of the calls. What comes while it writes is written next in one piece, and
 * made durable in one go. What could not be written is not in the file: it is cut off again.
 */
export class JournalWriter {
  readonly #handle: FileHandle
  readonly #path: string
  #end: number
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  /** Why nothing can be added any more: what the file holds is not known. */
  #broken: { readonly reason: unknown } | undefined

  /** `handle` is open for appending; `end` is the length of the file. */
  constructor(handle: FileHandle, path: string, end: number) {
    this.#handle = handle
    this.#path = path
    this.#end = end
  }

  /** As far as the file is known to hold what was written. */
  get end(): number {
    return this.#end
  }

  /**
   * Resolves when the bytes are written; with `isDurable`, when they are on disk. `written` is called just before, in
   * the order of the calls.
   *
   * @throws OutputError, and then the file does not hold them
   */
  append(bytes: Buffer, isDurable: boolean, written: (offset: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        bytes,
        isDurable,
        written: (offset) => {
          written(offset)
          resolve()
        },
        failed: reject,
      })
      this.#running ??= this.#writeAll()
    })
  }

  /** Resolves when all that was added is on disk. @throws OutputError */
  async finish(): Promise<void> {
    await this.#running
    // Whoever added the lost bytes was told.
    if (this.#broken !== undefined) return
    try {
      await this.#handle.datasync()
    } catch (error: unknown) {
      throw writeFailure(error, this.#path)
    }
  }

  async #writeAll(): Promise<void> {
    // Lets those who call one after the other without waiting share a write.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(batch)
      } catch (error: unknown) {
        const reason = writeFailure(error, this.#path)
        for (const { failed } of batch) failed(reason)
      }
    }
    this.#running = undefined
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken.reason
    const bytes = Buffer.concat(batch.map((one) => one.bytes))
    try {
      await this.#handle.appendFile(bytes)
    } catch (error: unknown) {
      await this.#takeBack()
      throw error
    }
    if (batch.some(({ isDurable }) => isDurable)) await this.#sync()
    let offset = this.#end
    this.#end += bytes.length
    for (const one of batch) {
      one.written(offset)
      offset += one.bytes.length
    }
  }

  async #sync(): Promise<void> {
    try {
      await this.#handle.datasync()
    } catch (error: unknown) {
      // A later success would say nothing about these bytes, nor about those before.
      this.#broken = { reason: error }
      await this.#takeBack()
      throw error
    }
  }

  /** Behind half a line nothing could be read again. */
  async #takeBack(): Promise<void> {
    try {
      await this.#handle.truncate(this.#end)
    } catch (error: unknown) {
      this.#broken ??= { reason: error }
    }
  }
}
