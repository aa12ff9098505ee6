import type { PhpArray, Value } from './values.ts'

type Parsed = Map<string, Value>

/** Reads a query string or form the way PHP's `parse_str` does: `filter[>ID]=5&select[]=ID`. */
export function parseStr(text: string): PhpArray {
  const result: Parsed = new Map()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = urlDecode(equals < 0 ? pair : pair.slice(0, equals))
    put(result, name, equals < 0 ? '' : urlDecode(pair.slice(equals + 1)))
  }
  return result
}

/** `+` is a blank; a broken `%` stays as it is, and bytes that are no UTF-8 become U+FFFD. */
export function urlDecode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    const bytes = spaced
      .replace(/[^\x20-\x7e]+/g, (raw) => encodeURIComponent(raw))
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
}

function put(into: Parsed, rawName: string, value: Value): void {
  const path = namePath(rawName)
  if (path === undefined) return
  let level = into
  for (const [depth, step] of path.entries()) {
    const key = step === '' && depth > 0 ? nextIndex(level) : step
    if (depth === path.length - 1) {
      level.set(key, value)
      return
    }
    const below = level.get(key)
    const next = below instanceof Map ? (below as Parsed) : new Map<string, Value>()
    level.set(key, next)
    level = next
  }
}

/** `a.b[c][]` → `a_b`, `c`, `` (append). Text behind a closing bracket is ignored. */
function namePath(rawName: string): string[] | undefined {
  const name = rawName.replace(/^ +/, '')
  if (name === '') return undefined
  const open = name.indexOf('[', 1)
  const base = plainName(open < 0 ? name : name.slice(0, open))
  if (open < 0) return [base]
  const path = [base]
  let at = open
  while (name.charAt(at) === '[') {
    const close = name.indexOf(']', at)
    if (close < 0) {
      // `filter[<` is no index: PHP turns the bracket into part of the name, and the condition is lost.
      return path.length === 1 ? [plainName(name)] : path
    }
    path.push(name.slice(at + 1, close).replace(/^\s/, ''))
    at = close + 1
  }
  return path
}

function plainName(name: string): string {
  return name.replace(/[ .[]/g, '_')
}

function nextIndex(level: Parsed): string {
  let next = 0
  for (const key of level.keys()) if (/^(0|[1-9]\d*)$/.test(key)) next = Math.max(next, Number(key) + 1)
  return String(next)
}
