import { expect, test } from 'vitest'
import { ndjson, ndjsonSink } from '../../src/output/ndjson.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import { rows } from '../support/rows.ts'

test('each row is a line, in the bytes that the portal sent', () => {
  const sent = ['{"ID":"1","SUM":10.50,"N":90645374694645374694}', '{"T":"\\u044f \\/ я\\n"}', '{}']
  expect(ndjson(rows(...sent)).toString()).toBe(sent.map((row) => `${row}\n`).join(''))
})

test('a row that is a stretch of a longer answer is cut out of it', () => {
  const answer = Buffer.from('{"result":[{"ID":1},{"ID":2}]}')
  const row = new JsonText(answer, 20, 28)
  expect(ndjson([row]).toString()).toBe('{"ID":2}\n')
  expect(answer.toString()).toBe('{"result":[{"ID":1},{"ID":2}]}')
})

test('a row that the portal broke into lines becomes one line of the same value, and its source stays as it was', () => {
  const source = Buffer.from('{\r\n  "ID": "1",\n  "T": "a\\nb"\n}')
  const line = ndjson([JsonText.of(source)]).toString()
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(line).not.toContain('\r')
  expect(JSON.parse(line)).toEqual({ ID: '1', T: 'a\nb' })
  expect(source.toString()).toContain('\r\n')
})

test('a page is one write, an empty page none', async () => {
  const written: string[] = []
  const sink = ndjsonSink({
    write: (chunk) => Promise.resolve(void written.push(chunk.toString())),
    commit: () => Promise.resolve(),
    abandon: () => Promise.resolve(undefined),
  })
  await sink.write(rows('1', '2'))
  await sink.write([])
  await sink.close()
  expect(written).toEqual(['1\n2\n'])
})

test('rows that stand side by side in an answer, and others, become lines in their order, page after page', async () => {
  const written: string[] = []
  const sink = ndjsonSink({
    write: (chunk) => Promise.resolve(void written.push(chunk.toString())),
    commit: () => Promise.resolve(),
    abandon: () => Promise.resolve(undefined),
  })
  const answer = '{"result":[{"ID":1},{"ID":2,"T":"я"},  {"ID":3},\r\n{"ID":\n4},{"ID":5}]}'
  const all = JsonText.of(Buffer.from(answer)).member('result')?.elements() ?? []
  const other = rows('{"ID":9}')
  await sink.write([...all, ...other])
  await sink.write([...all.slice(3), ...other, ...all.slice(0, 1)])
  expect(written).toEqual([
    '{"ID":1}\n{"ID":2,"T":"я"}\n{"ID":3}\n{"ID": 4}\n{"ID":5}\n{"ID":9}\n',
    '{"ID": 4}\n{"ID":5}\n{"ID":9}\n{"ID":1}\n',
  ])
})
