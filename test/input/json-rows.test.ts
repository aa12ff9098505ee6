import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonItems } from '../../src/input/json-items.ts'
import { jsonRows } from '../../src/input/json-rows.ts'
import { collected, cutAt, cutPlaces, everyCut, chunkSource, plain, untilFailure } from './in-chunks.ts'

async function* bytesOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer, void, undefined> {
  yield* chunkSource(chunks).open()
}

async function rows(chunks: readonly Buffer[]): Promise<ReturnType<typeof plain>[]> {
  return (await collected(jsonRows(await jsonItems(bytesOf(chunks), 'deals.json')))).map(plain)
}

async function failure(text: string): Promise<{ rows: number; failure: unknown }> {
  const items = await jsonItems(bytesOf([Buffer.from(text)]), 'deals.json')
  const { items: before, failure } = await untilFailure(jsonRows(items))
  return { rows: before.length, failure }
}

const object = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'),
  fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: fc.constantFrom(...Array.from('{}[]",\\ \n')) })),
)

describe('lines of JSON', () => {
  test('are rows whose values keep their writing', async () => {
    const text = '\r\n{"ID":"0005", "N":1.0,"BIG":90645374694645374694,"T":"\\u044fя","L":[ 1 ]}\r\n \n{}'
    for (const chunks of everyCut(text)) {
      expect(await rows(chunks)).toEqual([
        {
          line: 2,
          fields: { ID: '"0005"', N: '1.0', BIG: '90645374694645374694', T: '"\\u044fя"', L: '[ 1 ]' },
          raw: '{"ID":"0005", "N":1.0,"BIG":90645374694645374694,"T":"\\u044fя","L":[ 1 ]}',
        },
        { line: 4, fields: {}, raw: '{}' },
      ])
    }
  })

  test('of any objects come back, wherever they are cut, with the numbers of their lines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ row: object, blanks: fc.nat({ max: 2 }) })),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        cutPlaces,
        async (given, end, hasLastEnd, places) => {
          const lines = given.flatMap(({ row, blanks }) => [
            ...Array<string>(blanks).fill(''),
            JSON.stringify(row),
          ])
          const text = lines.join(end) + (hasLastEnd ? end : '')
          const read = await rows(cutAt(text, places))
          expect(read.map(({ raw }) => raw)).toEqual(given.map(({ row }) => JSON.stringify(row)))
          expect(read.map(({ fields }) => Object.keys(fields).sort())).toEqual(
            given.map(({ row }) => Object.keys(row).sort()),
          )
          for (const { line, raw } of read) expect(lines[line - 1]).toBe(raw)
        },
      ),
    )
  })
})

describe('a JSON array', () => {
  test('is rows by their places, each raw in one line', async () => {
    const text = ' \n[ {"ID": 1,\r\n  "T": "],[{\\"\\\\"} ,\n{"ID":2} ]\n'
    for (const chunks of everyCut(text)) {
      expect(await rows(chunks)).toEqual([
        { line: 1, fields: { ID: '1', T: '"],[{\\"\\\\"' }, raw: '{"ID": 1,    "T": "],[{\\"\\\\"}' },
        { line: 2, fields: { ID: '2' }, raw: '{"ID":2}' },
      ])
    }
  })

  test.each(['[]', ' [ \n ] \n'])('may be empty: %j', async (text) => {
    for (const chunks of everyCut(text)) expect(await rows(chunks)).toEqual([])
  })

  test('of any objects comes back, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object),
        fc.constantFrom(undefined, 2, '\t'),
        cutPlaces,
        async (given, indent, places) => {
          const read = await rows(cutAt(JSON.stringify(given, undefined, indent), places))
          expect(read.map(({ raw }) => JSON.stringify(JSON.parse(raw)))).toEqual(
            given.map((row) => JSON.stringify(row)),
          )
          expect(read.map(({ line }) => line)).toEqual(given.map((_, at) => at + 1))
          for (const { raw } of read) expect(raw).not.toMatch(/[\r\n]/)
        },
      ),
    )
  })

  test('is held by one element at a time', async () => {
    let given = 0
    const item = Buffer.from(`{"ID":1,"T":"${'x'.repeat(100_000)}"},`)
    async function* endless(): AsyncGenerator<Buffer, void, undefined> {
      yield Buffer.from('[')
      for (;;) {
        given++
        yield await Promise.resolve(item)
      }
    }
    const read = jsonRows(await jsonItems(endless(), 'x'))
    for (let count = 0; count < 50; count++) expect((await read.next()).done).toBe(false)
    expect(given).toBeLessThanOrEqual(51)
    await read.return()
  })
})

describe('is refused, behind the rows before it:', () => {
  const good = '{"ID":1}'
  test.each<[string, string, number, string, RegExp]>([
    [
      'a line that is no JSON',
      `${good}\n\n{a:1}`,
      1,
      'input-json',
      /^Line 3 of deals\.json is not JSON: .*\.$/,
    ],
    ['a line that is cut', `${good}\n{"ID":`, 1, 'input-json', /^Line 2 of deals\.json is not JSON: /],
    ['two rows in a line', `${good} ${good}`, 0, 'input-json', /^Line 1 of deals\.json is not JSON: /],
    ['a row over several lines', '{\n"ID":1\n}', 0, 'input-json', /^Line 1 of deals\.json is not JSON: /],
    ['a control character in a text', '{"T":"a\tb"}', 0, 'input-json', /^Line 1 .* is not JSON: /],
    ['a list in a line', `${good}\n[1]`, 1, 'input-row', /^Line 2 of deals\.json is no object but a list\.$/],
    ['a text', '"x"', 0, 'input-row', /^Line 1 of deals\.json is no object but a text\.$/],
    ['a number', '-5', 0, 'input-row', /^Line 1 of deals\.json is no object but a number\.$/],
    ['null', 'null', 0, 'input-row', /^Line 1 of deals\.json is no object but null\.$/],
    [
      'a name twice',
      '{"A":1,"B":2,"A":1}',
      0,
      'input-json',
      /^Line 1 of deals\.json has "A" twice in one object\.$/,
    ],
    ['a name twice in two writings', '{"A":1,"\\u0041" :1}', 0, 'input-json', /has "A" twice/],
    [
      'a name twice far below',
      '{"A":[{"A":{"b":1}},{"A":{"b":[{"c":1,"c":2}]}}]}',
      0,
      'input-json',
      /has "c" twice/,
    ],
    [
      'deep nesting',
      `{"A":${'['.repeat(600)}${']'.repeat(600)}}`,
      0,
      'input-json',
      /^Line 1 .* nested deeper than 500 levels/,
    ],
    [
      'an element that is no JSON',
      `[${good},{"ID":1]}]`,
      1,
      'input-json',
      /^Element 2 of deals\.json is not JSON: /,
    ],
    [
      'an element that is half',
      `[${good},{"ID":}]`,
      1,
      'input-json',
      /^Element 2 of deals\.json is not JSON: /,
    ],
    ['a stray brace', `[${good},}]`, 1, 'input-json', /^Element 2 of deals\.json is not JSON: /],
    [
      'elements without a comma',
      `[${good} ${good}]`,
      0,
      'input-json',
      /^Element 1 of deals\.json is not JSON: /,
    ],
    [
      'an element that is a list',
      `[${good},[]]`,
      1,
      'input-row',
      /^Element 2 of deals\.json is no object but a list\.$/,
    ],
    ['a name twice in an element', `[{"A":1,"A":2}]`, 0, 'input-json', /^Element 1 .* has "A" twice/],
    [
      'an array that is not closed',
      `[${good},${good}`,
      1,
      'input-json',
      /^The JSON array of deals\.json ends inside element 2 or behind a comma\.$/,
    ],
    [
      'an array that ends behind a comma',
      `[${good},`,
      1,
      'input-json',
      /^The JSON array of deals\.json ends inside element 2 or behind a comma\.$/,
    ],
    ['an array that ends in a text', `[${good},{"A":"`, 1, 'input-json', /ends inside element 2/],
    [
      'text behind an array',
      `[${good}]\n,`,
      1,
      'input-json',
      /^The JSON array of deals\.json has text behind its closing bracket\.$/,
    ],
    ['a second array', `[${good}]\n[${good}]`, 1, 'input-json', /has text behind its closing bracket/],
    [
      'a comma too many at the end',
      `[${good},]`,
      1,
      'input-json',
      /has a comma without an element 2 beside it\.$/,
    ],
    [
      'a comma too many at the start',
      `[,${good}]`,
      0,
      'input-json',
      /has a comma without an element 1 beside it\.$/,
    ],
  ])('%s', async (_, text, before, code, message) => {
    // prettier-ignore
    const found = await failure(text)
    expect(found.failure).toMatchObject({
      code: `usage.${code}`,
      exitCode: 2,
      message: expect.stringMatching(message) as string,
      hint: expect.any(String) as string,
    })
    expect(found.rows).toBe(before)
  })
})

test('objects beside each other and below each other may have the same names', async () => {
  const text = '{"A":{"A":[{"A":1},{"A":"A:"}]},"B":["B","B"],"C":{"A":1}}'
  expect(await rows([Buffer.from(text)])).toMatchObject([{ line: 1, raw: text }])
})
