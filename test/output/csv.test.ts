import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ColumnFindings, ColumnPlan } from '../../src/output/columns.ts'
import { csvSink, type CsvStyle } from '../../src/output/csv.ts'
import type { JsonText } from '../../src/protocol/json-text.ts'
import { csvRows, parseCsv } from '../support/parse-csv.ts'
import { rows } from '../support/rows.ts'

const STYLE: CsvStyle = {
  delimiter: ',',
  hasHeader: true,
  hasBom: false,
  lineEnd: '\n',
  escapesFormulas: false,
  flatten: undefined,
}
const OPEN: ColumnPlan = { names: [], isOpen: true, isSpellingLoose: false }

interface Written {
  readonly text: string
  readonly writes: number
  readonly findings: ColumnFindings | undefined
}

async function written(
  pages: readonly (readonly JsonText[])[],
  {
    style = {},
    plan = {},
    head,
  }: { style?: Partial<CsvStyle>; plan?: Partial<ColumnPlan>; head?: string } = {},
): Promise<Written> {
  const chunks: Buffer[] = []
  const destination = {
    head: head === undefined ? undefined : Buffer.from(head),
    write: (chunk: Buffer) => Promise.resolve(void chunks.push(Buffer.from(chunk))),
    commit: () => Promise.resolve(),
    abandon: () => Promise.resolve(undefined),
  }
  const sink = await csvSink(destination, { ...STYLE, ...style }, () => Promise.resolve({ ...OPEN, ...plan }))
  for (const page of pages) await sink.write(page)
  await sink.close()
  return { text: Buffer.concat(chunks).toString(), writes: chunks.length, findings: sink.columns?.() }
}

describe('a cell', () => {
  test.each([
    ['"007"', '007'], // leading zeros are the text's own
    ['""', ''],
    ['null', ''],
    ['true', 'true'],
    ['1.0', '1.0'], // a number keeps its literal
    ['90645374694645374694', '90645374694645374694'], // and all of its digits
    ['-1.5e+10', '-1.5e+10'],
    ['"a,b"', '"a,b"'],
    ['"a;b"', 'a;b'],
    ['"say \\"hi\\""', '"say ""hi"""'],
    ['"a\\nb"', '"a\nb"'],
    ['"a\\r\\nb"', '"a\r\nb"'],
    ['"a\\rb"', '"a\rb"'],
    ['"a\\u2028b"', 'a\u2028b'],
    ['"\\u044f\\/"', 'я/'],
    ['"=1+1"', '=1+1'], // formulas are data, unless a spreadsheet is to read them
    ['" blank "', ' blank '],
    ['"👩‍👩‍👧 \\ud83d\\ude00"', '👩‍👩‍👧 😀'],
    ['[]', '[]'],
    ['{"3744":"x","14": 1.0}', '"{""3744"":""x"",""14"": 1.0}"'], // nested values are JSON, as sent
    ['["\\u044f"]', '"[""\\u044f""]"'],
  ])('of %s is %s', async (json, cell) => {
    const { text } = await written([rows(`{"ID":1,"V":${json}}`)])
    expect(text).toBe(`ID,V\n1,${cell}\n`)
  })

  test('of any text is read back as that text', async () => {
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...Array.from('",;\t\r\n=+-@\' \u2028\uFEFFя')),
        fc.string({ unit: 'grapheme' }),
      ),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(nasty, nasty), { minLength: 1 }),
        fc.constantFrom(',', ';', '\t', '|', '→'),
        fc.constantFrom('\n' as const, '\r\n' as const),
        async (texts, delimiter, lineEnd) => {
          const page = rows(...texts.map(([A, B]) => JSON.stringify({ A, B })))
          const { text } = await written([page], { style: { delimiter, lineEnd } })
          expect(parseCsv(text, { delimiter, lineEnd })).toEqual([['A', 'B'], ...texts])
        },
      ),
    )
  })

  test('of any value is read back as the text that the portal sent for it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1 }), async (values) => {
        const page = rows(...values.map((value) => JSON.stringify({ V: value, W: 1 })))
        const cells = csvRows((await written([page])).text).map(({ V }) => V)
        const expected = values.map((value) =>
          value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value),
        )
        expect(cells).toEqual(expected)
      }),
    )
  })
})

describe('columns', () => {
  test('of the plan come first, then those of the first page; rows without a value have an empty cell', async () => {
    const page = rows('{"NEW":1,"ID":2}', '{"ID":3,"OTHER":4}')
    const { text, findings } = await written([page], { plan: { names: ['ID', 'TITLE'] } })
    expect(text).toBe('ID,TITLE,NEW,OTHER\n2,,1,\n3,,,4\n')
    expect(findings).toEqual({ rows: 2, late: new Map(), clashes: new Map(), unseen: ['TITLE'] })
  })

  test('that come after the first page are left out and counted', async () => {
    const { text, findings } = await written([
      rows('{"ID":1}'),
      rows('{"LATE":1,"ID":2}', '{"ID":3,"LATE":1,"LATER":null}'),
    ])
    expect(text).toBe('ID\n1\n2\n3\n')
    expect(findings?.late).toEqual(new Map([['LATE', 2], ['LATER', 1]])) // prettier-ignore
  })

  test('that nobody asked for are left out in silence', async () => {
    const plan = { names: ['TITLE', 'ID'], isOpen: false }
    const { text, findings } = await written([rows('{"ID":1,"TITLE":"a","X":1}')], { plan })
    expect(text).toBe('TITLE,ID\na,1\n')
    expect(findings).toEqual({ rows: 1, late: new Map(), clashes: new Map(), unseen: [] })
  })

  test('are found in whatever spelling rows have, if that is loose', async () => {
    const plan = { names: ['id', 'ufAuto1', 'stageId'], isOpen: false, isSpellingLoose: true }
    const { text, findings } = await written(
      [rows('{"id":1,"ufAuto_1":"a"}'), rows('{"id":2,"ufAuto_1":"b","STAGE_ID":5}')],
      { plan },
    )
    expect(text).toBe('id,ufAuto_1,stageId\n1,a,\n2,b,5\n')
    expect(findings?.unseen).toEqual([])
  })

  test('stand in the header even if there is no row', async () => {
    expect((await written([], { plan: { names: ['ID', 'TITLE'] } })).text).toBe('ID,TITLE\n')
    expect((await written([])).text).toBe('')
  })

  test('one alone is quoted where it is empty, since a line without anything is no row to many readers', async () => {
    expect((await written([rows('{"A":""}', '{"A":null}', '{"A":"b"}')])).text).toBe('A\n""\n""\nb\n')
  })
})

describe('flattened', () => {
  const page = rows(
    '{"ID":"1","PHONE":[{"VALUE":"+7","TYPE":"WORK"}],"MAP":{"3744":"x"}}',
    '{"ID":"2","PHONE":[{"VALUE":"+1"},{"VALUE":"+2"}],"MAP":[]}',
  )

  test('each nested value has a column, next to its kin', async () => {
    const { text } = await written([page], { style: { flatten: '.' } })
    expect(text).toBe('ID,PHONE.0.VALUE,PHONE.0.TYPE,PHONE.1.VALUE,MAP.3744\n1,+7,WORK,,x\n2,+1,,+2,\n')
  })

  test('the separator may be another', async () => {
    const { text } = await written([page], { style: { flatten: '__' }, plan: { names: ['MAP', 'ID'] } })
    expect(text.split('\n')[0]).toBe('MAP__3744,ID,PHONE__0__VALUE,PHONE__0__TYPE,PHONE__1__VALUE')
  })

  test('a nested value can be selected by its name', async () => {
    const plan = { names: ['ID', 'PHONE.1.VALUE'], isOpen: false }
    const { text, findings } = await written([page, rows('{"ID":"3","PHONE":[{},{},{"VALUE":"+9"}]}')], {
      style: { flatten: '.' },
      plan,
    })
    expect(text).toBe('ID,PHONE.1.VALUE\n1,\n2,+2\n3,\n')
    expect(findings).toEqual({ rows: 3, late: new Map(), clashes: new Map(), unseen: [] })
  })

  test('what is nested deeper later on is counted, if its field is wanted as a whole', async () => {
    const plan = { names: ['ID', 'PHONE'], isOpen: false }
    const later = rows('{"ID":"3","PHONE":[{"VALUE":"+3"},{},{"VALUE":"+9"}],"MAP":{"1":"x"}}')
    const { findings } = await written([page, later], { style: { flatten: '.' }, plan })
    expect(findings?.late).toEqual(new Map([['PHONE.2.VALUE', 1]]))
  })

  test('names that never come twice are not remembered without end', async () => {
    const many = Array.from({ length: 5_000 }, (_, id) => `{"ID":"${id}","MAP":{"${id + 10_000}":"x"}}`)
    const { findings } = await written([page, rows(...many)], { style: { flatten: '.' } })
    expect(findings?.late.size).toBe(1_000)
  })

  test('nothing is made of what is empty', async () => {
    const pages = [rows('{"ID":"1","GROUP":[],"P":null}'), rows('{"ID":"2","GROUP":[],"Q":{}}')]
    const { text, findings } = await written(pages, { style: { flatten: '.' } })
    expect(text).toBe('ID,GROUP,P\n1,,\n2,,\n')
    expect(findings?.late.size).toBe(0)
  })
})

describe('for Excel', () => {
  const style = { delimiter: ';', hasBom: true, lineEnd: '\r\n' as const, escapesFormulas: true }

  test('there are a byte order mark, semicolons, CRLF, and no formulas', async () => {
    const texts = ['=1+1', '+7 900', '@x', '-cmd', '-5', '-1.50', 'a=b', '\tx']
    const { text } = await written([rows(...texts.map((T, ID) => JSON.stringify({ ID, T })))], { style })
    const cells = ["'=1+1", "'+7 900", "'@x", "'-cmd", '-5', '-1.50', 'a=b', "'\tx"]
    expect(text).toBe(['\uFEFFID;T', ...cells.map((cell, id) => `${id};${cell}`), ''].join('\r\n'))
  })

  test('the mark stands at the start alone', async () => {
    const { text } = await written([rows('{"A":1,"B":2}'), rows('{"A":3,"B":4}')], { style })
    expect(text).toBe('\uFEFFA;B\r\n1;2\r\n3;4\r\n')
  })
})

describe('added to a file', () => {
  const page = rows('{"ID":1,"T":"a"}')

  test.each(['ID,T\n9,z\n', '\uFEFFID,T\n9,z\n', 'ID,T\n'])(
    'with the same header, %j: rows alone',
    async (head) => {
      expect((await written([page], { head, style: { hasBom: true } })).text).toBe('1,a\n')
    },
  )

  test.each(['T,ID\n', 'ID,T,X\n', 'ID;T\n', 'ID,T\r\n', 'ID'])(
    'with another header, %j: refused',
    async (head) => {
      await expect(written([page], { head })).rejects.toMatchObject({ code: 'usage.append-header' })
    },
  )

  test('without a header nothing is compared', async () => {
    expect((await written([page], { head: '5,x\n', style: { hasHeader: false } })).text).toBe('1,a\n')
  })
})

test('a page is one write, an empty page none', async () => {
  const page = rows('{"ID":1}', '{"ID":2}')
  expect((await written([page, [], page])).writes).toBe(2)
})
