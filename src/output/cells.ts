import type { JsonText } from '../protocol/json-text.ts'

/** One value of a row, for one cell of a table. */
export interface Cell {
  /** Name of the column. */
  readonly name: string
  /** The field of the row in which the value lies; the same as `name` unless it is nested. */
  readonly field: string
  /** `undefined`: there is nothing in it that would need a column. */
  readonly value: JsonText | undefined
}

/**
 * The values of a row, one for each cell. With a separator what is nested is spread out: `{"PHONE":[{"VALUE":"1"}]}`
 * gives `PHONE.0.VALUE`. Nested values that are empty, and null, are nothing then: whether a field is `[]` or has
 * something in it must not decide about columns.
 */
export function* cellsOf(row: JsonText, separator: string | undefined): Generator<Cell> {
  for (const { name, value } of row.members()) {
    if (separator === undefined) yield { name, field: name, value }
    else yield* spread(name, name, value, separator)
  }
}

/** What is nested deeper stays whole: nobody reads names of so many parts, and some portal might go on for ever. */
const MOST_DEPTH = 50

function* spread(
  name: string,
  field: string,
  value: JsonText,
  separator: string,
  depth = 0,
): Generator<Cell> {
  let isEmpty = true
  for (const [key, nested] of depth < MOST_DEPTH ? nestedIn(value) : []) {
    isEmpty = false
    yield* spread(`${name}${separator}${key}`, field, nested, separator, depth + 1)
  }
  if (!isEmpty) return
  const isNested = (value.isArray || value.isObject) && depth < MOST_DEPTH
  const isNothing = isNested || value.toString() === 'null'
  yield { name, field, value: isNothing ? undefined : value }
}

function* nestedIn(value: JsonText): Generator<readonly [string | number, JsonText]> {
  for (const { name, value: nested } of value.members()) yield [name, nested]
  yield* value.elements().entries()
}

/** Texts without quotes and escapes, null as nothing, and everything else in the bytes that the portal sent. */
export function cellText(value: JsonText): string {
  const { text } = value
  if (text !== undefined) return text
  const literal = value.toString()
  return literal === 'null' ? '' : literal
}
