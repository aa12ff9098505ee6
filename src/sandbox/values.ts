/** A number whose text in JSON matters: `1.0`, or more digits than a double can hold. */
export class Literal {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * What PHP calls an array: ordered keys, list and map in one. A plain `Map` is one; pages and rows are others
 * that work out their values when asked, so that a page can be written without being built.
 */
export interface PhpArray {
  readonly size: number
  get(key: string): Value | undefined
  entries(): Iterable<[string, Value]>
  /** What has been written of it already, as JSON; else it is written from its `entries`. */
  readonly json?: string | Buffer
}

export type Value = string | number | boolean | null | Literal | PhpArray

/** A list as PHP holds it: a map with the keys 0, 1, 2 ... */
export function list(values: Iterable<Value>): PhpArray {
  const map = new Map<string, Value>()
  let index = 0
  for (const value of values) map.set(String(index++), value)
  return map
}

/** A map with the keys in the order of writing; integer-like keys must come as pairs, since objects reorder them. */
export function map(
  given: Readonly<Record<string, Value | undefined>> | Iterable<[string, Value]>,
): Map<string, Value> {
  if (Symbol.iterator in given) return new Map(given)
  const result = new Map<string, Value>()
  for (const [key, value] of Object.entries(given)) if (value !== undefined) result.set(key, value)
  return result
}

export function isArray(value: Value | undefined): value is PhpArray {
  return typeof value === 'object' && value !== null && !(value instanceof Literal)
}

/** `(string)$value`. */
export function toText(value: Value | undefined): string {
  if (value === undefined || value === null || value === false) return ''
  if (value === true) return '1'
  if (isArray(value)) return 'Array'
  return value instanceof Literal ? value.text : String(value)
}

/** `(int)$value`: leading digits of a text; an array is 1, or 0 when empty. */
export function toInt(value: Value | undefined): number {
  if (isArray(value)) return value.size > 0 ? 1 : 0
  const number = Number.parseFloat(toText(value))
  return Number.isFinite(number) ? Math.trunc(number) : 0
}

/** `empty($value)`. */
export function isEmpty(value: Value | undefined): boolean {
  if (isArray(value)) return value.size === 0
  const text = toText(value)
  return text === '' || text === '0'
}

/** The first of several spellings of a parameter that is given. */
export function named(params: PhpArray, ...names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = params.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** The elements of an array; a single value counts as a list of one, nothing as none. */
export function elements(value: Value | undefined): Value[] {
  if (value === undefined || value === null) return []
  return isArray(value) ? Array.from(value.entries(), ([, element]) => element) : [value]
}
