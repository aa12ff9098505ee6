import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withWrittenBooleans } from '../../src/protocol/booleans.ts'
import { whyAlone } from '../../src/protocol/carriage.ts'
import { paramValue } from '../../src/protocol/json-params.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import { toQuery } from '../../src/protocol/params.ts'
import type { ParamMap, Params, ParamValue } from '../../src/protocol/types.ts'
import { readJson } from '../../src/sandbox/json-reader.ts'
import { parseStr } from '../../src/sandbox/parse-str.ts'
import { securedParams } from '../../src/sandbox/security-filter.ts'
import { isArray, type PhpArray, toText, type Value } from '../../src/sandbox/values.ts'
import { anyObject, attackText, plainObject } from '../support/written-json.ts'

/** Parameters as `call` makes them of a row. */
function paramsOf(json: string): Params {
  return withWrittenBooleans('crm.deal.update', paramValue(JsonText.of(Buffer.from(json))) as ParamMap)
}

/** What a PHP reader has in its hands, all values as texts; PHP's maps have an order that means nothing here. */
function asTexts(value: Value | undefined): unknown {
  if (value === null) return null
  if (!isArray(value)) return toText(value)
  return new Map(Array.from(value.entries(), ([name, item]) => [name, asTexts(item)]))
}

function fromBody(params: Params): unknown {
  return asTexts(readJson(JSON.stringify(params)))
}

function fromBatch(params: Params): unknown {
  return asTexts(parseStr(toQuery(params)))
}

describe('a row', () => {
  test('means the same in a batch and in a call of its own, and what was written', () => {
    let carried = 0
    fc.assert(
      fc.property(plainObject, ({ json, read }) => {
        const params = paramsOf(json)
        expect(fromBody(params)).toEqual(read)
        if (whyAlone(params) !== undefined) return
        carried++
        expect(fromBatch(params)).toEqual(read)
      }),
      { numRuns: 2_000 },
    )
    // Chance may well write something that looks like code, but not often.
    expect(carried).toBeGreaterThan(1_500)
  })

  test('that a batch would change goes alone, whatever is in it', () => {
    let alone = 0
    fc.assert(
      fc.property(anyObject, ({ json, read }) => {
        const params = paramsOf(json)
        expect(fromBody(params)).toEqual(read)
        if (whyAlone(params) !== undefined) alone++
        else expect(fromBatch(params)).toEqual(read)
      }),
      { numRuns: 2_000 },
    )
    expect(alone).toBeGreaterThan(500)
    expect(alone).toBeLessThan(2_000)
  })

  test('without parameters fits into a batch', () => {
    expect(whyAlone({})).toBeUndefined()
  })
})

describe('goes alone:', () => {
  test.each<[string, ParamValue, RegExp]>([
    ['null', null, /null/],
    ['an empty list', [], /empty list/],
    ['an empty map', {}, /empty map/],
    ['a bracket in a name', { 'a[b': '1' }, /name/],
    ['a closing one', { 'a]': '1' }, /name/],
    ['NUL in a name', { 'a\0': '1' }, /name/],
    ['an empty name', { '': '1' }, /name/],
    ['a blank before a name', { ' a': '1' }, /name/],
    ['a reference', 'x $result[a] y', /reference/],
    ['a reference in another casing', '$TOTAL[a]', /reference/],
    ['a reference with something in between, which the portal passes over', '$resulting[a]', /reference/],
    ['a reference in a name', { $next: '1' }, /code/],
    ['markup', 'see <b>here</b>', /markup/],
    ['SQL', 'Please SELECT one FROM the list', /markup|code/],
    ['a path', '..\\x', /markup|code/],
    ['markup in a name', { '<b>': '1' }, /code/],
  ])('%s', (_what, value, reason) => {
    expect(whyAlone({ fields: { X: value } })).toMatch(reason)
    expect(whyAlone({ fields: { X: ['a', { deep: value }] } })).toMatch(reason)
    // And nothing else of the row does.
    expect(whyAlone({ fields: { X: ['a', { deep: 'value' }] } })).toBeUndefined()
  })

  test.each(['a b', 'a.b', 'a\t', ''])('the name %j at the top, where PHP would change it', (name) => {
    expect(whyAlone({ [name]: '1' })).toMatch(/name/)
    expect(whyAlone({ fields: { x: '1' } })).toBeUndefined()
  })

  test('what has more than a thousand values, however they are nested', () => {
    const values = Array.from({ length: 1_000 }, (_, at) => String(at))
    expect(whyAlone({ values })).toBeUndefined()
    expect(() => toQuery({ values })).not.toThrow()
    expect(whyAlone({ values, one: '1' })).toBe('more than 1,000 values')
    expect(whyAlone({ values: Object.fromEntries(values.map((key) => [key, { a: '1', b: '2' }])) })).toBe(
      'more than 1,000 values',
    )
  })

  test('what is nested deeper than PHP reads a query', () => {
    const deep = (levels: number): ParamValue =>
      Array.from({ length: levels }).reduce<ParamValue>((value) => ({ a: value }), 'x')
    expect(whyAlone({ a: deep(50) })).toBeUndefined()
    expect(whyAlone({ a: deep(64) })).toBe('deep nesting')
  })
})

test('references that are meant as such stay in their batch', () => {
  const params = { id: '$result[a][ID]', filter: { ID: 'x $next[a] y' } }
  expect(whyAlone(params, { mayRefer: true })).toBeUndefined()
  expect(whyAlone({ ...params, x: null }, { mayRefer: true })).toBe('null')
  expect(whyAlone({ ...params, x: '<b>' }, { mayRefer: true })).toBe('markup or code')
})

describe('the filter of the portal', () => {
  const filtered = (text: string): Value | undefined => {
    const secured = securedParams(parseStr(toQuery({ fields: { X: text } })))
    return (secured.get('fields') as PhpArray).get('X')
  }

  test('meets no text that it would change', () => {
    let changed = 0
    let carried = 0
    fc.assert(
      fc.property(attackText, (text) => {
        if (filtered(text) !== text) {
          changed++
          expect({ text, alone: whyAlone({ fields: { X: text } }) !== undefined }).toEqual({
            text,
            alone: true,
          })
        } else if (whyAlone({ fields: { X: text } }) === undefined) {
          carried++
        }
      }),
      { numRuns: 20_000 },
    )
    // The texts are such that both happens.
    expect(changed).toBeGreaterThan(2_000)
    expect(carried).toBeGreaterThan(2_000)
  })

  test.each(['union select', 'x myjavascript: y', 'onclick=', '<a\nhref=', 'update a set b', '....//x'])(
    'would change %j',
    (text) => {
      expect(filtered(text)).not.toBe(text)
      expect(whyAlone({ fields: { X: text } })).toBeDefined()
    },
  )

  test('takes no time over long texts', () => {
    const text = `${'select '.repeat(20_000)}${'<'.repeat(20_000)}${'on'.repeat(20_000)}`
    const startedAt = performance.now()
    whyAlone({ fields: { X: text.replaceAll('select', 'selec') } })
    whyAlone({ fields: { X: 'update '.repeat(20_000) } })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
