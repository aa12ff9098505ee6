import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { TimeRecord } from '../../src/progress/time-record.ts'
import { answered, fails, flies, START, timed, waits, writes } from '../support/run-events.ts'

test.each([
  ['one after another add up', [...waits('bucket', 0, 2), ...waits('bucket', 5, 6)], 3],
  ['at the same time count once', [...waits('bucket', 0, 2), ...waits('bucket', 1, 2)], 2],
  [
    'that overlap count as long as one of them lasts',
    [...waits('bucket', 0, 2), ...waits('bucket', 1, 4)],
    4,
  ],
  ['within another add nothing', [...waits('bucket', 0, 10), ...waits('bucket', 1, 2)], 10],
  ['for several reasons count once', [...waits('bucket', 0, 3), ...waits('backoff', 2, 4)], 4],
] as const)('waits %s', (_how, happenings, seconds) => {
  expect(timed(60, ...happenings).heldMs).toBe(seconds * 1_000)
})

test('waits are told apart by their reason and by their method', () => {
  const { waitedMs, methods } = timed(
    80,
    ...waits('bucket', 0, 2, 'a'),
    ...waits('operating', 3, 63, 'b'),
    ...waits('backoff', 70, 71, 'a'),
  )
  expect(waitedMs).toEqual({ bucket: 2_000, operating: 60_000, backoff: 1_000, outage: 0 })
  expect(methods.map(({ method, waitedMs: own }) => [method, own])).toEqual([
    ['a', { bucket: 2_000, operating: 0, backoff: 1_000, outage: 0 }],
    ['b', { bucket: 0, operating: 60_000, backoff: 0, outage: 0 }],
  ])
})

test('a wait that goes on counts up to now, whatever was announced', () => {
  const [begins] = waits('operating', 0, 600)
  expect(begins && timed(5, begins).waitedMs.operating).toBe(5_000)
})

test.each([
  ['a request that a limit holds back, though others are in flight', 'bucket', waits('bucket', 0, 10)],
  ['operating time, before the request limit', 'operating', waits('operating', 0, 10)],
  ['the portal, while the output writes beside it', 'portal', writes(0, 10)],
] as const)('a moment goes to %s', (_what, use, happenings) => {
  const beside = use === 'operating' ? waits('bucket', 0, 10) : []
  expect(timed(10, ...flies(0, 10), ...beside, ...happenings).usedMs[use]).toBe(10_000)
})

test('one lane of four that waits for its next attempt costs a quarter of the time', () => {
  const { usedMs } = timed(8, ...flies(0, 8), ...flies(0, 8), ...flies(0, 8), ...waits('backoff', 0, 8))
  expect(usedMs).toMatchObject({ backoff: 2_000, portal: 6_000 })
})

test('the output counts while nothing is in flight, and all uses together are the duration', () => {
  const { usedMs, durationMs, consumerMs } = timed(
    20,
    ...flies(1, 3),
    ...writes(2, 7),
    ...waits('bucket', 6, 9),
    ...flies(9, 11),
    ...fails(12, 13),
  )
  expect(usedMs).toEqual({
    other: 9_000,
    portal: 5_000,
    consumer: 3_000,
    bucket: 3_000,
    operating: 0,
    backoff: 0,
    outage: 0,
  })
  expect(Object.values(usedMs).reduce((sum, ms) => sum + ms)).toBe(durationMs)
  expect(consumerMs).toBe(5_000)
})

test('attempts in vain are counted, those that we broke off ourselves are not', () => {
  const { methods, lostMs, answeredMs } = timed(10, ...flies(0, 2), ...fails(2, 5), ...fails(5, 6, true))
  expect(methods[0]).toMatchObject({ requests: 3, lost: 1, commands: 150, done: 50 })
  expect([answeredMs, lostMs]).toEqual([2_000, 3_000])
})

test('what a batch did is told by method, the request itself is that of batch', () => {
  const { methods } = timed(10, ...flies(0, 2, 3, 'batch'), [3, answered(10, { a: 1, b: 2 }, 'batch')])
  expect(
    methods.map(({ method, requests, done, portalSeconds }) => [method, requests, done, portalSeconds]),
  ).toEqual([
    ['batch', 1, 3, 1],
    ['a', 0, 1, 1],
    ['b', 0, 2, 1],
  ])
})

test('requests in flight are averaged over the time in which there were any', () => {
  const { meanInFlight, mostInFlight } = timed(100, ...flies(0, 4), ...flies(0, 2), ...flies(50, 51))
  expect([meanInFlight, mostInFlight]).toEqual([7 / 5, 2])
})

test('slices say how the run went, at most twenty of them, all of one length', () => {
  const { slices } = timed(40, ...flies(0, 20), ...flies(10, 20, 7), ...flies(30, 40, 3))
  expect(slices.sliceMs).toBe(3_200)
  expect(slices.inFlight).toHaveLength(13)
  expect(slices.inFlight.map((value) => Math.round(value * 1_000) / 1_000)).toEqual([
    1, 1, 1, 1.875, 2, 2, 0.5, 0, 0, 0.625, 1, 1, 1,
  ])
  expect(slices.commands.map((value) => value ?? 0)).toEqual([50, 0, 0, 7, 0, 0, 0, 0, 0, 3, 0, 0, 0])
})

test('a million requests of a thousand methods are kept as twenty slices and a hundred methods', () => {
  const record = new TimeRecord(START)
  const take = (event: RunEvent, ms: number): void => record.take(event, START + ms)
  for (let request = 0; request < 1_000_000; request++) {
    const method = request % 1_000 === 0 ? `m${request}` : 'm'
    take({ type: 'sent', method, commands: 50, bytes: 300 }, request * 20)
    take(answered(15, { [method]: 50 }, method), request * 20 + 15)
  }
  const { slices, methods, meanInFlight } = record.figures(START + 20_000_000)
  expect(slices.inFlight.length).toBeGreaterThanOrEqual(10)
  expect(slices.inFlight.length).toBeLessThanOrEqual(20)
  for (const inFlight of slices.inFlight) expect(inFlight).toBeCloseTo(0.75, 2)
  expect(meanInFlight).toBe(1)
  expect(methods).toHaveLength(101)
  expect(methods.reduce((sum, { requests }) => sum + requests, 0)).toBe(1_000_000)
})
