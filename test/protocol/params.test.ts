import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { bracketPath, type ParamDraft, putAt, toQuery, withLists } from '../../src/protocol/params.ts'
import type { ParamValue } from '../../src/protocol/types.ts'
import { parseStr } from '../../src/sandbox/parse-str.ts'

/** Texts without lone surrogates: those have no UTF-8. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text
}

/** Names that a parameter below the first level may have: operators, blanks, dots, letters of any alphabet. */
const innerName = fc
  .oneof(
    fc.constantFrom(
      'ID',
      '>ID',
      '<=ID',
      '!@ID',
      '=%TITLE',
      '%=NAME',
      'UF_CRM_1',
      'a.b',
      'a b',
      'Имя',
      '😀',
      '100%',
      'a&b',
      'a#b',
      'a+b',
    ),
    fc.string({ unit: 'binary', minLength: 1 }),
  )
  .filter((name) => !/[[\]\0]|^\s|^$/.test(name) && isWellFormed(name))

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }).filter(isWellFormed),
  fc.constantFrom(
    'a=b&c',
    '100 %',
    '1+1',
    '#1',
    'Привет',
    '🙂',
    "it's",
    '(x)*!',
    '\r\n\t',
    'a[b]',
    '$result',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
)

const { value } = fc.letrec<{ value: ParamValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
    fc.dictionary(innerName, tie('value'), { minKeys: 1, maxKeys: 4 }),
  ),
}))

const params = fc.dictionary(fc.stringMatching(/^[A-Za-z_]{1,8}$/), value, { maxKeys: 4 })

/** What PHP makes of a value that arrives as text: scalars become texts, a list is a map from 0 on. */
function asPhpReads(read: ParamValue): unknown {
  if (read === null || typeof read !== 'object')
    return typeof read === 'boolean' ? (read ? '1' : '0') : String(read)
  return new Map(Object.entries(read).map(([key, item]) => [key, asPhpReads(item)]))
}

function asMap(read: unknown): unknown {
  if (read instanceof Map) return new Map([...read].map(([key, item]) => [String(key), asMap(item)]))
  if (read === null || typeof read !== 'object') return read
  return new Map(Object.entries(read).map(([key, item]) => [key, asMap(item)]))
}

describe('parameters in a batch string', () => {
  test('mean to a PHP reader what they mean in a JSON body', () => {
    fc.assert(
      fc.property(params, (given) => {
        expect(asMap(parseStr(toQuery(given)))).toEqual(asPhpReads(given))
      }),
      { numRuns: 1000 },
    )
  })

  test('encode operators with an equals sign, which would end the name otherwise', () => {
    expect(toQuery({ filter: { '<=ID': 5 } })).toBe('filter%5B%3C%3DID%5D=5')
  })

  test.each<[ParamValue, string]>([
    [null, 'null has no text'],
    [[], 'an empty list is nothing in a string'],
    [{}, 'an empty map is nothing in a string'],
    [{ 'a[b': 1 }, 'a bracket in a name ends it'],
    [{ 'a]b': 1 }, 'a closing bracket too'],
    [{ 'a\0b': 1 }, 'PHP cuts names at NUL'],
    [{ '': 1 }, 'an empty name appends'],
    [{ '\t': 1 }, 'a leading blank is dropped'],
  ])('refuse %j: %s', (given) => {
    expect(() => toQuery({ filter: { X: given } })).toThrow(UsageError)
  })
})

describe('names in brackets', () => {
  test.each([
    ['ENTITY_ID', ['ENTITY_ID']],
    ['filter[>=DATE_CREATE]', ['filter', '>=DATE_CREATE']],
    ['select[]', ['select', '']],
    ['fields[PHONE][0][VALUE]', ['fields', 'PHONE', '0', 'VALUE']],
  ])('%s is read step by step', (name, path) => {
    expect(bracketPath(name)).toEqual(path)
  })

  test.each(['', '[x]', 'filter[', 'filter]', 'filter[a]b', 'filter[a[b]]'])('%j is refused', (name) => {
    expect(() => bracketPath(name)).toThrow(UsageError)
  })

  test('empty steps append, and maps from 0 on become lists', () => {
    const draft: ParamDraft = {}
    putAt(draft, ['select', ''], 'ID')
    putAt(draft, ['select', ''], 'TITLE')
    putAt(draft, ['filter', '@ID', '5'], 'x')
    expect(withLists(draft)).toEqual({ select: ['ID', 'TITLE'], filter: { '@ID': { 5: 'x' } } })
  })

  test('a name given twice is refused, as value or as map', () => {
    const draft: ParamDraft = {}
    putAt(draft, ['filter', 'ID'], '1')
    expect(() => putAt(draft, ['filter', 'ID'], '2')).toThrow(/given twice/)
    expect(() => putAt(draft, ['filter', 'ID', '0'], '2')).toThrow(/with keys below it/)
  })

  test('names of JavaScript’s own do no harm', () => {
    const draft: ParamDraft = {}
    putAt(draft, ['__proto__', 'polluted'], '1')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })
})
