import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { TransportError } from '../../src/errors.ts'
import { isKept, logEntries, type LogLevel } from '../../src/progress/log-entries.ts'

const SENT: RunEvent = { type: 'sent', method: 'crm.deal.list', commands: 50, bytes: 300 }
const AT = new Date(2026, 0, 5, 14, 3, 21).getTime()

function messages(level: LogLevel, events: readonly RunEvent[]): string[] {
  const entriesOf = logEntries()
  return events
    .flatMap((event) => entriesOf(event))
    .filter((entry) => isKept(entry.level, level))
    .map(({ message }) => message)
}

test('info has one line for a hundred requests, debug one for each', () => {
  const events = Array.from({ length: 250 }, () => SENT)
  expect(messages('info', events)).toEqual(['0 rows after 100 requests', '0 rows after 200 requests'])
  expect(messages('debug', events)).toHaveLength(252)
  expect(messages('debug', [SENT])).toEqual(['request 1: crm.deal.list (50 commands in a batch)'])
})

test('retries and waits are told at info, and at warning nothing is', () => {
  const events: RunEvent[] = [
    {
      type: 'retrying',
      method: 'm',
      attempt: 2,
      error: new TransportError('reset', 'The connection broke.', { executed: 'no' }),
    },
    { type: 'waiting', method: 'm', reason: 'operating', until: AT },
  ]
  expect(messages('info', events)).toEqual([
    'retry 2 of m: The connection broke.',
    "waiting for the method's operating time until 14:03:21: m",
  ])
  expect(messages('warning', events)).toEqual([])
})

test('lanes that wait for the same thing are one wait', () => {
  const wait: RunEvent = { type: 'waiting', method: 'm', reason: 'bucket', until: AT }
  expect(messages('info', [wait, wait, { ...wait, until: AT - 5 }])).toHaveLength(1)
})

test('that the bucket is waited for is told once at info: from then on every request waits for it', () => {
  const waits = [0, 500, 1_000].map((ms): RunEvent => {
    return { type: 'waiting', method: 'm', reason: 'bucket', until: AT + ms }
  })
  expect(messages('info', waits)).toHaveLength(1)
  expect(messages('debug', waits)).toHaveLength(3)
})
