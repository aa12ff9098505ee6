import { UsageError } from '../errors.ts'
import type { Params, ParamMap, ParamValue } from './types.ts'

/** PHP reads so many values of one query. https://www.php.net/manual/en/info.configuration.php (max_input_vars) */
export const MOST_QUERY_VALUES = 1_000

/** What a batch string cannot carry: PHP would read something else, or nothing at all. */
function unencodable(path: string, what: string, hint: string): UsageError {
  return new UsageError('unencodable-parameter', `Parameter ${path} ${what}.`, hint)
}

/** The name in PHP's brackets: `['filter', '>ID']` → `filter[>ID]`. */
export function bracketName(path: readonly string[]): string {
  const [first = '', ...rest] = path
  return first + rest.map((step) => `[${step}]`).join('')
}

/**
 * Parameters as the query string from which PHP's `parse_str` reads the same: the form inside batch commands.
 * Everything but letters and digits is percent-encoded, operators too: an unencoded `=` in `filter[<=ID]` would end
 * the name, and the condition would be lost without a word.
 *
 * Numbers become their literals, booleans `1` and `0`.
 *
 * @throws UsageError for null, empty lists and maps, and names that brackets cannot hold
 */
export function toQuery(params: Params): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(params)) {
    if (/[\s.]/.test(name)) {
      throw unencodable(name, 'has a blank or dot in its name', 'PHP reads them as "_"; check the spelling.')
    }
    collectPairs([name], value, pairs)
    if (pairs.length > MOST_QUERY_VALUES) {
      throw unencodable(
        name,
        `makes it more than ${MOST_QUERY_VALUES.toLocaleString('en-US')} values, and the portal drops the rest`,
        'Ask for less at a time; rows by their ids: get-all METHOD --ids FILE.',
      )
    }
  }
  return pairs.join('&')
}

function collectPairs(path: readonly string[], value: ParamValue, pairs: string[]): void {
  const name = bracketName(path)
  // PHP reads brackets around nothing as "append", and drops a blank behind the opening one.
  if (/[[\]\0]|^\s|^$/.test(path.at(-1) ?? '')) {
    throw unencodable(
      name,
      'has a name that is empty, begins with a blank or holds a bracket',
      'Check the spelling of the name.',
    )
  }
  if (value === null) {
    throw unencodable(name, 'is null', 'Leave it out, or use an empty string.')
  }
  if (typeof value === 'object') {
    const entries = Object.entries<ParamValue>(value as ParamMap)
    if (entries.length === 0) throw unencodable(name, 'is empty', 'Leave it out.')
    for (const [key, item] of entries) collectPairs([...path, key], item, pairs)
    return
  }
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
  pairs.push(`${encode(name)}=${encode(text)}`)
}

/** Half of a pair of surrogates is no text: PHP would take a whole body with one in it for no JSON, and read nothing. */
export function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
}

/** Percent-encodes all that is not a letter, digit or one of `-_.~`; a lone surrogate becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(wellFormed(text)).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * Splits a name in PHP's brackets: `filter[>=DATE_CREATE]` → `['filter', '>=DATE_CREATE']`, `select[]` → `['select', '']`.
 *
 * @throws UsageError if the brackets do not close or something stands behind them
 */
export function bracketPath(name: string): string[] {
  const first = /^[^[\]]+/.exec(name)?.[0]
  const steps = first === undefined ? null : /^(?:\[[^[\]]*\])*$/.exec(name.slice(first.length))
  if (first === undefined || steps === null) {
    throw new UsageError(
      'malformed-name',
      `"${name}" is no parameter name.`,
      'Names look like ENTITY_ID, select[] or filter[>=DATE_CREATE].',
    )
  }
  return [first, ...[...steps[0].matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')]
}

/** A map that is still being put together. */
export interface ParamDraft {
  [key: string]: ParamValue | ParamDraft
}

/**
 * Puts `value` at `path` into `draft`, making the maps on the way; an empty step appends, as `select[]` does in PHP.
 *
 * @throws UsageError if something stands there already
 */
export function putAt(draft: ParamDraft, path: readonly string[], value: ParamValue): void {
  let map = draft
  for (const [depth, step] of path.entries()) {
    const key = step === '' ? nextIndex(map) : step
    if (depth === path.length - 1) {
      if (Object.hasOwn(map, key)) {
        throw new UsageError(
          'parameter-twice',
          `Parameter ${bracketName(path)} is given twice.`,
          'Keep one of them.',
        )
      }
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
      return
    }
    if (!Object.hasOwn(map, key)) {
      Object.defineProperty(map, key, { value: {}, enumerable: true, configurable: true, writable: true })
    }
    const below = map[key]
    if (!isDraft(below)) {
      throw new UsageError(
        'parameter-twice',
        `Parameter ${bracketName(path.slice(0, depth + 1))} is given as a value and with keys below it.`,
        'Keep one of them.',
      )
    }
    map = below
  }
}

/** Maps whose keys are 0, 1, 2 … become lists, as PHP would see them. */
export function withLists(value: ParamValue | ParamDraft): ParamValue {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => withLists(item as ParamValue))
  const entries = Object.entries(value as ParamMap).map(([key, item]) => [key, withLists(item)] as const)
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index))
  return isList ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

export function isMap(value: unknown): value is ParamMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDraft(value: unknown): value is ParamDraft {
  return isMap(value)
}

function nextIndex(map: ParamDraft): string {
  const indexes = Object.keys(map).filter((key) => /^\d+$/.test(key))
  return String(indexes.length === 0 ? 0 : Math.max(...indexes.map(Number)) + 1)
}
