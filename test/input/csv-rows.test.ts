import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCsv } from '../../src/input/csv-rows.ts'
import { chunkSource, collected, cutAt, cutPlaces, everyCut, plain, untilFailure } from './in-chunks.ts'

interface Read {
  readonly header: string | undefined
  readonly rows: ReturnType<typeof plain>[]
}

async function table(chunks: readonly (Buffer | string)[], delimiter?: string): Promise<Read> {
  const { header, rows } = await openCsv(chunkSource(chunks).open(), 'deals.csv', delimiter)
  return { header: header?.toString(), rows: (await collected(rows)).map(plain) }
}

describe('a table', () => {
  test('has cells with every blank and every zero, wherever it is cut', async () => {
    const text = 'ID,TITLE,NOTE\n0005, x ,\n\n6,"a,""b""\nc\r\n\nd",-\r\n"","","7"'
    for (const chunks of everyCut(text)) {
      expect(await table(chunks)).toEqual({
        header: 'ID,TITLE,NOTE',
        rows: [
          { line: 2, fields: { ID: '0005', TITLE: ' x ', NOTE: '' }, raw: '0005, x ,' },
          {
            line: 4,
            fields: { ID: '6', TITLE: 'a,"b"\nc\r\n\nd', NOTE: '-' },
            raw: '6,"a,""b""\nc\r\n\nd",-',
          },
          { line: 8, fields: { ID: '', TITLE: '', NOTE: '7' }, raw: '"","","7"' },
        ],
      })
    }
  })

  test('may have LF in one place and CRLF in another, and lose half of the last one', async () => {
    const { rows } = await table(['A,B\r\n1,2\n3,4\r\n5,6\r'])
    expect(rows.map(({ fields }) => fields)).toEqual([
      { A: '1', B: '2' },
      { A: '3', B: '4' },
      { A: '5', B: '6' },
    ])
  })

  test('may have one column, with empty cells in quotes', async () => {
    const { header, rows } = await table(['\nID\n1\n""\n\n 2\n'])
    expect(header).toBe('ID')
    expect(rows.map(({ line, fields }) => [line, fields['ID']])).toEqual([
      [3, '1'],
      [4, ''],
      [6, ' 2'],
    ])
  })

  test('may have its header alone, or not even that', async () => {
    expect(await table(['ID,TITLE'])).toEqual({ header: 'ID,TITLE', rows: [] })
    expect(await table(['\n\r\n'])).toEqual({ header: undefined, rows: [] })
    expect(await table([])).toEqual({ header: undefined, rows: [] })
  })

  test('has a header that may be quoted and span lines', async () => {
    const { header, rows } = await table(['"a;b";"c\nd"\n1;2\n'])
    expect(header).toBe('"a;b";"c\nd"')
    expect(rows).toEqual([{ line: 3, fields: { 'a;b': '1', 'c\nd': '2' }, raw: '1;2' }])
  })

  test('of any cells comes back, with the lines on which its records begin, and so does its raw text', async () => {
    const cell = fc.string({ unit: fc.oneof(fc.constantFrom(...Array.from('",;\t\r\n 0я→')), fc.string({ unit: 'grapheme' })) }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, fc.nat({ max: 2 })), { maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|', '→'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        cutPlaces,
        async (given, delimiter, end, hasLastEnd, places) => {
          const records = [['ID', 'B'], ...given.map(([a, b]) => [a, b])].map((cells) =>
            cells.map((text) => quoted(text, delimiter)).join(delimiter),
          )
          const blanks = [0, ...given.map(([, , count]) => count)]
          const text =
            records.map((record, at) => end.repeat(blanks[at] ?? 0) + record).join(end) +
            (hasLastEnd ? end : '')
          const detects = delimiter === ',' || delimiter === ';' || delimiter === '\t'
          const read = await table(cutAt(text, places), detects ? undefined : delimiter)
          expect(read.rows.map(({ fields }) => [fields['ID'], fields['B']])).toEqual(
            given.map(([a, b]) => [a, b]),
          )
          expect([read.header, ...read.rows.map(({ raw }) => raw)]).toEqual(records)
          const lines = text.split('\n')
          for (const { line, raw } of read.rows) {
            expect(lines.slice(line - 1).join('\n').startsWith(raw)).toBe(true) // prettier-ignore
          }
          const again = [read.header, ...read.rows.map(({ raw }) => raw)].join('\n')
          expect((await table([again], delimiter)).rows.map(({ fields }) => fields)).toEqual(
            read.rows.map(({ fields }) => fields),
          )
        },
      ),
    )
  })
})

function quoted(text: string, delimiter: string): string {
  return text === '' || /["\r\n]/.test(text) || text.includes(delimiter)
    ? `"${text.replaceAll('"', '""')}"`
    : text
}

describe('the delimiter', () => {
  test.each<[string, string | undefined, string[]]>([
    ['A,B', undefined, ['A', 'B']],
    ['A;B', undefined, ['A', 'B']],
    ['A\tB', undefined, ['A', 'B']],
    ['A', undefined, ['A']],
    ['"A,B;C";D', undefined, ['A,B;C', 'D']], // what is in quotes does not count
    ['"A"",""B";D', undefined, ['A","B', 'D']],
    ['A;B,C', ',', ['A;B', 'C']],
    ['A|B', '|', ['A', 'B']],
    ['A|B', undefined, ['A|B']],
  ])('of %j, given as %j', async (header, given, names) => {
    const cells = names.map(() => '1').join(given ?? /[,;\t](?=[^"]*$)/.exec(header)?.[0] ?? ',')
    const { rows } = await table([`${header}\n${cells}\n`], given)
    expect(rows.map(({ fields }) => Object.keys(fields))).toEqual([names])
  })

  test('in doubt has to be named', async () => {
    await expect(table(['A;B,C\tD\n'])).rejects.toMatchObject({
      code: 'usage.input-delimiter',
      message:
        'The header of deals.csv has "," and ";" and "\\t" in it, and each of them may be the delimiter.',
      hint: expect.stringContaining('--input-delimiter') as string,
    })
  })
})

describe('a header is refused', () => {
  test.each<[string, string, string]>([
    ['an empty name', 'ID,,B\n', 'has a column without a name (column 2)'],
    ['a name of blanks', 'ID, \n', 'has a column without a name (column 2)'],
    ['a delimiter at its end', 'ID,\n', 'has a column without a name (column 2)'],
    ['a name twice', 'ID,B,ID\n1,2,3\n', 'has "ID" twice (column 3)'],
    ['blanks around a name', 'ID, TITLE\n', 'has blanks around " TITLE" (column 2)'],
    ['CR alone at the end of lines', 'ID,B\r1,2\r3,4', 'has line ends of old Macs, CR alone, where LF or CRLF are needed (column 2)'], // prettier-ignore
  ])('with %s', async (_, text, message) => {
    await expect(table([text])).rejects.toMatchObject({
      code: 'usage.input-header',
      message: `The header of deals.csv ${message}.`,
      hint: expect.stringContaining('names the columns') as string,
    })
  })

  test('with a quote where none may stand', async () => {
    await expect(table(['ID,B"x\n1,2\n3,"4"\n"'])).rejects.toMatchObject({
      code: 'usage.input-csv',
      message: 'Line 1 of deals.csv has a quote where none may stand.',
    })
  })
})

describe('a record is refused, behind those before it,', () => {
  test.each<[string, string, number, string]>([
    [
      'with too few cells',
      'A,B,C,D\n1,2,3,4\n\n1,2,3\n',
      1,
      'Line 4 of deals.csv has 3 cells, the header has 4.',
    ],
    ['with too many cells', 'A\n1\n2,3\n4', 1, 'Line 3 of deals.csv has 2 cells, the header has 1.'],
    ['with a blank alone', 'A,B\n1,2\n \n', 1, 'Line 3 of deals.csv has 1 cell, the header has 2.'],
    [
      'with a quote inside of a cell',
      'A,B\n1,2\n5" pipe,"x"\n3,"4',
      1,
      'Line 3 of deals.csv has a quote where none may stand.',
    ],
    [
      'with text behind a quote',
      'A,B\n1,2\n3,4\n"x"y,2\n',
      2,
      'Line 4 of deals.csv has a quote where none may stand.',
    ],
    [
      'with a quote behind a blank',
      'A,B\n1, "2"\n',
      0,
      'Line 2 of deals.csv has a quote where none may stand.',
    ],
    [
      'with a quote that is never closed',
      'A,B\n1,2\n3,"4\n5,6\n',
      1,
      'Line 3 of deals.csv has a quote that is never closed.',
    ],
    [
      'cut inside of a quote',
      'A,B\n1,"2\r\n\r\n',
      0,
      'Line 2 of deals.csv has a quote that is never closed.',
    ],
  ])('%s', async (_, text, before, message) => {
    // prettier-ignore
    for (const chunks of everyCut(text)) {
      const { rows } = await openCsv(chunkSource(chunks).open(), 'deals.csv', undefined)
      const { items, failure } = await untilFailure(rows)
      expect(failure).toMatchObject({
        code: 'usage.input-csv',
        message,
        hint: expect.any(String) as string,
      })
      expect(items).toHaveLength(before)
    }
  })

  test('when a quote that is never closed makes one of all that follows', async () => {
    const chunk = Buffer.from(`1,${'2'.repeat(60)}\n`.repeat(16 * 1024))
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('A,B\n1,"2\n')
      for (;;) yield await Promise.resolve(chunk)
    }
    const { rows } = await openCsv(endless(), 'deals.csv', undefined)
    await expect(rows.next()).rejects.toMatchObject({
      code: 'usage.input-line-length',
      message: 'Line 2 of deals.csv is longer than 64 MiB.',
    })
  })
})
