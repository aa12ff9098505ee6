import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/protocol/retry-after.ts'

const NOW = Date.UTC(2026, 0, 1)

test.each([
  ['3', 3000],
  [' 120 ', 120_000],
  ['0', 0],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
])('an answer that says %j is left alone for %i ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms)
})

test('of several headers the first counts', () => {
  expect(retryAfterMs(['7', '90'], NOW)).toBe(7000)
})

test.each([[undefined], [''], ['-5'], ['1.5'], ['soon'], ['2026'.repeat(100) + 'x'], ['3 s']])(
  'what cannot be read says nothing: %j',
  (header) => {
    expect(retryAfterMs(header, NOW)).toBeUndefined()
  },
)

test('no number is too large to be waited for, or to be told', () => {
  const ms = retryAfterMs('9'.repeat(400), NOW) ?? 0
  expect(Number.isFinite(ms)).toBe(true)
  expect(() => new Date(NOW + ms).toISOString()).not.toThrow()
})
