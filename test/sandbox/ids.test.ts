import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ID_SHAPES, idSequence } from '../../src/sandbox/data/ids.ts'

describe.each(ID_SHAPES)('ids of shape %s', (shape) => {
  test('grow with the index', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (count, seed) => {
        const ids = idSequence(shape, count, seed)
        for (let index = 1; index < count; index++) expect(ids.at(index)).toBeGreaterThan(ids.at(index - 1))
        expect(ids.at(0)).toBeGreaterThan(0)
      }),
      { numRuns: 20 },
    )
  })

  test('are found again, and so are the gaps between them', () => {
    const count = 1_000_000
    const ids = idSequence(shape, count, 7)
    fc.assert(
      fc.property(fc.nat({ max: count - 1 }), (index) => {
        expect(ids.countUpTo(ids.at(index))).toBe(index + 1)
        expect(ids.countUpTo(ids.at(index) - 1)).toBe(index)
      }),
    )
  })

  test('end where the count ends', () => {
    const ids = idSequence(shape, 100, 3)
    expect(ids.countUpTo(Number.MAX_SAFE_INTEGER)).toBe(100)
    expect(idSequence(shape, 0, 3).countUpTo(5)).toBe(0)
  })
})

test.each([
  ['dense', 1_000, 1_000], // no gaps
  ['sparse', 9_991, 10_000], // nine of ten missing
  ['hole', 12_600, 15_500], // 600 dense, 12 000 missing, the rest one in seven
  ['clusters', 15_000, 20_000], // 95 % missing
] as const)('%s ids lie as wide as they should', (shape, least, most) => {
  const last = idSequence(shape, 1000, 11).at(999)
  expect(last).toBeGreaterThanOrEqual(least)
  expect(last).toBeLessThanOrEqual(most)
})
