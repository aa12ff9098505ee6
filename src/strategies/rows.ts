import { NotUnderstoodError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod, RowId, RowsPlace } from '../protocol/methods/list-method.ts'
import { valueAt } from '../protocol/places.ts'

/**
 * The rows of an answer, still as text.
 *
 * @throws NotUnderstoodError if they are not where they should be
 */
export function rowsOf(result: JsonText, { method, rows: { at, form } }: ListMethod): JsonText[] {
  const place = valueAt(result, at)
  if (place === undefined && at.length > 0 && isEmptyOnTheWay(result, at)) return []
  const found = place === undefined ? undefined : rowsAt(place, form)
  if (found !== undefined) return found
  throw new NotUnderstoodError(
    `${method} answered something else than rows${at.length === 0 ? '' : ` under "${at.join('.')}"`}.`,
    'Check the parameters; if they are right, please report the method and the shape of its answer.',
  )
}

/** The rows at their place; `undefined` if something else is there. */
function rowsAt(place: JsonText, form: RowsPlace['form']): JsonText[] | undefined {
  if (form === 'array-or-row' && place.isObject) return [place]
  if (form === 'array' || form === 'array-or-row') return place.isArray ? place.elements() : undefined
  // PHP writes a map without anything in it as [], and one whose keys happen to be 0, 1, 2 … as a list.
  if (!place.isArray && !place.isObject) return undefined
  const values = place.isArray ? place.elements() : Array.from(place.members(), ({ value }) => value)
  if (form === 'keyed') return values
  return values.every((group) => group.isArray || group.isObject)
    ? values.flatMap((group) => rowsAt(group, 'keyed') ?? [])
    : undefined
}

/** PHP writes an empty map as []: a wrapper without anything in it has no rows. */
function isEmptyOnTheWay(result: JsonText, at: readonly string[]): boolean {
  return at.some((_, depth) => {
    const wrapper = valueAt(result, at.slice(0, depth))
    return wrapper?.isArray === true && wrapper.elements().length === 0
  })
}

/**
 * The place of the rows in an answer of unknown shape: the list itself, or the only list in the object.
 * `undefined` if that cannot be said.
 */
export function findRows(result: JsonText): RowsPlace | undefined {
  if (result.isArray) return { at: [], form: 'array' }
  const lists = [...result.members()].filter(({ value }) => value.isArray)
  return lists[0] !== undefined && lists.length === 1 ? { at: [lists[0].name], form: 'array' } : undefined
}

/** What tells rows apart in a list that is walked by id, of which the table has to say it. */
export function walkedId({ method, id }: ListMethod): RowId {
  if (id === undefined) throw new Error(`${method} is walked by id, and no id is known`)
  return id
}

/** What tells a row from others: its id, whether that came as a number or as a string; all of it where it has none. */
export function identityOf(row: JsonText, name: string | undefined): string {
  const id = name === undefined ? undefined : row.member(name)
  return id === undefined ? row.toString() : (id.text ?? id.toString())
}

const QUOTE = 0x22
const ZERO = 0x30
const NINE = 0x39

/** Ids of more digits than this are not exact as numbers. */
const MOST_DIGITS = 15

/** An integer id of a row, written as number or string; `undefined` if the row has none. Reads the digits in place. */
export function idOf(row: JsonText, name: string | undefined): number | undefined {
  const id = name === undefined ? undefined : row.member(name)
  if (id === undefined) return undefined
  const { bytes } = id
  const isQuoted = bytes[id.start] === QUOTE
  const start = isQuoted ? id.start + 1 : id.start
  const end = isQuoted ? id.end - 1 : id.end
  if (start === end || end - start > MOST_DIGITS) return undefined
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at] ?? 0
    if (digit < ZERO || digit > NINE) return undefined
    value = value * 10 + digit - ZERO
  }
  return value
}
