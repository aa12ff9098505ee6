import { expect, test } from 'vitest'
import { type RunEvent } from '../../src/engine/events.ts'
import { count, EMPTY_TALLY, type Tally, waitedMs } from '../../src/progress/tally.ts'
import { progressText, summaryText } from '../../src/progress/texts.ts'

const START = new Date(2026, 0, 5, 9, 7, 3).getTime()

/** What comes of events, each with the seconds after the start at which it happens. */
function tallied(...events: readonly [number, RunEvent][]): Tally {
  return events.reduce((tally, [at, event]) => count(tally, event, START + at * 1_000), EMPTY_TALLY)
}

function wait(untilSeconds: number): RunEvent {
  return { type: 'waiting', method: 'm', reason: 'bucket', until: START + untilSeconds * 1_000 }
}

const SENT: RunEvent = { type: 'sent', method: 'm', commands: 50 }

test('a batch counts as one request', () => {
  expect(tallied([0, SENT], [1, SENT], [2, { type: 'page', rows: 50 }])).toMatchObject({
    rows: 50,
    requests: 2,
  })
})

test.each([
  [
    'one after another add up',
    [
      [0, wait(2)],
      [5, wait(6)],
    ],
    3,
  ],
  [
    'at the same time count once',
    [
      [0, wait(2)],
      [1, wait(2)],
    ],
    2,
  ],
  [
    'that overlap count as long as one of them lasts',
    [
      [0, wait(2)],
      [1, wait(4)],
    ],
    4,
  ],
  [
    'that end before one already announced add nothing',
    [
      [0, wait(10)],
      [1, wait(2)],
    ],
    10,
  ],
] as const)('waits %s', (_how, events, seconds) => {
  expect(waitedMs(tallied(...(events as unknown as [number, RunEvent][])), START + 60_000)).toBe(
    seconds * 1_000,
  )
})

test('a wait that was broken off counts up to then', () => {
  expect(waitedMs(tallied([0, wait(600)]), START + 5_000)).toBe(5_000)
})

test('the line says what is waited for and until when', () => {
  const tally = tallied([0, SENT], [0, { type: 'page', rows: 12_345 }], [0, wait(61)])
  expect(progressText(tally, START)).toBe(
    '12,345 rows, 1 request, waiting for the request limit until 09:08:04',
  )
  expect(progressText(tally, START + 61_000)).toBe('12,345 rows, 1 request')
})

test('the last line sums up', () => {
  const tally = tallied([0, SENT], [0, { type: 'page', rows: 1 }], [0, wait(1.2)])
  expect(summaryText(tally, START + 9_000, 'deals.ndjson')).toBe(
    '1 row, 1 request, 1.2 s waiting -> deals.ndjson',
  )
  expect(summaryText(EMPTY_TALLY, START, undefined)).toBe('0 rows, 0 requests, 0.0 s waiting')
})
