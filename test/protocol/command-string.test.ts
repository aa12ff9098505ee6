import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { commandFrom, parseCommandString } from '../../src/protocol/command-string.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import { toQuery } from '../../src/protocol/params.ts'
import type { Params, ParamValue } from '../../src/protocol/types.ts'
import { parseStr } from '../../src/sandbox/parse-str.ts'

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof UsageError) return error.code
    throw error
  }
  return 'nothing thrown'
}

describe('a command string', () => {
  test.each<[string, string, Params]>([
    ['server.time', 'server.time', {}],
    ['server.time?', 'server.time', {}],
    ['crm.deal.get?ID=1', 'crm.deal.get', { ID: '1' }],
    ['m?select[]=ID&select[]=TITLE', 'm', { select: ['ID', 'TITLE'] }],
    ['m?filter[>ID]=5&filter[%3C%3DID]=9', 'm', { filter: { '>ID': '5', '<=ID': '9' } }],
    ['m?fields[PHONE][0][VALUE]=%2B7+900', 'm', { fields: { PHONE: [{ VALUE: '+7 900' }] } }],
    ['m?TITLE=a=b?c&x', 'm', { TITLE: 'a=b?c', x: '' }],
    ['m?&ID=1&&', 'm', { ID: '1' }],
    ['m?TITLE=%D0%9F%D1%80%D0%B8 вет', 'm', { TITLE: 'При вет' }],
    ['m?ID=$result[a][0][ID]', 'm', { ID: '$result[a][0][ID]' }],
    ['m?@ID[7]=a', 'm', { '@ID': { 7: 'a' } }],
  ])('%j', (text, method, params) => {
    expect(parseCommandString(text)).toEqual({ method, params })
  })

  test.each([
    ['m?ID=1#x', 'the portal cuts it off'],
    ['', 'no method'],
    ['?ID=1', 'no method'],
    ['  ?ID=1', 'no method'],
    ['m?filter[<=ID]=5', 'the name ends at the first equals sign'],
    ['m?filter%5B<=ID%5D=5', 'encoded brackets help nothing'],
    ['m?filter[a=1', 'a bracket that does not close'],
    ['m?filter[a]b=1', 'text behind a bracket is ignored'],
    ['m?a]=1', 'a bracket that was not opened'],
    ['m?=5', 'no name'],
    ['m?filter[a&b]=1', 'an ampersand in a name'],
    ['m?a.b=1', 'a dot becomes _'],
    ['m?a b=1', 'a blank becomes _'],
    ['m?+a=1', 'a blank in front goes away'],
    ['m?filter[ ID]=1', 'a blank behind a bracket goes away'],
    ['m?filter[a%00b]=1', 'NUL ends the name'],
    ['m?a%00b=1', 'NUL ends the name'],
    ['m?ID=100%', 'no percent-encoding'],
    ['m?ID=%zz', 'no percent-encoding'],
    ['m?ID=%E0%A4', 'no UTF-8'],
    ['m?%zz=1', 'no percent-encoding in the name'],
    ['m?TITLE=a\nb', 'a line break becomes _'],
    ['m?TITLE=a\tb', 'a tab becomes _'],
  ])('%j is refused: %s', (text) => {
    expect(codeOf(() => parseCommandString(text))).toBe('usage.command-string')
  })

  test.each(['m?ID=1&ID=2', 'm?a[x]=1&a=2', 'm?a=1&a[x]=2'])('%j says something twice', (text) => {
    expect(codeOf(() => parseCommandString(text))).toBe('usage.parameter-twice')
  })

  test('an operator that ends the name is explained', () => {
    expect(() => parseCommandString('crm.deal.list?filter[>=DATE_CREATE]=2026-01-01')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('%3D') as string }) as UsageError,
    )
  })

  test('values are not shown', () => {
    expect(() => parseCommandString('m?PASSWORD=hunter2%')).toThrow(/^(?!.*hunter2)/)
  })
})

const name = fc.constantFrom('ID', '>ID', '<=ID', 'a b', 'a.b', '100%', 'a&b', 'a#b', 'Имя', '1', '😀')
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => Buffer.from(text).toString() === text),
  fc.constantFrom('a=b&c', '1+1', '#1', '\r\n', '$result[a][0]'),
  fc.integer(),
  fc.boolean(),
)
const { value } = fc.letrec<{ value: ParamValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
    fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4 }),
  ),
}))
const params = fc.dictionary(fc.stringMatching(/^[A-Za-z_]{1,8}$/), value, { maxKeys: 4 })

/** Scalars become texts; a map from 0 on is a list. */
function asText(given: ParamValue): ParamValue {
  if (given === null || typeof given !== 'object') {
    return typeof given === 'boolean' ? (given ? '1' : '0') : String(given)
  }
  const entries = Object.entries(given).map(([key, item]) => [key, asText(item)] as const)
  const isList = entries.every(([key], index) => key === String(index))
  return isList && entries.length > 0 ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

test('what we write into a batch is read back as the same', () => {
  fc.assert(
    fc.property(params, (given) => {
      expect(parseCommandString(`m?${toQuery(given)}`)).toEqual({ method: 'm', params: asText(given) })
    }),
    { numRuns: 1000 },
  )
})

function asMaps(read: unknown): unknown {
  if (read === null || typeof read !== 'object') return read
  const entries = read instanceof Map ? [...(read as Map<string, unknown>)] : Object.entries(read)
  return new Map(entries.map(([key, item]) => [key, asMaps(item)]))
}

test('whatever is accepted means the same to a PHP reader', () => {
  const piece = fc.constantFrom(
    ...['a', 'B', '[', ']', '[]', '[x]', '[7]', '=', '=', '&', '&', '+', '%', '%20', '%5B', '%5D', '%3D'],
    ...['.', ' ', '?', ';', '<', '>', '%D0%9F', 'Ж', '$result[a]', '%00', '0', '1'],
  )
  let accepted = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const query = pieces.join('')
      let read: Params
      try {
        read = parseCommandString(`m?${query}`).params
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        return
      }
      accepted++
      expect(asMaps(read)).toEqual(asMaps(parseStr(query)))
    }),
    { numRuns: 5000 },
  )
  expect(accepted).toBeGreaterThan(500)
})

describe('a command in JSON', () => {
  const from = (json: string): unknown => commandFrom(JsonText.of(Buffer.from(json)), 'Line 7 of x')

  test.each([
    '"m?ID=1"',
    '["m",{"ID":"1"}]',
    '{"method":"m","params":{"ID":"1"}}',
    '{"params":{"ID":"1"},"method":"m"}',
  ])('%s', (json) => {
    expect(from(json)).toEqual({ method: 'm', params: { ID: '1' } })
  })

  test.each(['"m"', '["m"]', '["m",[]]', '["m",null]', '{"method":"m"}', '{"method":"m","params":[]}'])(
    'without parameters: %s',
    (json) => {
      expect(from(json)).toEqual({ method: 'm', params: {} })
    },
  )

  test.each([
    ['7', /Line 7 of x is no command/],
    ['[]', /is no command/],
    ['["m",{},1]', /is no command/],
    ['[{"ID":1}]', /has no method/],
    ['{"params":{}}', /has no method/],
    ['{"method":" "}', /has no method/],
    ['{"method":"m","params":"ID=1"}', /the parameters are no object/],
    ['{"method":"m","params":["a"]}', /the parameters are no object/],
    ['{"metod":"m"}', /has "metod"/],
    ['"m?a#b"', /^Line 7 of x: .*"#"/],
  ])('%s is refused', (json, message) => {
    expect(() => from(json)).toThrow(message)
  })

  test.each([
    ['metod', 'method'],
    ['Method', 'method'],
    ['parameters', 'params'],
    ['PARAMS', 'params'],
  ])('%s most likely means %s', (wrong, right) => {
    expect(() => from(`{"${wrong}":1}`)).toThrow(
      expect.objectContaining({ hint: `Did you mean "${right}"?` }) as UsageError,
    )
  })
})
