import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { TransportError } from '../../src/errors.ts'
import { count, EMPTY_TALLY, type Tally } from '../../src/progress/tally.ts'

function tallied(...events: readonly RunEvent[]): Tally {
  return events.reduce((tally, event) => count(tally, event), EMPTY_TALLY)
}

function answered(billed: Record<string, number>): RunEvent {
  const facts = { method: 'm', status: 200, elapsedMs: 10, bytes: 700, wireBytes: 90, portalSeconds: 1 }
  return { type: 'answered', ...facts, done: new Map(), billed: new Map(Object.entries(billed)) }
}

const SENT: RunEvent = { type: 'sent', method: 'm', commands: 50, bytes: 300 }
const PAGE: RunEvent = { type: 'page', rows: 50, cursor: 512, end: 900 }

test('a batch counts as one request', () => {
  expect(tallied(SENT, SENT, PAGE)).toMatchObject({
    rows: 50,
    requests: 2,
    bytesSent: 600,
    lastId: 512,
  })
})

test('what the portal bills is added up by method', () => {
  const tally = tallied(answered({ a: 1.5 }), answered({ a: 0.5, b: 3 }))
  expect(Object.fromEntries(tally.portalSeconds)).toEqual({ a: 2, b: 3 })
  expect([tally.bytesReceived, tally.wireBytes]).toEqual([1_400, 180])
})

test('equal errors are counted, not listed', () => {
  const retry = (message: string): RunEvent => ({
    type: 'retrying',
    method: 'm',
    attempt: 1,
    error: new TransportError('reset', message, { executed: 'unknown' }),
  })
  const tally = tallied(retry('broke'), retry('other'), retry('broke'))
  expect(tally.retries).toBe(3)
  expect(tally.errors.map(({ message, count: times }) => [message, times])).toEqual([
    ['broke', 2],
    ['other', 1],
  ])
})
