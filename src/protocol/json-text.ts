import { NotedEnds } from './noted-ends.ts'

/** Thrown where text is not the JSON that it should be: cut short, or something else altogether. */
export class JsonTextError extends Error {}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Containers this deep in an answer are remembered: rows of a batch lie at depth 4 or 5, what is below is theirs. */
const INDEXED_DEPTH = 5

const NO_ENDS = new NotedEnds()

/**
 * A JSON value as the text that the portal sent: a stretch of the answer's bytes, cut out but not parsed.
 *
 * Rows travel in this form from the answer to the file, so that the order of fields, the literals of numbers and
 * everything else survive as they were sent, and so that most of an answer is never built up as objects.
 */
export class JsonText {
  readonly bytes: Buffer
  /** First byte of the value, and the byte behind its last. */
  readonly start: number
  readonly end: number
  readonly #ends: NotedEnds

  constructor(bytes: Buffer, start = 0, end = bytes.length, ends = NO_ENDS) {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.#ends = ends
  }

  /**
   * The whole of `bytes` as one value; white space around it is left out.
   *
   * @throws JsonTextError if it is not one balanced JSON value
   */
  static of(bytes: Buffer): JsonText {
    const start = skipSpace(bytes, 0)
    const ends = new NotedEnds()
    const isNested = bytes[start] === OPEN_BRACE || bytes[start] === OPEN_BRACKET
    const end = isNested ? indexNested(bytes, start, ends) : skipValue(bytes, start, ends)
    if (skipSpace(bytes, end) !== bytes.length) throw new JsonTextError('text behind the JSON value')
    return new JsonText(bytes, start, end, ends)
  }

  get isObject(): boolean {
    return this.bytes[this.start] === OPEN_BRACE
  }

  get isArray(): boolean {
    return this.bytes[this.start] === OPEN_BRACKET
  }

  toString(): string {
    return this.bytes.toString('utf8', this.start, this.end)
  }

  /** What a string says; `undefined` for anything else. @throws SyntaxError if its escapes are none */
  get text(): string | undefined {
    return this.bytes[this.start] === QUOTE ? stringAt(this.bytes, this.start, this.end) : undefined
  }

  /** @throws SyntaxError if the text is not JSON after all */
  parse(): unknown {
    return JSON.parse(this.toString())
  }

  /** The members of an object in their order; none for anything else. @throws JsonTextError */
  *members(): Generator<{ name: string; value: JsonText; start: number }> {
    if (!this.isObject) return
    let at = skipSpace(this.bytes, this.start + 1)
    while (this.bytes[at] !== CLOSE_BRACE) {
      const nameEnd = skipString(this.bytes, at)
      const valueStart = skipSpace(this.bytes, expect(this.bytes, skipSpace(this.bytes, nameEnd), COLON))
      const valueEnd = skipValue(this.bytes, valueStart, this.#ends)
      yield {
        name: stringAt(this.bytes, at, nameEnd),
        value: new JsonText(this.bytes, valueStart, valueEnd, this.#ends),
        start: at,
      }
      at = nextItem(this.bytes, valueEnd, CLOSE_BRACE)
    }
  }

  /**
   * Tells of the members of an object in their order: where the quoted name begins and ends, and the value. For those who
   * see millions of names and need not read them all. @throws JsonTextError
   */
  eachMember(tell: (nameStart: number, nameEnd: number, value: JsonText) => void): void {
    if (!this.isObject) return
    const { bytes } = this
    for (let at = skipSpace(bytes, this.start + 1); bytes[at] !== CLOSE_BRACE;) {
      const nameEnd = skipString(bytes, at)
      const start = skipSpace(bytes, expect(bytes, skipSpace(bytes, nameEnd), COLON))
      const end = skipValue(bytes, start, this.#ends)
      tell(at, nameEnd, new JsonText(bytes, start, end, this.#ends))
      at = nextItem(bytes, end, CLOSE_BRACE)
    }
  }

  /** What the quoted string between two positions says. @throws SyntaxError if its escapes are none */
  textAt(start: number, end: number): string {
    return stringAt(this.bytes, start, end)
  }

  /** The value of a member of an object, found without looking at what stands behind it. @throws JsonTextError */
  member(name: string): JsonText | undefined {
    for (const member of this.members()) if (member.name === name) return member.value
    return undefined
  }

  /** The elements of an array in their order; none for anything else. @throws JsonTextError */
  elements(): JsonText[] {
    const elements: JsonText[] = []
    if (!this.isArray) return elements
    let at = skipSpace(this.bytes, this.start + 1)
    while (this.bytes[at] !== CLOSE_BRACKET) {
      const end = skipValue(this.bytes, at, this.#ends)
      elements.push(new JsonText(this.bytes, at, end, this.#ends))
      at = nextItem(this.bytes, end, CLOSE_BRACKET)
    }
    return elements
  }

  /** The same object without one of its members; itself if it has no such member. @throws JsonTextError */
  without(name: string): JsonText {
    let previousEnd: number | undefined
    for (const member of this.members()) {
      if (member.name !== name) {
        previousEnd = member.value.end
        continue
      }
      const next = nextItem(this.bytes, member.value.end, CLOSE_BRACE)
      const isLast = this.bytes[next] === CLOSE_BRACE
      const cutFrom = isLast && previousEnd !== undefined ? previousEnd : member.start
      return new JsonText(
        Buffer.concat([this.bytes.subarray(this.start, cutFrom), this.bytes.subarray(next, this.end)]),
      )
    }
    return this
  }
}

/** The position behind white space. */
function skipSpace(bytes: Buffer, at: number): number {
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at++
  }
  return at
}

function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) throw new JsonTextError(`expected ${String.fromCharCode(byte)} at byte ${at}`)
  return at + 1
}

/** From the end of an item to the start of the next, or to the closing bracket. */
function nextItem(bytes: Buffer, end: number, close: number): number {
  const at = skipSpace(bytes, end)
  if (bytes[at] === close) return at
  const next = skipSpace(bytes, expect(bytes, at, COMMA))
  if (bytes[next] === close) throw new JsonTextError(`nothing behind the comma at byte ${at}`)
  return next
}

/** From an opening quote to behind the closing one. */
function skipString(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) throw new JsonTextError(`expected a string at byte ${at}`)
  const length = bytes.length
  for (let i = at + 1; i < length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) return i + 1
    if (byte === BACKSLASH) i++
  }
  throw new JsonTextError('the text ends inside a string')
}

/** From the first byte of a value to behind its last. */
function skipValue(bytes: Buffer, at: number, ends: NotedEnds): number {
  const first = bytes[at]
  if (first === QUOTE) return skipString(bytes, at)
  if (first === OPEN_BRACE || first === OPEN_BRACKET)
    return ends.endOf(at) ?? indexNested(bytes, at, undefined)
  return skipLiteral(bytes, at)
}

/**
 * Objects and arrays: brackets are matched, strings skipped, and the ends of containers near the root are noted in
 * `ends`. This loop sees every byte of every answer, so it is kept bare.
 */
function indexNested(bytes: Buffer, at: number, ends: NotedEnds | undefined): number {
  const { length } = bytes
  const open: number[] = []
  let depth = 0
  for (let i = at; i < length;) {
    const byte = bytes[i++] as number
    if (byte === QUOTE) {
      for (;;) {
        if (i >= length) throw new JsonTextError('the text ends inside a string')
        const inside = bytes[i++]
        if (inside === QUOTE) break
        if (inside === BACKSLASH) i++
      }
    } else if (byte < OPEN_BRACKET) {
      continue
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth <= INDEXED_DEPTH) ends?.open(depth, i - 1)
      open[depth++] = byte
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
      // In ASCII a closing bracket stands two behind its opening one.
      if (open[depth] !== byte - 2) throw new JsonTextError(`a bracket at byte ${i - 1} closes another kind`)
      if (depth <= INDEXED_DEPTH) ends?.close(depth, i)
      if (depth === 0) return i
    }
  }
  throw new JsonTextError('the text ends inside an object or array')
}

const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** Numbers, `true`, `false`, `null`. */
function skipLiteral(bytes: Buffer, at: number): number {
  let end = at
  while (end < bytes.length && !isDelimiter(bytes[end])) end++
  const literal = bytes.toString('latin1', at, end)
  if (!LITERAL.test(literal)) throw new JsonTextError(`no JSON value at byte ${at}`)
  return end
}

function isDelimiter(byte: number | undefined): boolean {
  return (
    byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COLON || (byte ?? 0) <= 0x20
  )
}

/** A quoted string as text; escapes are rare in names, so they alone pay for the parser. */
function stringAt(bytes: Buffer, start: number, end: number): string {
  const inner = bytes.toString('utf8', start + 1, end - 1)
  return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner
}
