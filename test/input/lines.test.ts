import { describe, expect, test } from 'vitest'
import { MAX_ITEM_BYTES } from '../../src/input/item.ts'
import { linesOf } from '../../src/input/lines.ts'
import { chunkSource, collected, everyCut } from './in-chunks.ts'

async function lines(chunks: readonly (Buffer | string)[]): Promise<[number, string][]> {
  const groups = await collected(linesOf(chunkSource(chunks).open(), 'rows.ndjson'))
  return groups.flat().map(({ line, bytes }) => [line, bytes.toString()])
}

describe('lines', () => {
  test.each<[string, string[]]>([
    ['a\nb\n', ['a\n', 'b\n']],
    ['a\r\nb', ['a\r\n', 'b']], // the last may have no end
    ['\n\r\n a\n', ['\n', '\r\n', ' a\n']], // blank ones are lines too
    ['a\rb\n', ['a\rb\n']], // CR alone ends none
    ['', []],
  ])('of %j', async (text, expected) => {
    for (const chunks of everyCut(text)) {
      expect(await lines(chunks)).toEqual(expected.map((line, at) => [at + 1, line]))
    }
  })

  test('come as they arrive, and are not waited for', async () => {
    const groups = await collected(linesOf(chunkSource(['a\nb\nc', 'c\n', 'd']).open(), 'x'))
    expect(groups.map((group) => group.map(({ bytes }) => bytes.toString()))).toEqual([
      ['a\n', 'b\n'],
      ['cc\n'],
      ['d'],
    ])
  })
})

test('a line longer than 64 MiB is refused while it arrives', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x')
  let given = 0
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.from('short\n')
    for (;;) {
      given += chunk.length
      yield await Promise.resolve(chunk)
    }
  }
  await expect(collected(linesOf(endless(), 'rows.ndjson'))).rejects.toMatchObject({
    code: 'usage.input-line-length',
    message: 'Line 2 of rows.ndjson is longer than 64 MiB.',
    hint: expect.stringContaining('lines of their own') as string,
  })
  expect(given).toBe(MAX_ITEM_BYTES + chunk.length)
})

test('lines may be longer than that together', async () => {
  const half = Buffer.alloc(512 * 1024, 'x')
  async function* many(): AsyncGenerator<Buffer> {
    for (let line = 0; line < 70; line++) {
      yield await Promise.resolve(half)
      yield half
      yield Buffer.from('\n')
    }
  }
  let last = 0
  for await (const lines of linesOf(many(), 'rows.ndjson')) {
    for (const { line, bytes } of lines) {
      expect(bytes.length).toBe(1024 * 1024 + 1)
      last = line
    }
  }
  expect(last).toBe(70)
})
