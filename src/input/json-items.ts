import { isBlank, isBlankByte, withoutLineEnd } from './bytes.ts'
import { type Item, lineOf, type Where } from './item.ts'
import { elementOf, elementsOf } from './json-elements.ts'
import { linesOf } from './lines.ts'

/** JSON input that has begun: an array, or lines. */
export interface JsonItems {
  readonly isArray: boolean
  /** The first byte that is not blank; `undefined` if there is none. */
  readonly first: number | undefined
  /** Elements, or lines that are not blank, as many as arrived at once. */
  readonly groups: AsyncIterable<readonly Item[]>
  readonly where: Where
}

const OPEN_BRACKET = 0x5b

/** Reads as far as it takes to know which of the two it is: an array begins with its bracket, anything else is lines. */
export async function jsonItems(
  chunks: AsyncGenerator<Buffer, void, undefined>,
  name: string,
): Promise<JsonItems> {
  const seen: Buffer[] = []
  let first: number | undefined
  while (first === undefined) {
    const next = await chunks.next()
    if (next.done === true) break
    seen.push(next.value)
    first = next.value.find((byte) => !isBlankByte(byte))
  }
  const whole = joined(seen, chunks)
  return first === OPEN_BRACKET
    ? { isArray: true, first, groups: elementsOf(whole, name), where: elementOf(name) }
    : { isArray: false, first, groups: filledLines(whole, name), where: lineOf(name) }
}

async function* joined(seen: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* seen
  yield* rest
}

async function* filledLines(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Item[]> {
  for await (const lines of linesOf(chunks, name)) {
    yield lines
      .filter(({ bytes }) => !isBlank(bytes))
      .map(({ line, bytes }) => ({ line, bytes: withoutLineEnd(bytes) }))
  }
}
