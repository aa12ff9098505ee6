import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type IdOptions, idsOfList, readIds } from '../../src/input/ids.ts'
import {
  chunkSource,
  collected,
  cutAt,
  cutPlaces,
  everyCut,
  plainId,
  untilFailure,
  windows1251,
} from './in-chunks.ts'

type Given = Partial<IdOptions> & { readonly name?: string }

async function ids(
  chunks: readonly (Buffer | string)[],
  { name, ...options }: Given = {},
): Promise<ReturnType<typeof plainId>[]> {
  const source = chunkSource(chunks, name)
  return (await collected(readIds(source, { encoding: 'utf-8', ...options }))).map(plainId)
}

describe('ids in lines', () => {
  test('keep their writing, wherever they are cut', async () => {
    const text = '\uFEFF5\r\n"5"\n\n  0005 \nC1:NEW\n-1\n"a, b"\n"\\u044f"\nя"\n{"x":{},"ID":7}\n{"DEAL":"8"}'
    for (const chunks of everyCut(text)) {
      expect(await ids(chunks)).toEqual([
        [1, '5', '5', '5'],
        [2, '"5"', '5', '"5"'],
        [4, '"0005"', '0005', '  0005 '],
        [5, '"C1:NEW"', 'C1:NEW', 'C1:NEW'],
        [6, '-1', '-1', '-1'],
        [7, '"a, b"', 'a, b', '"a, b"'],
        [8, '"\\u044f"', 'я', '"\\u044f"'],
        [9, '"я\\""', 'я"', 'я"'],
        [10, '7', '7', '{"x":{},"ID":7}'],
        [11, '"8"', '8', '{"DEAL":"8"}'],
      ])
    }
  })

  test('keep all digits of large numbers', async () => {
    expect(await ids(['90645374694645374694\n'])).toMatchObject([
      [1, '90645374694645374694', '90645374694645374694', expect.anything()],
    ])
  })

  test('of any kind come back with the numbers of their lines', async () => {
    const id = fc.oneof(
      fc.integer(),
      fc.string({ unit: 'grapheme' }).filter((text) => text.trim() !== ''),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(id), fc.boolean(), cutPlaces, async (given, isArray, places) => {
        const literals = given.map((value) => JSON.stringify(value))
        const text = isArray ? `[${literals.join(' ,\n')}]` : literals.join('\n')
        expect(await ids(cutAt(text, places))).toEqual(
          given.map((value, at) => [at + 1, literals[at], String(value), literals[at]]),
        )
      }),
    )
  })

  test('may be in another encoding', async () => {
    expect(await ids([windows1251('Ключ\n')], { encoding: 'windows-1251' })).toEqual([
      [1, '"Ключ"', 'Ключ', 'Ключ'],
    ])
  })

  test('may be none', async () => {
    expect(await ids([' \n'])).toEqual([])
    expect(await ids(['[]'])).toEqual([])
  })
})

describe('ids in rows are', () => {
  test.each<[string, string, string | undefined, string]>([
    ['in the field that was named', '{"ID":1,"DEAL_ID":"2"}', 'DEAL_ID', '"2"'],
    ['in the only field', '{"DEAL_ID":2}', undefined, '2'],
    ['in ID', '{"id":1,"ID":2}', undefined, '2'],
    ['in id', '{"title":"x","id":2}', undefined, '2'],
  ])('%s', async (_, row, from, literal) => {
    expect((await ids([row], { from })).map(([, found]) => found)).toEqual([literal])
    expect((await ids([`[${row}]`], { from })).map(([, found]) => found)).toEqual([literal])
  })

  test('in a table, by its name or as asked for', async () => {
    const text = 'TITLE;ID\n"a;b";0005\nc;6\n'
    const expected = [
      [2, '"0005"', '0005', '"a;b";0005'],
      [3, '6', '6', 'c;6'],
    ]
    expect(await ids([text], { name: 'deals.csv' })).toEqual(expected)
    expect(await ids([text], { format: 'csv' })).toEqual(expected)
    expect(await ids([text], { format: 'csv', delimiter: ';', from: 'ID' })).toEqual(expected)
    expect(await ids([gzipSync('ID\tX\n5\t6\n')], { name: 'deals.tsv.gz', from: 'X' })).toEqual([
      [2, '6', '6', '5\t6'],
    ])
  })
})

describe('is refused as an id, behind those before it:', () => {
  test.each<[string, string, RegExp]>([
    ['null', 'null', /^Line 2 of standard input is no id but null\.$/],
    ['true', 'true', /^Line 2 of standard input is no id but true\.$/],
    ['an empty text', '""', /^Line 2 of standard input is no id but an empty text\.$/],
    ['a text of blanks', '" "', /^Line 2 of standard input is no id but an empty text\.$/],
    ['a list', '[1]', /^Line 2 of standard input is no id but a list\.$/],
    ['null in a row', '{"ID":null}', /^ID of line 2 of standard input is no id but null\.$/],
    [
      'an empty text in a row',
      '{"ID":"","x":1}',
      /^ID of line 2 of standard input is no id but an empty text\.$/,
    ],
    ['an object in a row', '{"ID":{}}', /^ID of line 2 of standard input is no id but an object\.$/],
    ['several in a line', '5,6', /^Line 2 of standard input has more than one id in it: "5,6"\.$/],
    ['several between blanks', ' 5\t6', /has more than one id in it: "5\\t6"\.$/],
    ['the line of a table', '5;x', /has more than one id in it: "5;x"\.$/],
    ['a row without an id', '{"A":1,"B":2}', /^Line 2 of standard input has no ID and no id in it\.$/],
    ['an empty row', '{}', /^Line 2 of standard input has no ID and no id in it\.$/],
  ])('%s', async (_, line, message) => {
    // prettier-ignore
    const source = chunkSource([`1\n${line}\n3`])
    const { items, failure } = await untilFailure(readIds(source, { encoding: 'utf-8' }))
    expect(items).toHaveLength(1)
    expect(failure).toMatchObject({
      code: 'usage.input-id',
      exitCode: 2,
      message: expect.stringMatching(message) as string,
      hint: expect.any(String) as string,
    })
    expect(source.closed()).toBe(1)
  })

  test('a row without the field that was named', async () => {
    await expect(ids(['{"ID":1}'], { from: 'DEAL_ID' })).rejects.toMatchObject({
      code: 'usage.input-id',
      message: 'Line 1 of standard input has no DEAL_ID in it.',
      hint: 'Name the field that has the id: --ids-from FIELD.',
    })
  })

  test('an empty cell of a table', async () => {
    await expect(ids(['ID,X\n,1\n'], { name: 'x.csv' })).rejects.toMatchObject({
      message: 'ID of line 2 of x.csv is no id but an empty text.',
    })
  })

  test('an element of an array that is none', async () => {
    await expect(ids(['[1,null]'])).rejects.toMatchObject({
      message: 'Element 2 of standard input is no id but null.',
    })
  })

  test.each(['{"ID":1', '"5', '{"ID":1,"ID":2}', '[1,2'])('what is no JSON, though it begins like it: %s', async (text) => {
    await expect(ids([text])).rejects.toMatchObject({ code: 'usage.input-json' })
  }) // prettier-ignore
})

describe('a list in one word', () => {
  test('gives ids of the same shape', () => {
    expect(idsOfList('1, 0005 ,ABC,"7"').map(plainId)).toEqual([
      [1, '1', '1', '1'],
      [2, '"0005"', '0005', '0005'],
      [3, '"ABC"', 'ABC', 'ABC'],
      [4, '"7"', '7', '"7"'],
    ])
  })

  test.each([
    ['', 'Entry 1 of --ids is no id but an empty text.'],
    ['1,,2', 'Entry 2 of --ids is no id but an empty text.'],
    ['1,2,', 'Entry 3 of --ids is no id but an empty text.'],
    ['1 2', 'Entry 1 of --ids has more than one id in it: "1 2".'],
  ])('%j is refused', (list, message) => {
    expect(() => idsOfList(list)).toThrow(
      expect.objectContaining({ code: 'usage.input-id', message }) as Error,
    )
  })
})

test('leaving early closes the source', async () => {
  for (const [text, name] of [['1\n2\n3', 'x.txt'], ['[1,2,3]', 'x.json'], ['ID\n1\n2\n', 'x.csv']] as const) {
    const source = chunkSource(Array.from(text), name)
    for await (const { text: id } of readIds(source, { encoding: 'utf-8' })) {
      expect(id).toBe('1')
      break
    }
    expect([source.opened(), source.closed()]).toEqual([1, 1])
  } // prettier-ignore
})
