import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { TransportError } from '../../src/errors.ts'
import { allWaitedMs, count, EMPTY_TALLY, type Tally, waitedMs } from '../../src/progress/tally.ts'

const START = new Date(2026, 0, 5, 9, 7, 3).getTime()

/** What comes of events, each with the seconds after the start at which it happens. */
function tallied(...events: readonly (readonly [number, RunEvent])[]): Tally {
  return events.reduce((tally, [at, event]) => count(tally, event, START + at * 1_000), EMPTY_TALLY)
}

function wait(untilSeconds: number, reason: 'bucket' | 'operating' | 'backoff' = 'bucket'): RunEvent {
  return { type: 'waiting', method: 'm', reason, until: START + untilSeconds * 1_000 }
}

function answered(billed: Record<string, number>): RunEvent {
  const facts = { method: 'm', status: 200, elapsedMs: 10, bytes: 700, portalSeconds: 1 }
  return { type: 'answered', ...facts, billed: new Map(Object.entries(billed)) }
}

const SENT: RunEvent = { type: 'sent', method: 'm', commands: 50, bytes: 300 }
const PAGE: RunEvent = { type: 'page', rows: 50, cursor: 512, end: 900 }

test('a batch counts as one request', () => {
  expect(tallied([0, SENT], [1, SENT], [2, PAGE])).toMatchObject({
    rows: 50,
    requests: 2,
    bytesSent: 600,
    lastId: 512,
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
  expect(allWaitedMs(tallied(...events), START + 60_000)).toBe(seconds * 1_000)
})

test('waits are told apart by their reason', () => {
  const tally = tallied([0, wait(2)], [3, wait(63, 'operating')], [70, wait(71, 'backoff')])
  expect(waitedMs(tally, START + 80_000)).toEqual({ bucket: 2_000, operating: 60_000, backoff: 1_000 })
})

test('a wait that was broken off counts up to then', () => {
  expect(waitedMs(tallied([0, wait(600, 'operating')]), START + 5_000).operating).toBe(5_000)
})

test('what the portal bills is added up by method', () => {
  const tally = tallied([0, answered({ a: 1.5 })], [1, answered({ a: 0.5, b: 3 })])
  expect(Object.fromEntries(tally.portalSeconds)).toEqual({ a: 2, b: 3 })
  expect(tally.bytesReceived).toBe(1_400)
})

test('equal errors are counted, not listed', () => {
  const retry = (message: string): RunEvent => ({
    type: 'retrying',
    method: 'm',
    attempt: 1,
    error: new TransportError('reset', message, { executed: 'unknown' }),
  })
  const tally = tallied([0, retry('broke')], [1, retry('other')], [2, retry('broke')])
  expect(tally.retries).toBe(3)
  expect(tally.errors.map(({ message, count: times }) => [message, times])).toEqual([
    ['broke', 2],
    ['other', 1],
  ])
})
