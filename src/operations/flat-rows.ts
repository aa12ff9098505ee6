import { UsageError } from '../errors.ts'
import { JsonText } from '../protocol/json-text.ts'
import { valueAt } from '../protocol/places.ts'
import { findRows } from '../strategies/rows.ts'

/**
 * The rows of an answer alone: those of a list, or the one thing that was asked for, without what is wrapped around it.
 *
 * @param parentField name of a field that each row begins with, for the id of its parent; `undefined`: none
 * @param parentId JSON of that id
 * @throws UsageError for rows that have a field of that name already: readers differ in which of two they take
 */
export function flatRows(
  result: JsonText,
  parentField: string | undefined,
  parentId: string,
): readonly JsonText[] {
  const rows = rowsIn(result)
  if (parentField === undefined) return rows.map(asObject)
  const head = Buffer.from(`{${JSON.stringify(parentField)}:${parentId}`)
  return rows.map((row) => {
    if (row.member(parentField) === undefined) return withHead(row, head)
    throw new UsageError(
      'parent-field',
      `The rows have a field "${parentField}" of their own.`,
      'Give the id of the parent another name: --parent-field NAME.',
    )
  })
}

function rowsIn(result: JsonText): readonly JsonText[] {
  if (result.isArray) return result.elements()
  const [first, ...others] = [...result.members()]
  // `{"item":{…}}` and `{"task":{…}}` are wrappers; a thing of its own has more than one field.
  if (first?.value.isObject === true && others.length === 0) return [first.value]
  const rowsAt = others.length === 0 ? findRows(result)?.at : undefined
  return rowsAt === undefined ? [result] : (valueAt(result, rowsAt)?.elements() ?? [])
}

/** What is no object becomes one, so that every row is one. */
export function asObject(row: JsonText): JsonText {
  if (row.isObject) return row
  return JsonText.of(Buffer.concat([OPEN, row.bytes.subarray(row.start, row.end), CLOSE]))
}

function withHead(row: JsonText, head: Buffer): JsonText {
  const [first] = row.members()
  if (!row.isObject) {
    const value = Buffer.concat([head, VALUE, row.bytes.subarray(row.start, row.end), CLOSE])
    return JsonText.of(value)
  }
  const rest = first === undefined ? CLOSE : Buffer.concat([COMMA, row.bytes.subarray(first.start, row.end)])
  return JsonText.of(Buffer.concat([head, rest]))
}

const [OPEN, VALUE, COMMA, CLOSE] = ['{"value":', ',"value":', ',', '}'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
]
