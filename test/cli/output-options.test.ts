import { describe, expect, test } from 'vitest'
import { readOutputOptions } from '../../src/cli/output-options.ts'

describe('the usual look of', () => {
  test.each([
    ['csv', { delimiter: ',', hasBom: false, lineEnd: '\n', escapesFormulas: false }],
    ['tsv', { delimiter: '\t', hasBom: false, lineEnd: '\n', escapesFormulas: false }],
  ])('%s', (format, style) => {
    expect(readOutputOptions({ format })).toMatchObject({ format, style: { ...style, hasHeader: true } })
  })

  test('csv for Excel, of which each part can be changed', () => {
    const style = { delimiter: ';', hasBom: true, lineEnd: '\r\n', escapesFormulas: true }
    expect(readOutputOptions({ format: 'csv', excel: true }).style).toMatchObject(style)
    const other = readOutputOptions({ format: 'csv', excel: true, delimiter: '|', header: false })
    expect(other.style).toMatchObject({ ...style, delimiter: '|', hasHeader: false })
  })
})

test.each([
  ['', '.'],
  ['_', '_'],
  ['__', '__'],
])('--flatten=%s joins with %s', (flatten, separator) => {
  expect(readOutputOptions({ format: 'csv', flatten }).style.flatten).toBe(separator)
})

test.each(['tab', '\\t', '\t'])('a tab may be written as %j', (delimiter) => {
  expect(readOutputOptions({ format: 'csv', delimiter }).style.delimiter).toBe('\t')
})

test.each([
  [{}, 'replace'],
  [{ append: true }, 'append'],
  [{ clobber: false }, 'create'],
  [{ clobber: true }, 'replace'],
])('%j: a file is there to %s', (flags, fileMode) => {
  expect(readOutputOptions({ output: 'x.csv', ...flags }).fileMode).toBe(fileMode)
})

describe('refused', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['--no-clobber without a file', 'needs-file', { clobber: false }],
    ['--append without a file', 'needs-file', { append: true, output: '-' }],
    ['--accept-partial without a file', 'accept-partial', { acceptPartial: true }],
    ['--append and --no-clobber', 'append-or-not', { output: 'x', append: true, clobber: false }],
    ['--append to an array', 'append-json', { output: 'x.json', append: true }],
    ['--accept-partial with an array', 'accept-json', { output: 'x.json', acceptPartial: true }],
    ['--excel without csv', 'format-option', { excel: true }],
    ['--excel with tsv', 'format-option', { format: 'tsv', excel: true }],
    ['--delimiter with tsv', 'format-option', { format: 'tsv', delimiter: ';' }],
    ['--flatten with json', 'format-option', { format: 'json', flatten: '' }],
    ['--no-header with ndjson', 'format-option', { header: false }],
    ['--bom with ndjson', 'format-option', { output: 'x.ndjson', bom: true }],
    ['--crlf with json', 'format-option', { output: 'x.json', crlf: true }],
    ['a delimiter of two characters', 'invalid-value', { format: 'csv', delimiter: ';;' }],
    ['a quote as delimiter', 'invalid-value', { format: 'csv', delimiter: '"' }],
    ['a line break as delimiter', 'invalid-value', { format: 'csv', delimiter: '\n' }],
    ['a format that there is not', 'invalid-value', { format: 'xml' }],
    ['a name that promises another format', 'output-format', { format: 'csv', output: 'x.json' }],
    ['a name that promises what is not written', 'output-format', { output: 'x.csv.zst' }],
  ])('%s', (_what, code, flags) => {
    expect(() => readOutputOptions(flags)).toThrow(
      expect.objectContaining({ code: `usage.${code}`, exitCode: 2 }),
    )
  })
})
