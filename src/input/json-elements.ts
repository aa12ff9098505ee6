import { UsageError } from '../errors.ts'
import { isBlank, isBlankByte, QUOTE, trimmed } from './bytes.ts'
import { type Item, Pieces, type Where } from './item.ts'

const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Names elements by their place. */
export function elementOf(name: string): Where {
  return (place) => `Element ${place} of ${name}`
}

/**
 * The elements of a JSON array, cut out while it arrives: what is held is one element, not the array. They come in groups,
 * as many as arrived at once; `line` is the place of each, from 1. Whether each is JSON is for its reader to find.
 *
 * @param chunks text whose first byte that is not blank opens the array
 * @throws UsageError for an array that is not closed, text behind it, and a comma with nothing beside it
 */
export async function* elementsOf(
  chunks: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Item[], void, undefined> {
  const cutter = new ElementCutter(name)
  for await (const chunk of chunks) {
    const elements: Item[] = []
    let failure: unknown
    try {
      cutter.cut(chunk, elements)
    } catch (error: unknown) {
      // What stands before the mistake is as good as if it had come in a chunk of its own.
      failure = error
    }
    if (elements.length > 0) yield elements
    if (failure !== undefined) throw failure as Error
  }
  cutter.end()
}

class ElementCutter {
  readonly #name: string
  readonly #pieces: Pieces
  #state: 'before' | 'inside' | 'behind' = 'before'
  #place = 1
  /** How many brackets of the current element are open. */
  #depth = 0
  #isInText = false
  #isEscaped = false

  constructor(name: string) {
    this.#name = name
    this.#pieces = new Pieces(elementOf(name))
  }

  cut(chunk: Buffer, elements: Item[]): void {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#state !== 'inside') {
        if (isBlankByte(byte)) continue
        if (this.#state === 'behind') throw this.#refusal(`has text behind its closing bracket`)
        this.#state = 'inside'
        start = at + 1
      } else if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#isInText = false
      } else if (byte === QUOTE) {
        this.#isInText = true
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth++
      } else if (this.#depth > 0) {
        if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth--
      } else if (byte === COMMA || byte === CLOSE_BRACKET) {
        this.#pieces.add(chunk.subarray(start, at), this.#place)
        this.#finish(byte === CLOSE_BRACKET, elements)
        start = at + 1
      }
    }
    if (this.#state === 'inside') this.#pieces.add(chunk.subarray(start), this.#place)
  }

  #finish(isLast: boolean, elements: Item[]): void {
    const bytes = this.#pieces.take()
    if (isLast) this.#state = 'behind'
    if (isBlank(bytes)) {
      if (isLast && this.#place === 1) return
      throw this.#refusal(`has a comma without an element ${this.#place} beside it`)
    }
    elements.push({ line: this.#place, bytes: trimmed(bytes) })
    this.#place++
  }

  end(): void {
    if (this.#state === 'inside') throw this.#refusal(`ends inside element ${this.#place} or behind a comma`)
  }

  #refusal(what: string): UsageError {
    return new UsageError(
      'input-json',
      `The JSON array of ${this.#name} ${what}.`,
      'An array, [{…}, {…}], is the whole of the input; one that is not closed may have been cut short.',
    )
  }
}
