import type { JsonText } from '../protocol/json-text.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
/** Of the values of JSON only null begins so. */
const N = 0x6e

export interface CsvPageStyle {
  /** One byte: a character of ASCII. */
  readonly delimiter: string
  readonly lineEnd: string
  /** Whether cells without anything in them are quoted. */
  readonly quotesEmpty: boolean
}

/**
 * Records of a table as in RFC 4180, put together from the bytes of the answer: most cells need neither quotes nor
 * decoding, and are copied as they are.
 */
export class CsvPage {
  readonly #style: CsvPageStyle
  /** 1 for each byte that must stand in quotes. */
  readonly #quoted = new Uint8Array(256)
  #room = Buffer.allocUnsafeSlow(64 * 1024)
  #length = 0

  constructor(style: CsvPageStyle) {
    this.#style = style
    for (const byte of [QUOTE, LINE_FEED, CARRIAGE_RETURN, style.delimiter.charCodeAt(0)])
      this.#quoted[byte] = 1
  }

  /** Adds text as it is. */
  addText(text: string): void {
    const bytes = Buffer.from(text)
    this.#ensure(bytes.length)
    this.#length += bytes.copy(this.#room, this.#length)
  }

  /** Adds a record of these cells; nothing, null and empty text are all empty. */
  addRecord(values: readonly (JsonText | undefined)[]): void {
    for (let place = 0; place < values.length; place++) {
      if (place > 0) this.#addAscii(this.#style.delimiter)
      const from = this.#length
      const value = values[place]
      if (value !== undefined) this.#addValue(value)
      if (this.#length === from && this.#style.quotesEmpty) this.#addAscii('""')
    }
    this.#addAscii(this.#style.lineEnd)
  }

  /** What was added, until something is added again: the page begins anew in the same room. */
  take(): Buffer {
    const page = this.#room.subarray(0, this.#length)
    this.#length = 0
    return page
  }

  #addValue(value: JsonText): void {
    const { bytes, start, end } = value
    const first = bytes[start]
    if (first === N) return
    if (first !== QUOTE) {
      this.#addCell(bytes, start, end)
    } else if (!hasEscapes(bytes, start, end)) {
      this.#addCell(bytes, start + 1, end - 1)
    } else {
      const text = Buffer.from(value.text ?? '')
      this.#addCell(text, 0, text.length)
    }
  }

  #addCell(bytes: Buffer, start: number, end: number): void {
    // With a quote doubled at every byte, and two around them.
    this.#ensure(2 * (end - start) + 2)
    const room = this.#room
    const quoted = this.#quoted
    let to = this.#length
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number
      if (quoted[byte] === 1) {
        this.#addQuoted(bytes, start, end)
        return
      }
      room[to++] = byte
    }
    this.#length = to
  }

  #addQuoted(bytes: Buffer, start: number, end: number): void {
    const room = this.#room
    let to = this.#length
    room[to++] = QUOTE
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number
      if (byte === QUOTE) room[to++] = QUOTE
      room[to++] = byte
    }
    room[to++] = QUOTE
    this.#length = to
  }

  #addAscii(text: string): void {
    this.#ensure(text.length)
    for (let at = 0; at < text.length; at++) this.#room[this.#length++] = text.charCodeAt(at)
  }

  #ensure(bytes: number): void {
    if (this.#length + bytes <= this.#room.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + bytes))
    this.#room.copy(larger, 0, 0, this.#length)
    this.#room = larger
  }
}

function hasEscapes(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true
  return false
}
