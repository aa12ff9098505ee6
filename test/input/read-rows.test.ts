import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readRows, type ReadOptions, type RowInput } from '../../src/input/read-rows.ts'
import { chunkSource, collected, everyCut, plain, untilFailure, windows1251 } from './in-chunks.ts'

const OPTIONS: ReadOptions = { format: undefined, encoding: 'utf-8', delimiter: undefined }

function open(
  content: string | Buffer | readonly Buffer[],
  name = 'standard input',
  options: Partial<ReadOptions> = {},
): Promise<RowInput> {
  const chunks = typeof content === 'string' || Buffer.isBuffer(content) ? [Buffer.from(content)] : content
  return readRows(chunkSource(chunks, name), { ...OPTIONS, ...options })
}

describe('the format is', () => {
  const lines = '{"ID":1}\n'
  const array = '[{"ID":1}]'
  const table = 'ID\n1\n'

  test.each<[string, string, string, ReadOptions['format'], string]>([
    ['what the name says', 'deals.csv', table, undefined, 'csv'],
    ['what the name says, in capitals', 'Deals.2026.TSV', table, undefined, 'tsv'],
    ['what the name says', 'deals.ndjson', lines, undefined, 'ndjson'],
    ['what the name says', 'deals.jsonl', lines, undefined, 'ndjson'],
    ['an array or lines, as it begins', 'deals.json', array, undefined, 'json'],
    ['an array or lines, as it begins', 'deals.json', lines, undefined, 'ndjson'],
    ['an array or lines, as it begins', 'deals.ndjson', ` \n${array}`, undefined, 'json'],
    ['what was asked for', 'deals.txt', table, 'csv', 'csv'],
    ['what was asked for', 'deals.json', table, 'tsv', 'tsv'],
    ['JSON by its beginning', 'standard input', `\n ${lines}`, undefined, 'ndjson'],
    ['JSON by its beginning', 'standard input', array, undefined, 'json'],
    ['JSON by its beginning', '/dev/fd/63', `\uFEFF${array}`, undefined, 'json'],
    ['lines, if there is nothing', 'standard input', ' \n', undefined, 'ndjson'],
  ])('%s: %s', async (_, name, content, asked, format) => {
    const input = await open(content, name, { format: asked })
    expect(input.format).toBe(format)
    const rows = (await collected(input.rows)).map(plain)
    expect(rows.map(({ fields }) => fields)).toEqual(content.trim() === '' ? [] : [{ ID: '1' }])
  })

  test.each(['ID,TITLE\n', '5\n', 'PK\u0003\u0004'])('not guessed for %j', async (content) => {
    const source = chunkSource([content], 'deals.xlsx')
    await expect(readRows(source, OPTIONS)).rejects.toMatchObject({
      code: 'usage.input-format',
      exitCode: 2,
      message:
        'The format of deals.xlsx is not known: its name does not tell, and it begins neither with { nor with [.',
      hint: 'If it is a table with a header: --input-format csv.',
    })
    expect(source.closed()).toBe(1)
  })

  test('of standard input is not known either, unless it begins like JSON', async () => {
    await expect(open('ID\n1\n')).rejects.toMatchObject({
      message: expect.stringContaining('The format of standard input is not known') as string,
    })
  })
})

describe('packed input', () => {
  test.each([
    ['deals.csv.gz', 'ID\n1\n2\n'],
    ['deals.ndjson.gz', '{"ID":1}\n{"ID":2}\n'],
    ['DEALS.JSON.GZ', '[{"ID":1},{"ID":2}]'],
    ['deals.gz', '[{"ID":1},{"ID":2}]'],
  ])('is unpacked: %s', async (name, content) => {
    const packed = gzipSync(content)
    // Two members are one content, as for gzip itself.
    const twice = Buffer.concat([gzipSync(content.slice(0, 5)), gzipSync(content.slice(5))])
    for (const chunks of [...everyCut(packed), [twice]]) {
      const { rows } = await open(chunks, name)
      expect((await collected(rows)).map((row) => plain(row).fields)).toEqual([{ ID: '1' }, { ID: '2' }])
    }
  })

  const long = gzipSync(Array.from({ length: 10_000 }, (_, id) => `{"ID":${id * 7919}}\n`).join(''))

  test.each<[string, Buffer, string, RegExp]>([
    ['cut short', long.subarray(0, -100), 'Z_BUF_ERROR', /cut short/],
    ['empty', Buffer.alloc(0), 'Z_BUF_ERROR', /cut short/],
    ['not packed', Buffer.from('{"ID":1}\n'), 'Z_DATA_ERROR', /no gzip/],
  ])('is refused if it is %s', async (_, packed, code, hint) => {
    const source = chunkSource([packed], 'deals.ndjson.gz')
    const whole = readRows(source, OPTIONS).then(({ rows }) => collected(rows))
    await expect(whole).rejects.toMatchObject({
      code: 'usage.input-unpack',
      message: `The packed file deals.ndjson.gz cannot be unpacked (${code}).`,
      hint: expect.stringMatching(hint) as string,
    })
    expect(source.closed()).toBe(1)
  })

  test('is closed when it is left early', async () => {
    const chunks = Array.from({ length: 100 }, (_, at) =>
      long.subarray((at * long.length) / 100, ((at + 1) * long.length) / 100),
    )
    const source = chunkSource(chunks, 'deals.ndjson.gz')
    const { rows } = await readRows(source, OPTIONS)
    for await (const { line } of rows) if (line === 5) break
    expect([source.opened(), source.closed()]).toEqual([1, 1])
  })
})

describe('a table', () => {
  test('gives its header as it stands, so that its rows can be input again', async () => {
    const { header, rows } = await open('\uFEFF"ID";Название\r\n1;"а\r\nб"\r\n', 'deals.csv')
    const [row] = await collected(rows)
    expect(header?.toString()).toBe('"ID";Название')
    const again = await open(`${header?.toString() ?? ''}\n${row?.raw.toString() ?? ''}\n`, 'again.csv')
    expect((await collected(again.rows)).map((each) => plain(each).fields)).toEqual([
      { ID: '1', Название: 'а\r\nб' },
    ])
  })

  test('in windows-1251 is UTF-8 from here on', async () => {
    const { header, rows } = await open(windows1251('Имя;№\r\nЁлка;007\r\n'), 'x.csv', {
      encoding: 'windows-1251',
    })
    expect(header?.toString()).toBe('Имя;№')
    expect((await collected(rows)).map(plain)).toEqual([
      { line: 2, fields: { Имя: 'Ёлка', '№': '007' }, raw: 'Ёлка;007' },
    ])
  })

  test('as tsv is separated by tabs, whatever its header looks like', async () => {
    const { rows } = await open('A;B\tC,D\n1\t2\n', 'x.tsv')
    expect((await collected(rows)).map((row) => plain(row).fields)).toEqual([{ 'A;B': '1', 'C,D': '2' }])
    const other = await open('A|B\n1|2\n', 'x.tsv', { delimiter: '|' })
    expect((await collected(other.rows)).map((row) => plain(row).fields)).toEqual([{ A: '1', B: '2' }])
  })

  test('with a bad header is refused at once, and closed', async () => {
    const source = chunkSource(['ID,ID\n', '1,2\n'], 'x.csv')
    await expect(readRows(source, OPTIONS)).rejects.toMatchObject({ code: 'usage.input-header' })
    expect(source.closed()).toBe(1)
  })
})

describe('rows that are left early close the source:', () => {
  const contents: [string, string][] = [
    ['x.ndjson', '{"ID":1}\n{"ID":2}\n{"ID":3}\n'],
    ['x.json', '[{"ID":1},{"ID":2},{"ID":3}]'],
    ['x.csv', 'ID\n1\n2\n3\n'],
  ]

  test.each(contents)('%s behind a row', async (name, content) => {
    const source = chunkSource(Array.from(content), name)
    const { rows } = await readRows(source, OPTIONS)
    for await (const row of rows) if (plain(row).fields['ID'] === '2') break
    expect([source.opened(), source.closed()]).toEqual([1, 1])
  })

  test.each(contents)('%s before the first row', async (name, content) => {
    const source = chunkSource(Array.from(content), name)
    const { rows } = await readRows(source, OPTIONS)
    expect(source.closed()).toBe(0)
    await rows.return()
    expect(source.closed()).toBe(1)
  })

  test.each(contents)('%s at a failure', async (name, content) => {
    const source = chunkSource([...Array.from(content), Buffer.of(0xff), 'x'], name)
    const { rows } = await readRows(source, OPTIONS)
    const { items, failure } = await untilFailure(rows)
    expect(failure).toMatchObject({ code: 'usage.input-encoding' })
    expect(items).toHaveLength(3)
    expect(source.closed()).toBe(1)
  })
})

test('rows that were taken are held by nobody', async () => {
  async function* pages(): AsyncGenerator<Buffer> {
    for (let page = 0; page < 300; page++) {
      yield await Promise.resolve(Buffer.from('{"ID":1}\n'.repeat(1_000)))
    }
  }
  const { rows } = await readRows({ name: 'x.ndjson', open: pages }, OPTIONS)
  const before = process.memoryUsage().heapUsed
  let last = 0
  let largest = 0
  for await (const { line } of rows) {
    last = line
    if (line % 10_000 === 0) largest = Math.max(largest, process.memoryUsage().heapUsed - before)
  }
  expect(last).toBe(300_000)
  // All of them would be twice as much.
  expect(largest).toBeLessThan(100 * 1024 * 1024)
})
