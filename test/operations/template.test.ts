import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import type { InputRow } from '../../src/input/input-row.ts'
import { parseTemplate, templateValue } from '../../src/operations/template.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { ParamValue } from '../../src/protocol/types.ts'

function cells(values: Readonly<Record<string, string>>): InputRow {
  return { line: 1, fields: new Map(Object.entries(values)), raw: Buffer.alloc(0) }
}

function members(values: Readonly<Record<string, string>>): InputRow {
  const fields = new Map(Object.entries(values).map(([name, json]) => [name, JsonText.of(Buffer.from(json))]))
  return { line: 1, fields, raw: Buffer.alloc(0) }
}

function value(word: string, row: InputRow): ParamValue {
  return templateValue(parseTemplate(word), row)
}

describe('a template', () => {
  test.each([
    [
      'fields[TITLE]={NAME} {LAST_NAME}',
      ['fields', 'TITLE'],
      [{ column: 'NAME' }, ' ', { column: 'LAST_NAME' }],
    ],
    ['filter[>=ID]={x}', ['filter', '>=ID'], [{ column: 'x' }]],
    ['a=b=c', ['a'], ['b=c']],
    ['a=', ['a'], []],
    ['a={{{x}}}', ['a'], ['{', { column: 'x' }, '}']],
    ['a={{x}}', ['a'], ['{', 'x', '}']],
    ['a[]={Имя поля}', ['a', ''], [{ column: 'Имя поля' }]],
  ])('%s', (word, path, parts) => {
    expect(parseTemplate(word)).toEqual({ path, parts })
  })

  test.each([
    ['TITLE', /PARAMETER=TEXT/],
    ['={x}', /PARAMETER=TEXT/],
    ['a={x', /no partner/],
    ['a=x}', /no partner/],
    ['a={}', /no partner/],
    ['a={x}}', /no partner/],
    ['a={{x}', /no partner/],
    ['a]b=x', /PARAMETER=TEXT/],
    ['a[b]c=x', /no parameter name/],
  ])('%s is none', (word, message) => {
    expect(() => parseTemplate(word)).toThrow(message)
    expect(() => parseTemplate(word)).toThrow(UsageError)
  })
})

describe('its value for a table', () => {
  const row = cells({ NAME: 'Ann', LAST: '', N: '007', B: '{x}' })

  test.each([
    ['a={NAME} {LAST}!', 'Ann !'],
    ['a={N}', '007'],
    ['a=constant', 'constant'],
    ['a=', ''],
    ['a={B}{{NAME}}', '{x}{NAME}'],
    ['a={LAST}', ''],
    ['a=Mr {LAST}', ''],
    ['a={LAST}{LAST} of {LAST}', ''],
  ])('%s is %j', (word, expected) => {
    expect(value(word, row)).toBe(expected)
  })

  test('needs its columns, spelled as they are', () => {
    expect(() => value('fields[T]={name}', row)).toThrow(
      'there is no column name, which --field fields[T] asks for.',
    )
    expect(() => value('a=x{NONE}', row)).toThrow(UsageError)
  })
})

describe('its value for JSON', () => {
  const row = members({ N: '1.0', I: '7', T: '"x\\ny"', B: 'true', Z: 'null', L: '[1, "a"]', E: '""' })

  test.each<[string, ParamValue]>([
    ['a={I}', 7],
    ['a={N}', '1.0'],
    ['a={B}', true],
    ['a={Z}', null],
    ['a={L}', [1, 'a']],
    ['a={T}', 'x\ny'],
  ])('%s keeps its type where it stands alone', (word, expected) => {
    expect(value(word, row)).toEqual(expected)
  })

  test.each([
    ['a={N}/{I}/{B}', '1.0/7/true'],
    ['a=<{T}>', '<x\ny>'],
    ['a=<{Z}{E}>', ''],
    ['a=<{Z}{I}>', '<7>'],
    ['a=<{L}>', '<[1, "a"]>'],
  ])('%s is put together as text', (word, expected) => {
    expect(value(word, row)).toBe(expected)
  })
})
