import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { Share } from '../../src/progress/share.ts'
import { answered, sent } from '../support/run-events.ts'

const NOW = 1_000_000
/** An output that takes no time. */
const QUICK = { elapsedMs: 60_000, writingMs: 0 }

function page(rows: number, cursor: number, end?: number): RunEvent {
  return { type: 'page', rows, cursor, end }
}

function outlook(waiting: number, ahead?: number): RunEvent {
  return { type: 'outlook', waiting, ahead }
}

/** What is shown after each of the events, all of them at one moment. */
function shown(events: readonly RunEvent[], rowsWanted = Infinity): (number | undefined)[] {
  const share = new Share(rowsWanted)
  return events.map((event) => {
    share.take(event, NOW)
    return share.at(NOW, QUICK)
  })
}

test('of a walk that says nothing of the rows ahead it is the share of the range', () => {
  expect(shown([page(50, 100, 1_100), page(50, 600, 1_100)])).toEqual([0, 0.5])
  expect(shown([page(50, 100)])).toEqual([undefined])
})

test('it is never the whole before the end was seen', () => {
  expect(shown([page(50, 50, 100), page(50, 100, 100)]).at(-1)).toBe(0.99)
  expect(shown([outlook(0, 50), page(50, 50, 50), outlook(0, 0)]).at(-1)).toBe(0.99)
})

test('as long as the walk has not looked at its list nothing is said, whatever the range', () => {
  const events = [outlook(0), page(50, 50, 1_000), outlook(0), outlook(100, 850)]
  expect(shown(events)).toEqual([undefined, undefined, undefined, 0.15])
})

test('rows that wait for those in front of them count, and count once when they leave', () => {
  const events = [
    outlook(0, 1_000),
    page(50, 50, 9_999),
    outlook(400, 550),
    outlook(0, 950),
    page(400, 450, 9_999),
  ]
  expect(shown(events)).toEqual([0, 0.05, 0.45, 0.45, 0.45])
})

test('it follows what the walk learns, but never falls', () => {
  const events = [outlook(0, 100_000), outlook(500, 500), outlook(500, 100_000), outlook(800, 200)]
  expect(shown(events)).toEqual([0, 0.5, 0.5, 0.8])
})

test('rows are worth more of a list that ends earlier, by a limit', () => {
  expect(shown([page(50, 50, 1_000_000), page(450, 500, 1_000_000)], 1_000).at(-1)).toBe(0.5)
  expect(shown([outlook(300, 999_700), outlook(500)], 1_000)).toEqual([0.3, 0.5])
  expect(shown([outlook(300, 300)], 1_000)).toEqual([0.5])
})

test('what is in flight counts by the time that it took so far, as earlier answers did', () => {
  const share = new Share(Infinity)
  const take = (event: RunEvent, ms: number): void => share.take(event, NOW + ms)
  const [, twoPages] = sent(0, 2)
  const [, fiftyPages] = sent(0, 50)
  if (typeof twoPages === 'string' || typeof fiftyPages === 'string') throw new Error('no events')
  take(twoPages, 0)
  // One second is the portal's, for two pages; another one is the way.
  take(answered(2_000, { m: 2 }), 2_000)
  take(outlook(100, 9_900), 2_000)
  expect(share.at(NOW + 2_000, QUICK)).toBe(0.01)
  take(fiftyPages, 2_000)
  take(fiftyPages, 2_000)
  // 26 s are expected: 1 s, and half a second for each of 50 pages.
  expect(share.at(NOW + 15_000, QUICK)).toBeCloseTo(0.01 + (2 * 2_500 * 0.5) / 10_000)
  // Late is not the same as there.
  expect(share.at(NOW + 900_000, QUICK)).toBeCloseTo(0.01 + (2 * 2_500 * 0.95) / 10_000)
  expect(share.at(NOW + 900_001, QUICK)).toBeLessThan(0.6)
})

test('what came to nothing is no longer in flight, and what else is goes on', () => {
  const [, request] = sent(0, 50)
  if (typeof request === 'string') throw new Error('no event')
  const share = new Share(Infinity)
  const take = (event: RunEvent, ms: number): void => share.take(event, NOW + ms)
  take(request, 0)
  take(answered(1_000, { m: 50 }), 1_000)
  take(outlook(0, 5_000), 1_000)
  take(request, 2_000)
  take(request, 2_500)
  take({ type: 'lost', method: 'm', elapsedMs: 600, isBrokenOff: false }, 2_600)
  // 300 ms of 1 s of 2,500 rows; with the one that was lost it would be 1,100 ms.
  expect(share.at(NOW + 2_800, QUICK)).toBeCloseTo(0.15)
})

test('an output that takes longer than the portal sets the pace', () => {
  const share = new Share(Infinity)
  share.take(outlook(0, 10_000), NOW)
  share.take(page(1_000, 1_000, 9_999), NOW)
  share.take(outlook(7_000, 2_000), NOW)
  // A second for each thousand rows: nine of them are left.
  expect(share.at(NOW, { elapsedMs: 3_000, writingMs: 1_000 })).toBe(0.25)
  expect(share.at(NOW, QUICK)).toBe(0.8)
})
