import { expect, test } from 'vitest'
import { barText, progressText, spinnerText } from '../../src/progress/progress-line.ts'
import type { View } from '../../src/progress/view.ts'

const AT = new Date(2026, 0, 5, 14, 3, 21).getTime()

const VIEW: View = {
  rows: 125_000,
  requests: 57,
  retries: 1,
  rowsPerSecond: 2_480,
  waitedMs: 1_200,
  wait: undefined,
  share: 0.339,
  leftMs: 103_000,
  lastId: 412_331,
}
const BANNED: View = { ...VIEW, wait: { until: AT, reason: 'operating' } }

const draw = (share: number, columns: number): string => {
  const done = Math.round(share * columns)
  return '#'.repeat(done) + '.'.repeat(columns - done)
}

test.each([
  [
    120,
    '##########.................... 33 %  125,000 rows, 2,480 rows/s, 57 requests, 1 retry, 1 min 43 s left',
  ],
  [79, '#####........... 33 %  125,000 rows, 2,480 rows/s, 57 requests, 1 min 43 s left'],
  [60, '###....... 33 %  125,000 rows, 2,480 rows/s, 1 min 43 s left'],
  [39, '#######............. 33 %  125,000 rows'],
  [24, '33 %  125,000 rows'],
  [12, '33 %'], // a number that is cut is another number
  [3, ''],
])('in %i columns there is a bar and as much as fits', (width, wanted) => {
  expect(barText(VIEW, width, draw)).toBe(wanted)
})

test.each([
  [
    120,
    "##########.................... 33 %  125,000 rows, 57 requests, waiting for the method's operating time until 14:03:21",
  ],
  [79, '######........... 33 %  125,000 rows, waiting for operating time until 14:03:21'],
  [39, '33 %  operating time until 14:03:21'],
])('a ban says until when, in %i columns too', (width, wanted) => {
  expect(barText(BANNED, width, draw)).toBe(wanted)
})

test('no width makes a line that is wider', () => {
  for (const view of [VIEW, BANNED, { ...VIEW, share: undefined, rows: 0 }]) {
    for (let width = 0; width <= 130; width++) {
      expect(barText(view, width, draw).length).toBeLessThanOrEqual(width)
      expect(spinnerText(view, width).length).toBeLessThanOrEqual(width)
    }
  }
})

test('a line of a log says everything', () => {
  expect(progressText(VIEW)).toBe('125,000 rows, 33 %, 2,480 rows/s, 57 requests, 1 retry, 1 min 43 s left')
})
