import { UsageError } from '../errors.ts'
import { JsonText } from '../protocol/json-text.ts'
import { CARRIAGE_RETURN, LINE_FEED, QUOTE } from './bytes.ts'

const BACKSLASH = 0x5c
const BLANK = 0x20
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** PHP reads no JSON that is nested deeper, and whoever walks through it here would run out of stack. */
const DEEPEST = 500

/**
 * A value of the input, all of it JSON, with no name twice in one object: readers of JSON differ in which of two they take.
 *
 * @param where for messages: `Line 7 of deals.ndjson`
 * @throws UsageError
 */
export function jsonValue(bytes: Buffer, where: string): JsonText {
  try {
    JSON.parse(bytes.toString())
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      'input-json',
      // Its own lines and columns would contradict ours.
      `${where} is not JSON: ${reason.replace(/ \(line \d+ column \d+\)$/, '')}.`,
      'Each line holds one whole value, such as {"TITLE":"New"}, or all of the input is one array: [{…}, {…}].',
    )
  }
  refuseAmbiguous(bytes, where)
  return JsonText.of(bytes)
}

/** What is said of a value that should have been something else. */
export function kindOf(value: JsonText): string {
  if (value.isObject) return 'an object'
  if (value.isArray) return 'a list'
  if (value.text !== undefined) return 'a text'
  const literal = value.toString()
  return /^-?\d/.test(literal) ? 'a number' : literal
}

/** The same JSON in one line: there are no line breaks inside of texts. */
export function inOneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)) return bytes
  const line = Buffer.from(bytes)
  for (const [at, byte] of line.entries()) {
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) line[at] = BLANK
  }
  return line
}

/** Goes once through what is known to be JSON, however deep it is nested. */
function refuseAmbiguous(bytes: Buffer, where: string): void {
  /** The names of each object that is open; `undefined` for a list. */
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      const end = behindText(bytes, at)
      if (isName(bytes, end)) addName(open.at(-1), bytes.subarray(at, end), where)
      at = end - 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      open.push(byte === OPEN_BRACE ? new Set() : undefined)
      if (open.length > DEEPEST) throw tooDeep(where)
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      open.pop()
    }
  }
}

function behindText(bytes: Buffer, start: number): number {
  let at = start + 1
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at + 1
}

/** Only names have a colon behind them. */
function isName(bytes: Buffer, end: number): boolean {
  let at = end
  while ((bytes[at] ?? COLON) <= BLANK) at++
  return bytes[at] === COLON
}

function addName(names: Set<string> | undefined, quoted: Buffer, where: string): void {
  const name = JSON.parse(quoted.toString()) as string
  if (names?.has(name) === true) {
    throw new UsageError(
      'input-json',
      `${where} has ${JSON.stringify(name)} twice in one object.`,
      'Keep one of them.',
    )
  }
  names?.add(name)
}

function tooDeep(where: string): UsageError {
  return new UsageError('input-json', `${where} is nested deeper than ${DEEPEST} levels.`, 'Send less of it.')
}
