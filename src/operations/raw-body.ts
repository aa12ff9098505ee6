import { isUtf8 } from 'node:buffer'
import { UsageError } from '../errors.ts'
import { JsonText } from '../protocol/json-text.ts'
import { refuseReserved } from './reserved-names.ts'

/** PHP gives up on JSON that is nested deeper. https://www.php.net/manual/en/function.json-decode.php */
const DEEPEST = 512

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * A body that goes out byte for byte: an object or an array of JSON that the portal reads as it is meant. Of a body that it
 * cannot read it takes no parameters at all, and says nothing.
 *
 * @param name what it comes from, for messages
 * @throws UsageError
 */
export function checkedBody(bytes: Buffer, name: string): JsonText {
  if (!isUtf8(bytes)) throw unreadable(`${name} is not UTF-8`, 'Convert it first: iconv -t utf-8.')
  if (bytes.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)) {
    throw unreadable(`${name} begins with a byte order mark`, 'Save it without one.')
  }
  try {
    JSON.parse(bytes.toString())
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      'json',
      `${name} is not JSON: ${reason}.`,
      'The portal would read no parameters from it. In a shell, put single quotes around JSON.',
    )
  }
  const body = JsonText.of(bytes)
  if (!body.isObject && !body.isArray) {
    throw unreadable(
      `${name} is neither an object nor an array`,
      'Write {"ID": 5}, or [5] for parameters by position.',
    )
  }
  refuseWhatPhpCannotRead(bytes, name)
  for (const { name: parameter } of body.members()) refuseReserved(parameter)
  return body
}

/** Goes once through what is known to be JSON, however deep it is nested. */
function refuseWhatPhpCannotRead(bytes: Buffer, name: string): void {
  let depth = 0
  let isInText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isInText) {
      if (byte === QUOTE) isInText = false
      else if (byte === BACKSLASH) at += escapeLength(bytes, at, name) - 1
    } else if (byte === QUOTE) {
      isInText = true
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > DEEPEST) {
        throw unreadable(`${name} is nested deeper than ${DEEPEST} levels`, 'Send less of it.')
      }
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
    }
  }
}

/** How many bytes an escape has, the second half of a pair included. @throws UsageError for half of a pair */
function escapeLength(bytes: Buffer, at: number, name: string): number {
  const unit = escapedUnit(bytes, at)
  if (unit === undefined || unit < 0xd800 || unit > 0xdfff) return 2
  const next = escapedUnit(bytes, at + 6) ?? 0
  if (unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) return 12
  throw unreadable(
    `${name} has ${bytes.toString('latin1', at, at + 6)}, which is half of a character`,
    'Characters beyond U+FFFF are two escapes, such as \\ud83d\\ude00, or stand as they are.',
  )
}

/** The code unit of `\u…`; `undefined` for anything else. */
function escapedUnit(bytes: Buffer, at: number): number | undefined {
  const hex = /^\\u([0-9a-f]{4})$/i.exec(bytes.toString('latin1', at, at + 6))?.[1]
  return hex === undefined ? undefined : Number.parseInt(hex, 16)
}

function unreadable(message: string, hint: string): UsageError {
  return new UsageError('data', `${message}, so the portal would read no parameters from it.`, hint)
}
