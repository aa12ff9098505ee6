import { JsonText } from '../protocol/json-text.ts'
import { findRows } from '../strategies/rows.ts'

/**
 * The rows of an answer alone: those of a list, or the one thing that was asked for, without what is wrapped around it.
 *
 * @param parentField name of a field that each row begins with, for the id of its parent; `undefined`: none
 * @param parentId JSON of that id
 */
export function flatRows(
  result: JsonText,
  parentField: string | undefined,
  parentId: string,
): readonly JsonText[] {
  const rows = rowsIn(result)
  if (parentField === undefined) return rows
  const head = Buffer.from(`{${JSON.stringify(parentField)}:${parentId}`)
  return rows.map((row) => withHead(row, head))
}

function rowsIn(result: JsonText): readonly JsonText[] {
  if (result.isArray) return result.elements()
  const [first, ...others] = [...result.members()]
  // `{"item":{…}}` and `{"task":{…}}` are wrappers; a thing of its own has more than one field.
  if (first?.value.isObject === true && others.length === 0) return [first.value]
  const rowsAt = others.length === 0 ? findRows(result) : undefined
  return rowsAt === undefined ? [result] : (result.member(rowsAt)?.elements() ?? [])
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

const [VALUE, COMMA, CLOSE] = [',"value":', ',', '}'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
]
