import { expect, test } from 'vitest'
import { paramValue } from '../../src/protocol/json-params.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { ParamValue } from '../../src/protocol/types.ts'

function read(json: string): ParamValue {
  return paramValue(JsonText.of(Buffer.from(json)))
}

test.each([
  ['0', 0],
  ['-17', -17],
  ['999999999999999', 999_999_999_999_999],
  ['-999999999999999', -999_999_999_999_999],
])('%s is a whole number that everybody writes alike', (json, number) => {
  expect(read(json)).toBe(number)
})

test.each(['-0', '1.0', '0.10', '1e3', '1E+21', '0.1', '1000000000000000', '12345678901234567890', '-0.0'])(
  '%s goes as a text in its own writing',
  (json) => {
    expect(read(json)).toBe(json)
  },
)

test.each<[string, ParamValue]>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['"null"', 'null'],
  ['"1.0"', '1.0'],
  ['""', ''],
  ['[]', []],
  ['{}', {}],
  ['"\\u0416\\n\\"\\/"', 'Ж\n"/'],
  ['"\\ud83d\\ude00"', '😀'],
  ['"\\ud83d"', '\ufffd'],
  ['"a\\udc00b"', 'a\ufffdb'],
])('%s is read as it is meant', (json, value) => {
  expect(read(json)).toEqual(value)
})

test('blanks between values mean nothing, nesting and order stay', () => {
  const value = read(' {"b": [ 1 , [ true , {"c" : 2.50 } ] ], "a" : null}')
  expect(value).toEqual({ b: [1, [true, { c: '2.50' }]], a: null })
  expect(Object.keys(value as object)).toEqual(['b', 'a'])
})

test('names that JavaScript has uses for are names like any other', () => {
  const value = read('{"__proto__": {"polluted": 1}, "constructor": "x", "toString": [], "half\\ud800": 1}')
  expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString', 'half\ufffd'])
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})
