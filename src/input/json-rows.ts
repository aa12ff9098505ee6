import { UsageError } from '../errors.ts'
import type { InputRow } from './input-row.ts'
import type { JsonItems } from './json-items.ts'
import { inOneLine, jsonValue, kindOf } from './json-value.ts'

/**
 * Rows of JSON: objects, one a line or as the elements of an array. `raw` is one line in either case.
 *
 * @throws UsageError for what is no JSON or no object
 */
export async function* jsonRows({ groups, where }: JsonItems): AsyncGenerator<InputRow, void, undefined> {
  for await (const group of groups) {
    for (const { line, bytes } of group) yield jsonRow(line, inOneLine(bytes), where(line))
  }
}

function jsonRow(line: number, raw: Buffer, where: string): InputRow {
  const value = jsonValue(raw, where)
  if (!value.isObject) {
    throw new UsageError(
      'input-row',
      `${where} is no object but ${kindOf(value)}.`,
      'A row is an object of JSON, such as {"ID":5,"TITLE":"New"}; for a table: --input-format csv.',
    )
  }
  return {
    line,
    fields: new Map(Array.from(value.members(), (member) => [member.name, member.value])),
    raw,
  }
}
