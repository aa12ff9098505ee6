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
  return jsonParts(value)
    .map((part) => part.toString())
    .join('')
}

/** The same as UTF-8; what an array has written of itself is taken as it is. */
export function jsonBytes(value: Value): Buffer {
  return Buffer.concat(jsonParts(value).map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

function jsonParts(value: Value): (string | Buffer)[] {
  const parts: (string | Buffer)[] = []
  let text = ''
  const say = (more: string | Buffer): void => {
    if (typeof more === 'string') {
      text += more
      return
    }
    parts.push(text, more)
    text = ''
  }
  write(value, say)
  parts.push(text)
  return parts
}

function write(value: Value, say: (more: string | Buffer) => void): void {
  if (typeof value === 'string') say(jsonString(value))
  else if (value === null) say('null')
  else if (typeof value === 'number' || typeof value === 'boolean') say(String(value))
  else if (value instanceof Literal) say(value.text)
  else if (value.json !== undefined) say(value.json)
  else writeArray(value, say)
}

function writeArray(array: PhpArray, say: (more: string | Buffer) => void): void {
  const entries = [...array.entries()]
  const isList = entries.every(([key], index) => key === String(index))
  say(isList ? '[' : '{')
  for (const [index, [key, value]] of entries.entries()) {
    if (index > 0) say(',')
    if (!isList) say(`${jsonString(key)}:`)
    write(value, say)
  }
  say(isList ? ']' : '}')
}

/** The same JSON text in pure ASCII, as older portals send it. */
export function escapeNonAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (char) => unicodeEscape(char.charCodeAt(0)))
}
