import { describe, expect, test } from 'vitest'
import { type Format, outputFormat } from '../../src/output/format.ts'

test.each<[Format | undefined, string | undefined, Format, boolean]>([
  [undefined, undefined, 'ndjson', false],
  [undefined, '-', 'ndjson', false],
  ['csv', '-', 'csv', false],
  [undefined, 'deals', 'ndjson', false],
  [undefined, 'deals.txt', 'ndjson', false],
  [undefined, 'deals.jsonl', 'ndjson', false],
  [undefined, 'data.old/Deals.2026.CSV', 'csv', false],
  [undefined, 'deals.tsv.gz', 'tsv', true],
  [undefined, 'deals.json', 'json', false],
  [undefined, 'deals.gz', 'ndjson', true],
  ['csv', 'deals.gz', 'csv', true],
  ['csv', 'deals.txt', 'csv', false],
  ['csv', 'deals.csv.gz', 'csv', true],
  [undefined, 'deals.csv/rows', 'ndjson', false],
  [undefined, '/dev/null', 'ndjson', false],
])('--format %s -o %s is %s, packed: %s', (asked, file, format, isGzipped) => {
  expect(outputFormat(asked, file)).toEqual({ format, isGzipped })
})

describe('refused:', () => {
  test.each(['deals.xlsx', 'deals.csv.zst', 'deals.ndjson.br', 'deals.xlsx.gz', 'DEALS.ZIP'])(
    '%s, which promises what is not written, whatever is asked for',
    (file) => {
      expect(() => outputFormat(undefined, file)).toThrow(
        expect.objectContaining({ code: 'usage.output-format' }),
      )
      expect(() => outputFormat('csv', file)).toThrow(
        expect.objectContaining({ code: 'usage.output-format' }),
      )
    },
  )

  test('a name that promises another format than is asked for', () => {
    expect(() => outputFormat('csv', 'deals.json.gz')).toThrow('promises json, and --format asks for csv')
  })
})
