import { NotUnderstoodError } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod } from '../protocol/methods.ts'

/**
 * The rows of an answer, still as text.
 *
 * @throws NotUnderstoodError if they are not where they should be
 */
export function rowsOf(result: JsonText, { method, rowsAt }: ListMethod): JsonText[] {
  const list = rowsAt === '' ? result : result.member(rowsAt)
  if (list?.isArray === true) return list.elements()
  // PHP writes an empty map as []: a wrapper without anything in it has no rows.
  if (rowsAt !== '' && result.isArray && result.elements().length === 0) return []
  throw new NotUnderstoodError(
    `${method} answered something else than rows${rowsAt === '' ? '' : ` under "${rowsAt}"`}.`,
    'Check the parameters; if they are right, please report the method and the shape of its answer.',
  )
}

/**
 * The place of the rows in an answer of unknown shape: the list itself, or the only list in the object.
 * `undefined` if that cannot be said.
 */
export function findRows(result: JsonText): string | undefined {
  if (result.isArray) return ''
  const lists = [...result.members()].filter(({ value }) => value.isArray)
  return lists.length === 1 ? lists[0]?.name : undefined
}

const QUOTE = 0x22
const ZERO = 0x30
const NINE = 0x39

/** Ids of more digits than this are not exact as numbers. */
const MOST_DIGITS = 15

/** An integer id of a row, written as number or string; `undefined` if the row has none. Reads the digits in place. */
export function idOf(row: JsonText, name: string): number | undefined {
  const id = row.member(name)
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
