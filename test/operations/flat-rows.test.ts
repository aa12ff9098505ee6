import { describe, expect, test } from 'vitest'
import { flatRows } from '../../src/operations/flat-rows.ts'
import { JsonText } from '../../src/protocol/json-text.ts'

function flat(json: string, parentField?: string, parentId = '7'): string[] {
  return flatRows(JsonText.of(Buffer.from(json)), parentField, parentId).map(String)
}

describe('rows alone', () => {
  test.each([
    ['a list', '[{"a":1.0}, {"b":[2]} ]', ['{"a":1.0}', '{"b":[2]}']],
    ['a list in a wrapper', '{"tasks": [{"id":1},{"id":2}]}', ['{"id":1}', '{"id":2}']],
    ['one thing in a wrapper', '{"item": {"id": 1, "x": null} }', ['{"id": 1, "x": null}']],
    ['one thing', '{"ID":"1","PHONE":[{"VALUE":"+7"}]}', ['{"ID":"1","PHONE":[{"VALUE":"+7"}]}']],
    ['a thing of one field', '{"ID":"1"}', ['{"ID":"1"}']],
    ['no rows', '[]', []],
    ['no rows in a wrapper', '{"tasks":[]}', []],
    ['something else', 'true', ['{"value":true}']],
    ['texts and lists', '["a",[1]]', ['{"value":"a"}', '{"value":[1]}']],
  ])('of %s', (_what, json, rows) => {
    expect(flat(json)).toEqual(rows)
  })
})

describe('the id of the parent', () => {
  test.each([
    ['stands in front', '[{"a":1.0},{"b":2}]', ['{"parentId":7,"a":1.0}', '{"parentId":7,"b":2}']],
    ['in a row without fields', '[{}, { } ]', ['{"parentId":7}', '{"parentId":7}']],
    [
      'in rows that are no objects',
      '[5,"x",[1]]',
      ['{"parentId":7,"value":5}', '{"parentId":7,"value":"x"}', '{"parentId":7,"value":[1]}'],
    ],
    ['in one thing', '{"item": { "id": 1 } }', ['{"parentId":7,"id": 1 }']],
  ])('%s', (_what, json, rows) => {
    expect(flat(json, 'parentId')).toEqual(rows)
    for (const row of rows) expect(() => JSON.parse(row) as unknown).not.toThrow()
  })

  test('does not stand beside another field of its name', () => {
    expect(() => flat('[{"a":1},{"b":2,"parentId":3}]', 'parentId')).toThrow(/"parentId" of their own/)
    expect(flat('[{"a":{"parentId":1}}]', 'parentId')).toEqual(['{"parentId":7,"a":{"parentId":1}}'])
  })

  test('keeps its own writing, and the field its name', () => {
    expect(flat('[{"a":1}]', 'deal "Ж"', '"0005"')).toEqual(['{"deal \\"Ж\\"":"0005","a":1}'])
  })
})
