import { describe, expect, test } from 'vitest'
import { NotUnderstoodError } from '../../src/errors.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { RowsForm } from '../../src/protocol/methods/list-method.ts'
import { unknownListMethod } from '../../src/protocol/methods/table.ts'
import { rowsOf } from '../../src/strategies/rows.ts'

function rows(result: string, at: readonly string[], form: RowsForm): string[] {
  const method = { ...unknownListMethod('some.list'), rows: { at, form } }
  return rowsOf(JsonText.of(Buffer.from(result)), method).map((row) => row.toString())
}

describe('rows, in whatever form they stand, are cut out as they were sent', () => {
  test.each<[string, string, string[], RowsForm, string[]]>([
    ['a list', '[{"ID": "1"}, {"ID":2.0}]', [], 'array', ['{"ID": "1"}', '{"ID":2.0}']],
    [
      'a list of texts and numbers',
      '["a\\u00e9", 5, null, true]',
      [],
      'array',
      ['"a\\u00e9"', '5', 'null', 'true'],
    ],
    ['different kinds in one list', '[{"a":1}, [], "x", 7]', [], 'array', ['{"a":1}', '[]', '"x"', '7']],
    ['a list further down', '{"report":{"days":[1,2]},"days":[3]}', ['report', 'days'], 'array', ['1', '2']],
    ['a map', '{"17": {"a": 1}, "x": {"b":2}}', [], 'keyed', ['{"a": 1}', '{"b":2}']],
    [
      'a map whose keys are numbers from 0 on',
      '{"0":{"a":1},"1":{"a":2}}',
      [],
      'keyed',
      ['{"a":1}', '{"a":2}'],
    ],
    ['the same as PHP writes it', '[{"a":1},{"a":2}]', [], 'keyed', ['{"a":1}', '{"a":2}']],
    ['a map with a gap in it', '{"5":null,"7":{"a":1}}', [], 'keyed', ['null', '{"a":1}']],
    ['a map of names', '{"types": {"S": "Text", "N": "Number"}}', ['types'], 'keyed', ['"Text"', '"Number"']],
    ['an empty map', '{}', [], 'keyed', []],
    ['an empty map as PHP writes it', '[]', [], 'keyed', []],
    ['groups', '{"1":[{"a":1},{"a":2}],"2":[],"3":[5]}', [], 'grouped', ['{"a":1}', '{"a":2}', '5']],
    ['groups of maps', '{"1":{"7":{"a":1}},"2":[{"a":2}]}', [], 'grouped', ['{"a":1}', '{"a":2}']],
    ['groups by numbers from 0 on', '[[1,2],[3]]', [], 'grouped', ['1', '2', '3']],
    ['no groups', '[]', [], 'grouped', []],
    [
      'a tree',
      '{"items":[{"id":1,"children":[{"id":2}]}]}',
      ['items'],
      'array',
      ['{"id":1,"children":[{"id":2}]}'],
    ],
    ['one row by itself', '{"ID":"5"}', [], 'array-or-row', ['{"ID":"5"}']],
    ['several of them', '[{"ID":"5"}]', [], 'array-or-row', ['{"ID":"5"}']],
    ['an empty wrapper', '[]', ['items'], 'array', []],
    ['an empty wrapper further down', '{"report":[]}', ['report', 'days'], 'array', []],
  ])('%s', (_, result, at, form, expected) => {
    expect(rows(result, at, form)).toEqual(expected)
  })

  test.each<[string, string, string[], RowsForm]>([
    ['null', 'null', [], 'array'],
    ['false', 'false', [], 'keyed'],
    ['null in place of groups', 'null', [], 'grouped'],
    ['a text', '"no access"', [], 'array'],
    ['a map in place of a list', '{"a":1}', [], 'array'],
    ['something else beside groups', '{"1":[1],"error":"x"}', [], 'grouped'],
    ['a wrapper without rows', '{"others":[]}', ['items'], 'array'],
    ['null in the wrapper', '{"items":null}', ['items'], 'array'],
    ['a list with something in it for a wrapper', '[1]', ['items'], 'array'],
    ['a text in place of one row', '"x"', [], 'array-or-row'],
  ])('%s is not taken for rows', (_, result, at, form) => {
    expect(() => rows(result, at, form)).toThrow(NotUnderstoodError)
  })
})
