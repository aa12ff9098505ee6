import { Literal, type Value, list } from './values.ts'

/**
 * Reads JSON the way PHP does: maps keep their order, also with integer-like keys, which `JSON.parse` would sort.
 * Answers undefined for text that is no JSON.
 */
export function readJson(text: string): Value | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  return new Reader(text).value()
}

/** Knows that the text is valid, so it only has to tell the pieces apart. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Value {
    const char = this.#next()
    if (char === '{') return this.#map()
    if (char === '[') return this.#list()
    if (char === '"') return this.#string()
    return this.#scalar()
  }

  /** The next character that is no white space; not consumed. */
  #next(): string {
    while (' \t\r\n'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at++
    return this.#text.charAt(this.#at)
  }

  #map(): Value {
    const result = new Map<string, Value>()
    this.#at++
    while (this.#next() !== '}') {
      if (this.#next() === ',') this.#at++
      this.#next()
      const key = this.#string()
      this.#next()
      this.#at++ // the colon
      result.set(key, this.value())
    }
    this.#at++
    return result
  }

  #list(): Value {
    const result: Value[] = []
    this.#at++
    while (this.#next() !== ']') {
      if (this.#next() === ',') this.#at++
      result.push(this.value())
    }
    this.#at++
    return list(result)
  }

  #string(): string {
    const from = this.#at++
    while (this.#text.charAt(this.#at) !== '"') this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1
    this.#at++
    return JSON.parse(this.#text.slice(from, this.#at)) as string
  }

  #scalar(): Value {
    const from = this.#at
    while (this.#at < this.#text.length && !',]} \t\r\n'.includes(this.#text.charAt(this.#at))) this.#at++
    const text = this.#text.slice(from, this.#at)
    const value = JSON.parse(text) as number | boolean | null
    return isLongInteger(text, value) ? new Literal(text) : value
  }
}

/** An integer that PHP holds exactly in its 64 bits, but a double does not. */
function isLongInteger(text: string, value: number | boolean | null): boolean {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?\d+$/.test(text)) return false
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}
