import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grouped } from '../../src/progress/texts.ts'

test('numbers are grouped as in English', () => {
  expect([0, 999, 1_000, 12_345.25, 1_234_567_890].map(grouped)).toEqual([
    '0',
    '999',
    '1,000',
    '12,345.25',
    '1,234,567,890',
  ])
  fc.assert(fc.property(fc.maxSafeNat(), (count) => grouped(count) === count.toLocaleString('en-US')))
})
