import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UsageError } from '../../src/errors.ts'
import {
  findReferences,
  KEEP,
  renameReferences,
  resolveReferences,
  type Reference,
} from '../../src/protocol/references.ts'
import type { Params, ParamValue } from '../../src/protocol/types.ts'
import { resolveReferences as portalResolves } from '../../src/sandbox/references.ts'
import type { PhpArray, Value } from '../../src/sandbox/values.ts'

const whole = (path: string, id: string, steps: string[]): Reference => ({
  kind: 'result',
  id,
  steps,
  path,
  isWholeValue: true,
})

describe('references are found', () => {
  test('in values, nested ones and those of lists', () => {
    expect(findReferences({ ID: '$result[a][0][ID]', filter: { '@ID': ['1', '$result[b]'] } })).toEqual([
      whole('ID', 'a', ['0', 'ID']),
      whole('filter[@ID][1]', 'b', []),
    ])
  })

  test('in names, where they are never the whole value', () => {
    expect(findReferences({ fields: { '$result[a][CODE]': 'x' } })).toEqual([
      { kind: 'result', id: 'a', steps: ['CODE'], path: 'fields[$result[a][CODE]]', isWholeValue: false },
    ])
  })

  test('inside of texts, several of them', () => {
    const found = findReferences({ TITLE: 'Deal $result[a][ID] of $total[b] !' })
    expect(found.map(({ kind, id, isWholeValue }) => [kind, id, isWholeValue])).toEqual([
      ['result', 'a', false],
      ['total', 'b', false],
    ])
  })

  test.each(['result', 'next', 'total', 'time', 'error', 'Result', 'TOTAL'])('by $%s', (kind) => {
    expect(findReferences({ X: `$${kind}[a]` })).toMatchObject([{ kind: kind.toLowerCase(), id: 'a' }])
  })

  test.each(['7', 'Сделка', 'a-B', 'a.b', 'a[b', '$x', '"'])('to the id %j', (id) => {
    expect(findReferences({ X: `$result[${id}][ID]` })).toEqual([whole('X', id, ['ID'])])
  })

  test.each(['$results are in', 'costs $total', '$5', '$', '$timeout', 'a [x] $next', 'result[a]'])(
    'but not in %j',
    (text) => {
      expect(findReferences({ X: text, [text]: 1 })).toEqual([])
    },
  )

  test('but not in numbers, booleans and null', () => {
    expect(findReferences({ a: 1, b: true, c: null, d: [] })).toEqual([])
  })
})

describe('what the portal would swallow is refused', () => {
  test.each([
    '$result[a][ID]glued',
    '$result[a][ID], and more',
    '$result[a][ID]\u00a0₽',
    '$result[a][ID]$result[b][ID]',
    '$result[a].[ID]',
    '$result[a][]',
    '$result:[a]',
    '$timeout[5]',
    '$results[a]',
    'see ($result[a][ID])',
  ])('%j', (text) => {
    expect(() => findReferences({ fields: { TITLE: text } })).toThrow(
      expect.objectContaining({ code: 'usage.reference-glued' }) as UsageError,
    )
  })

  test.each(['$result[', '$result[]', '$result[a b][ID]', '$result[ a ]'])(
    'a bracket that does not close: %j',
    (text) => {
      expect(() => findReferences({ X: text })).toThrow(
        expect.objectContaining({ code: 'usage.reference-malformed' }) as UsageError,
      )
    },
  )

  test('and the message says where', () => {
    expect(() => findReferences({ fields: { TITLE: '$result[a]x' } }, 'Line 7: ')).toThrow(
      /^Line 7: .*"\$result\[a\]x" in fields\[TITLE\]/,
    )
  })
})

describe('references are renamed', () => {
  const names = new Map([
    ['A', 'c0'],
    ['7', 'c1'],
  ])

  test('to the names on the wire, with their kind in lower case', () => {
    expect(
      renameReferences(
        { ID: '$RESULT[A][0][ID]', TITLE: 'of $Total[7] and $result[A] .', n: 7, list: ['$next[7]', true] },
        names,
      ),
    ).toEqual({
      ID: '$result[c0][0][ID]',
      TITLE: 'of $total[c1] and $result[c0] .',
      n: 7,
      list: ['$next[c1]', true],
    })
  })

  test('in names too', () => {
    expect(renameReferences({ fields: { '$result[A]': 1 } }, names)).toEqual({ fields: { '$result[c0]': 1 } })
  })

  test('unless their id has no name', () => {
    expect(() => renameReferences({ X: '$result[a]' }, names)).toThrow(/No command has the id "a"/)
  })
})

describe('references are resolved', () => {
  const answers: Readonly<Record<string, ParamValue>> = {
    id: 5,
    text: 'Ann',
    yes: true,
    list: ['1', '2'],
    none: null,
    alike: '$result[x][y]',
    part: 'result[x]',
  }
  const lookup = ({ id }: Reference): ParamValue | typeof KEEP | undefined =>
    id.startsWith('later') ? KEEP : answers[id]
  const resolve = (params: Params): unknown => {
    const resolution = resolveReferences(params, lookup)
    return resolution.kind === 'resolved' ? resolution.params : [resolution.reason, resolution.reference.id]
  }

  test('by values of any type where they are the whole value', () => {
    expect(resolve({ a: '$result[id]', b: '$result[list]', c: '$result[yes]', d: '$result[text]' })).toEqual({
      a: 5,
      b: ['1', '2'],
      c: true,
      d: 'Ann',
    })
  })

  test('by their text inside of texts and names', () => {
    expect(resolve({ a: 'No. $result[id] for $result[text] !', 'n $result[id]': '$' })).toEqual({
      a: 'No. 5 for Ann !',
      'n 5': '$',
    })
  })

  test.each([
    ['$result[none]', ['missing', 'none']],
    ['$result[nowhere]', ['missing', 'nowhere']],
    ['x $result[nowhere]', ['missing', 'nowhere']],
    ['x $result[list]', ['not-text', 'list']],
    ['x $result[yes]', ['not-text', 'yes']],
  ])('or it is said why not: %j', (text, why) => {
    expect(resolve({ filter: { '>ID': text } })).toEqual(why)
  })

  test('except those to commands of the same request', () => {
    const params = { a: '$result[later][ID]', b: '$result[id]', c: 'x $total[later2] $result[id]' }
    expect(resolveReferences(params, lookup)).toEqual({
      kind: 'resolved',
      params: { a: '$result[later][ID]', b: 5, c: 'x $total[later2] 5' },
      hasReferences: true,
    })
  })

  test('also if the values look like references, since such a command can go alone', () => {
    expect(resolveReferences({ a: '$result[alike]', b: 'x $result[alike]' }, lookup)).toEqual({
      kind: 'resolved',
      params: { a: '$result[x][y]', b: 'x $result[x][y]' },
      hasReferences: false,
    })
  })

  test.each(['$result[alike]', 'x $result[alike]', '$$result[part]', 'x $$result[part]'])(
    'but not in a batch, where they would be replaced again: %j',
    (text) => {
      expect(resolve({ a: text, b: '$result[later]' })).toEqual([
        'reference',
        text.includes('alike') ? 'alike' : 'part',
      ])
    },
  )

  test('two names that become one are refused', () => {
    expect(() => resolve({ 'n $result[id]': 1, 'n 5': 2 })).toThrow(/n 5 is given twice/)
  })

  test('names of JavaScript’s own stay names', () => {
    const params = JSON.parse('{"__proto__": {"a": "$result[id]"}}') as Params
    expect(JSON.stringify(resolve(params))).toBe('{"__proto__":{"a":5}}')
  })
})

/** Parameters with references among words that look a little like them. */
function paramsWith(reference: fc.Arbitrary<string>): fc.Arbitrary<Params> {
  const word = fc.oneof(reference, fc.constantFrom('x', '$', '$5', '[a]', 'Привет', '$total', ''))
  const text = fc.oneof(
    reference,
    fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')),
  )
  const names = fc.constantFrom('ID', 'TITLE', '>ID')
  return fc.dictionary(
    names,
    fc.oneof(text, fc.integer(), fc.array(text), fc.dictionary(fc.constantFrom('a', 'b'), text)),
  )
}

const IDS = ['a', '7', 'B_c', 'Ж']
const NAMES = new Map(IDS.map((id, index) => [id, `c${index}`]))

function written(kind: string, id: string, steps: readonly string[]): string {
  return `$${kind}[${id}]${steps.map((step) => `[${step}]`).join('')}`
}

test('renamed references are the same references under other names', () => {
  const kind = fc.constantFrom('result', 'Next', 'TOTAL', 'time', 'error')
  const steps = fc.array(fc.constantFrom('0', '49', 'ID', 'UF_CRM_1', 'items'), { maxLength: 3 })
  const reference = fc.tuple(kind, fc.constantFrom(...IDS), steps).map((parts) => written(...parts))
  fc.assert(
    fc.property(paramsWith(reference), (given) => {
      const before = findReferences(given)
      const after = findReferences(renameReferences(given, NAMES))
      expect(after).toEqual(before.map((one) => ({ ...one, id: NAMES.get(one.id) })))
    }),
  )
})

function fromJs(value: ParamValue): Value {
  if (value === null || typeof value !== 'object') return value
  return new Map(Object.entries(value).map(([key, item]) => [key, fromJs(item)]))
}

test('references that we resolve become what the portal would have made of them', () => {
  const values = { ID: '5', items: [{ ID: 7 }, { ID: '8 $x' }], NAME: 'a text' }
  const result: ParamValue = { a: values, 7: [values], B_c: 'plain', Ж: 3 }
  const onWire = Object.fromEntries(Object.entries(result).map(([id, value]) => [NAMES.get(id) ?? '', value]))
  const reached = (steps: readonly string[]): ParamValue =>
    steps.reduce<ParamValue>((value, step) => (value as Params)[step] ?? null, result)
  const reference = fc
    .constantFrom('a', 'a ID', 'a items', 'a items 1 ID', 'a NAME', '7 0 ID', '7 0 items 0 ID', 'B_c', 'Ж')
    .map((words) => words.split(' '))
    .map(([id = '', ...steps]) => written('result', id, steps))
  let resolvedOnes = 0
  fc.assert(
    fc.property(paramsWith(reference), (given) => {
      const ours = resolveReferences(given, ({ id, steps }) => reached([id, ...steps]))
      if (ours.kind === 'unresolved') {
        expect(ours).toMatchObject({ reason: 'not-text' })
        return
      }
      resolvedOnes++
      const sent = fromJs(renameReferences(given, NAMES)) as PhpArray
      const theirs = portalResolves(sent, { result: fromJs(onWire) as PhpArray }, 'literal')
      expect(theirs).toEqual(fromJs(ours.params))
    }),
    { numRuns: 1000 },
  )
  expect(resolvedOnes).toBeGreaterThan(200)
})
