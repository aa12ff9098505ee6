import { describe, expect, test } from 'vitest'
import { type SpeedCase, speedFaults, type SpeedFigures } from '../bench/speed-limits.ts'

const CASE: SpeedCase = {
  rows: 100_000,
  ids: 'dense',
  pageMs: 220,
  pageCostSeconds: 0.22,
  lanes: 8,
  floorSeconds: 55.7,
}
/** The most that is promised for it: 1.05 × 40 + 2 × 8 + 2 requests, 1.02 × 440 portal seconds. */
const MOST: SpeedFigures = { wallSeconds: 62.3, requests: 60, billedSeconds: 448.8, refusals: 0 }

test('a run at the bounds keeps them', () => {
  expect(speedFaults(CASE, MOST)).toEqual([])
})

describe('a run beyond one of them says which:', () => {
  test.each([
    [{ wallSeconds: 62.5 }, ['1.12 times the floor, 1.12 promised']],
    [{ wallSeconds: 66.1 }, ['1.19 times the floor, 1.12 promised', '66.1 s, 66 promised']],
    [{ requests: 61 }, ['61 requests, 60 promised']],
    [{ billedSeconds: 450 }, ['1.023 times the portal seconds of perfect pages, 1.02 promised']],
    [{ billedSeconds: NaN }, ['NaN times the portal seconds of perfect pages, 1.02 promised']],
    [{ refusals: 1 }, ['1 refusals, none promised']],
  ])('%o', (figures, faults) => {
    expect(speedFaults(CASE, { ...MOST, ...figures })).toEqual(faults)
  })
})

test('uneven ids may cost more', () => {
  const figures = { wallSeconds: 72, requests: 64, billedSeconds: 475, refusals: 0 }
  expect(speedFaults({ ...CASE, ids: 'clusters' }, figures)).toEqual([])
  expect(speedFaults(CASE, figures)).toHaveLength(4)
})

test('with four lanes the seconds are not promised, but the share of the floor', () => {
  const four = { ...CASE, lanes: 4, floorSeconds: 111 }
  expect(speedFaults(four, { ...MOST, wallSeconds: 120, requests: 52 })).toEqual([])
  expect(speedFaults(four, { ...MOST, wallSeconds: 120, requests: 53 })).toHaveLength(1)
})

test('ten thousand rows have their seconds, and no shares', () => {
  const few = { ...CASE, rows: 10_000, pageMs: 30, pageCostSeconds: 0.03, floorSeconds: 0.9 }
  const figures = { wallSeconds: 1.5, requests: 22, billedSeconds: 9, refusals: 0 }
  expect(speedFaults(few, figures)).toEqual([])
  expect(speedFaults(few, { ...figures, wallSeconds: 1.6 })).toEqual(['1.6 s, 1.5 promised'])
})

test('short lists have their own numbers of requests', () => {
  const short = { ...CASE, pageMs: 30, floorSeconds: 0.1 }
  const faults = (rows: number, requests: number): string[] =>
    speedFaults({ ...short, rows }, { wallSeconds: 1, requests, billedSeconds: 1, refusals: 0 })
  expect([faults(1, 1), faults(40, 1), faults(400, 3), faults(4000, 9)]).toEqual([[], [], [], []])
  expect([faults(1, 2), faults(40, 2), faults(400, 4), faults(4000, 10)].flat()).toHaveLength(4)
})
