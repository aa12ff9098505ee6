import { expect, test } from 'vitest'
import { readWish, TortureUsageError } from '../torture/arguments.ts'
import { main } from '../torture/main.ts'
import { PARTS } from '../torture/parts.ts'

const NAMES = PARTS.map(({ name }) => name)

test('words name parts, cases and seeds', () => {
  expect(readWish([], NAMES)).toEqual({ parts: [], only: '', seeds: [1, 2, 3], isShort: false })
  expect(readWish(['kills', '--only', 'csv', '--seed', '7', '--seeds', '2', '--short'], NAMES)).toEqual({
    parts: ['kills'],
    only: 'csv',
    seeds: [7, 8],
    isShort: true,
  })
})

test.each([
  [['nothing'], /unknown: nothing; parts are disk, kills/],
  [['--seed', '0'], /--seed takes a whole number/],
  [['--seeds', 'x'], /--seeds takes/],
  [['--what'], /what/],
])('%j make no sense', async (words, message) => {
  expect(() => readWish(words, NAMES)).toThrow(TortureUsageError)
  expect(() => readWish(words, NAMES)).toThrow(message)
  expect(await main(words)).toBe(2)
})

test('every case has a name of its own', () => {
  for (const part of PARTS) {
    const names = part.cases([1, 2, 3], false).map(({ name }) => name)
    expect(new Set(names).size, part.name).toBe(names.length)
  }
})
