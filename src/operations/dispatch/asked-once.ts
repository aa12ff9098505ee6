import type { Fate } from './fate.ts'

/** So far back an id is known again. */
const MEMORY_ITEMS = 10_000

/** What the answers kept for repeated ids may hold together; beyond that the oldest are asked for again. */
const MEMORY_BYTES = 64 * 1024 * 1024

/**
 * Ids that come again within 10,000 inputs are asked for once. The reading side asks `isRepeat`, the side that hands fates
 * on, in the order of the input, calls `keep` and `recall`.
 */
export class AskedOnce {
  /** Ids by the input in which they were read last, the oldest first. */
  readonly #read = new Map<string, number>()
  readonly #kept = new Map<
    string,
    { readonly fate: Fate; readonly ordinal: number; readonly bytes: number }
  >()
  /** Inputs that were told that they are repetitions and have not been given their fate yet. */
  readonly #waiting = new Map<string, number>()
  #bytes = 0

  /** Whether an id has been read within the last 10,000 inputs, so that its fate is there or will be. */
  isRepeat(id: string, ordinal: number): boolean {
    const isKnown = this.#read.delete(id)
    this.#read.set(id, ordinal)
    if (isKnown) this.#waiting.set(id, (this.#waiting.get(id) ?? 0) + 1)
    this.#forget(ordinal)
    return isKnown
  }

  /** The fate of the first input with this id. */
  keep(id: string, ordinal: number, fate: Fate): void {
    const bytes = fate.outcome === 'done' ? fate.result.end - fate.result.start : 100
    this.#kept.set(id, { fate, ordinal, bytes })
    this.#bytes += bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= MEMORY_BYTES) break
      if (!this.#waiting.has(oldest)) {
        this.#drop(oldest)
        this.#read.delete(oldest)
      }
    }
  }

  /** The fate for an input that is a repetition. */
  recall(id: string): Fate | undefined {
    const waiting = (this.#waiting.get(id) ?? 0) - 1
    if (waiting > 0) this.#waiting.set(id, waiting)
    else this.#waiting.delete(id)
    return this.#kept.get(id)?.fate
  }

  #forget(ordinal: number): void {
    for (const [oldest, at] of this.#read) {
      if (at > ordinal - MEMORY_ITEMS) return
      this.#read.delete(oldest)
      if (!this.#waiting.has(oldest)) this.#drop(oldest)
    }
  }

  #drop(id: string): void {
    this.#bytes -= this.#kept.get(id)?.bytes ?? 0
    this.#kept.delete(id)
  }
}
