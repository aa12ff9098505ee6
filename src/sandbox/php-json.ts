import { Literal, type PhpArray, type Value } from './values.ts'

/** Characters that the portal's JSON never shows as they are: markup, quotes, slash, control characters. */
const ESCAPES: readonly (string | undefined)[] = Array.from({ length: 128 }, (_, code) => escapeOf(code))

function escapeOf(code: number): string | undefined {
  const char = String.fromCharCode(code)
  const short: Partial<Record<string, string>> = {
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
  }
  if (char === '\\' || char === '/') return `\\${char}`
  if ('<>&\'"'.includes(char)) return unicodeEscape(code).toUpperCase().replace('U', 'u')
  return code < 0x20 ? (short[char] ?? unicodeEscape(code)) : undefined
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** A text as the portal writes it: `\/`, `\u003C`; other characters raw, except the two line separators. */
export function jsonString(text: string): string {
  let done = 0
  let result = '"'
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    let escape: string | undefined
    if (code < 128) escape = ESCAPES[code]
    else if (code === 0x2028 || code === 0x2029) escape = unicodeEscape(code)
    if (escape === undefined) continue
    result += text.slice(done, index) + escape
    done = index + 1
  }
  return done === 0 ? `"${text}"` : `${result}${text.slice(done)}"`
}

/** JSON as PHP writes it: an empty array is `[]`, and keys 0..n-1 in order make a list. */
export function jsonText(value: Value): string {
  if (typeof value === 'string') return jsonString(value)
  if (value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Literal) return value.text
  if (value.jsonText !== undefined) return value.jsonText()
  return arrayText(value)
}

function arrayText(array: PhpArray): string {
  let isList = true
  let index = 0
  // Grown, not joined: these texts can be whole pages, and joining would copy them at every level.
  let items = ''
  let pairs = ''
  for (const [key, value] of array.entries()) {
    const text = jsonText(value)
    if (key !== String(index)) isList = false
    const comma = index === 0 ? '' : ','
    if (isList) items += comma + text
    pairs += `${comma + jsonString(key)}:${text}`
    index++
  }
  return isList ? `[${items}]` : `{${pairs}}`
}

/** The same JSON text in pure ASCII, as older portals send it. */
export function escapeNonAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (char) => unicodeEscape(char.charCodeAt(0)))
}
