import { describe, expect, test } from 'vitest'
import { utf8Chunks } from '../../src/input/decoded.ts'
import { chunkSource, collected, everyCut, untilFailure, windows1251 } from './in-chunks.ts'

async function decoded(chunks: readonly (Buffer | string)[], encoding = 'utf-8'): Promise<string> {
  const parts = await collected(utf8Chunks(chunkSource(chunks).open(), encoding, 'deals.csv'))
  // Each on its own: a character between two of them would be lost.
  return parts.map((part) => part.toString()).join('')
}

function failing(
  chunks: readonly (Buffer | string)[],
  encoding = 'utf-8',
): ReturnType<typeof untilFailure<Buffer>> {
  return untilFailure(utf8Chunks(chunkSource(chunks).open(), encoding, 'deals.csv'))
}

const TEXT = 'ID;Название\r\n1;Сделка «x» 👩‍👩‍👧 €\n'

describe('text', () => {
  test('in UTF-8 comes as it is, wherever it is cut', async () => {
    for (const chunks of everyCut(TEXT)) expect(await decoded(chunks)).toBe(TEXT)
  })

  test('loses its byte order mark, and only that', async () => {
    for (const chunks of everyCut(`\uFEFFa\uFEFF`)) expect(await decoded(chunks)).toBe('a\uFEFF')
  })

  test.each(['windows-1251', 'cp1251', 'Windows-1251'])('in %s becomes UTF-8', async (label) => {
    const letters = 'Ёлка, №5; «Привет», я\n'
    for (const chunks of everyCut(windows1251(letters))) expect(await decoded(chunks, label)).toBe(letters)
  })

  test.each(['utf-16le', 'utf-16be'])('in %s with its mark becomes UTF-8', async (label) => {
    const bytes = Buffer.from(`\uFEFF${TEXT}`, 'utf16le')
    if (label === 'utf-16be') bytes.swap16()
    for (const chunks of everyCut(bytes)) expect(await decoded(chunks, label)).toBe(TEXT)
  })

  test('may be empty', async () => {
    for (const label of ['utf-8', 'windows-1251', 'utf-16le']) {
      expect(await decoded([], label)).toBe('')
      expect(await decoded(['', ''], label)).toBe('')
    }
  })
})

describe('bytes that are not UTF-8 are named, and all before them is handed over', () => {
  test.each<[string, Buffer, string, number, number]>([
    ['a letter of windows-1251', Buffer.from([0x61, 0x0a, 0xe4, 0x62]), 'a\n', 3, 2],
    ['a continuation without a beginning', Buffer.from([0x61, 0x80]), 'a', 2, 1],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), '', 1, 1],
    ['a character in too many bytes', Buffer.from([0x61, 0xc0, 0xaf]), 'a', 2, 1],
    ['what is beyond Unicode', Buffer.from([0xf5, 0x80, 0x80, 0x80]), '', 1, 1],
    ['a character that is cut short', Buffer.from([0xd1, 0x8f, 0x0a, 0xe2, 0x82]), 'я\n', 3 + 1, 2],
    ['a byte behind a mark', Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x0a]), '', 4, 1],
    [
      'the first of two, behind whole characters',
      Buffer.concat([Buffer.from('яя\n'), Buffer.of(0xff, 0xff)]),
      'яя\n',
      6,
      2,
    ],
  ])('%s', async (_, bytes, before, place, line) => {
    for (const chunks of everyCut(bytes)) {
      const { items, failure } = await failing(chunks)
      expect(Buffer.concat(items).toString()).toBe(before)
      expect(failure).toMatchObject({
        code: 'usage.input-encoding',
        exitCode: 2,
        message: `The text of deals.csv is not UTF-8: byte ${place} (line ${line}) begins no character.`,
        hint: expect.stringContaining('--encoding windows-1251') as string,
      })
    }
  })

  test.each<[number[], RegExp]>([
    [[0xff, 0xfe, 0x61, 0x00], /--encoding utf-16le/],
    [[0xfe, 0xff, 0x00, 0x61], /--encoding utf-16be/],
    [[0x1f, 0x8b, 0x08, 0x00], /gzip -dc/],
  ])('%j has a sign of what it is', async (bytes, hint) => {
    const { items, failure } = await failing([Buffer.from(bytes)])
    expect(items).toEqual([])
    expect(failure).toMatchObject({ hint: expect.stringMatching(hint) as string })
  })
})

test('bytes that another encoding does not have are refused', async () => {
  const half = Buffer.from('ab', 'utf16le').subarray(0, 3)
  expect((await failing([half], 'utf-16le')).failure).toMatchObject({
    code: 'usage.input-encoding',
    message: 'The text of deals.csv is not utf-16le: it ends inside a character.',
  })
  expect((await failing(['ok', Buffer.of(0xff, 0xff)], 'shift_jis')).failure).toMatchObject({
    code: 'usage.input-encoding',
    message: 'The text of deals.csv is not shift_jis: something behind byte 2 is no character of it.',
    hint: expect.stringContaining('--encoding') as string,
  })
})

test('UTF-8 with its mark is not taken for windows-1251', async () => {
  for (const chunks of everyCut('\uFEFFя')) {
    const { items, failure } = await failing(chunks, 'windows-1251')
    expect(failure).toMatchObject({
      code: 'usage.input-encoding',
      message: 'The text of deals.csv is not windows-1251: it begins with the mark of UTF-8.',
    })
    expect(Buffer.concat(items).length).toBeLessThan(8)
  }
})

test('an encoding that nobody knows is refused before anything is opened', async () => {
  const source = chunkSource(['x'])
  await expect(collected(utf8Chunks(source.open(), 'cp-1251x', source.name))).rejects.toMatchObject({
    code: 'usage.encoding-unknown',
    message: 'There is no encoding "cp-1251x".',
    hint: expect.stringContaining('windows-1251') as string,
  })
  expect(source.opened()).toBe(0)
})
