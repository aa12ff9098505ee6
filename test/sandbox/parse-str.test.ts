import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../src/sandbox/json-reader.ts'
import { parseStr } from '../../src/sandbox/parse-str.ts'
import { jsonText } from '../../src/sandbox/php-json.ts'

const parsed = (text: string): unknown => JSON.parse(jsonText(parseStr(text)))

test.each([
  ['filter[%3EID]=5&select[]=ID&select[]=TITLE', { filter: { '>ID': '5' }, select: ['ID', 'TITLE'] }],
  ['a[0][b]=1&a[1][b]=2', { a: [{ b: '1' }, { b: '2' }] }],
  ['a[1]=x', { a: { 1: 'x' } }], // not 0..n-1, so no list
  ['a[5]=x&a[]=y', { a: { 5: 'x', 6: 'y' } }], // appends behind the largest index
  ['filter[<=ID]=5', { 'filter_<': 'ID]=5' }], // the first = ends the name, and an open bracket is no index
  ['filter[>=ID]=5', { 'filter_>': 'ID]=5' }],
  ['a.b c=1', { a_b_c: '1' }],
  ['a[b.c d]=1', { a: { 'b.c d': '1' } }], // only the first level is renamed
  ['a=1&a=2', { a: '2' }],
  ['a=1&a[b]=2', { a: { b: '2' } }],
  ['a[b]tail=1', { a: { b: '1' } }], // text behind a bracket is ignored
  ['a[b][c=1', { a: { b: '1' } }],
  ['a=%D0%AF+%2B', { a: 'Я +' }],
  ['a=%zz%41', { a: '%zzA' }], // a broken escape stays
  ['a&b=', { a: '', b: '' }],
  ['', []],
])('PHP reads %s', (text, expected) => {
  expect(parsed(text)).toEqual(expected)
})

test('flat names and values come back as URLSearchParams wrote them', () => {
  const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/)
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' })), (flat) => {
      const text = new URLSearchParams(flat).toString()
      expect(Object.fromEntries(parseStr(text).entries())).toEqual({ ...flat })
    }),
  )
})

describe('a JSON body', () => {
  test('keeps the order of integer-like keys, which JSON.parse would sort', () => {
    const value = readJson('{"cmd":{"10":"b","2":"a","x":"c"}}')
    expect(value === undefined ? '' : jsonText(value)).toBe('{"cmd":{"10":"b","2":"a","x":"c"}}')
  })

  test('that does not parse is undefined', () => {
    expect(readJson('{"filter":')).toBeUndefined()
  })

  test('comes back whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const read = readJson(JSON.stringify(value))
        // PHP shows an empty map and a map with the keys 0..n-1 as a list; compare in that form.
        expect(read === undefined ? undefined : JSON.parse(jsonText(read))).toEqual(
          asPhp(JSON.parse(JSON.stringify(value))),
        )
      }),
    )
  })
})

function asPhp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPhp)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (entries.every(([key], index) => key === String(index))) return entries.map(([, one]) => asPhp(one))
  return Object.fromEntries(entries.map(([key, one]) => [key, asPhp(one)]))
}
