import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ID_SHAPES, type IdShape, idSequence } from '../../src/sandbox/data/ids.ts'

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
  ['skew', 100_500, 101_000], // gaps of 300 at the end
  ['gaps', 1_360, 1_500], // 30 % missing
] as const)('%s ids lie as wide as they should', (shape, least, most) => {
  const last = idSequence(shape, 1000, 11).at(999)
  expect(last).toBeGreaterThanOrEqual(least)
  expect(last).toBeLessThanOrEqual(most)
})

/** How wide each of twenty parts of 5,000 ids lies, in ids for one row. */
function widths(shape: IdShape): number[] {
  const ids = idSequence(shape, 100_000, 5)
  return Array.from({ length: 20 }, (_, part) => (ids.at(part * 5000 + 4999) - ids.at(part * 5000)) / 4999)
}

test('skew ids get thinner from part to part, by a factor of some hundreds', () => {
  const found = widths('skew')
  for (let part = 1; part < 20; part++) expect(found[part]).toBeGreaterThan(found[part - 1] ?? Infinity)
  expect((found[19] ?? 0) / (found[0] ?? 0)).toBeGreaterThan(150)
})

test('gaps are everywhere alike, but as uneven as chance is', () => {
  for (const width of widths('gaps')) expect(Math.abs(width - 1 / 0.7)).toBeLessThan(0.05)
  const ids = idSequence('gaps', 100_000, 5)
  const left = Array.from(
    { length: 1000 },
    (_, block) => ids.countUpTo(block * 100 + 100) - ids.countUpTo(block * 100),
  )
  const mean = left.reduce((sum, one) => sum + one, 0) / 1000
  const variance = left.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 1000
  expect(mean).toBeGreaterThan(69)
  expect(mean).toBeLessThan(71)
  expect(variance).toBeGreaterThan(17) // 100 x 0.3 x 0.7 is 21
  expect(variance).toBeLessThan(25)
})
