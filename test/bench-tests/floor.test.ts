import { describe, expect, test } from 'vitest'
import { fewestRequests, type FloorFacts, floorOf, perfectPages, PLAN_BUCKETS } from '../bench/floor.ts'

const FACTS: FloorFacts = {
  rows: 100_000,
  pageSeconds: 0.03,
  pageCostSeconds: 0.03,
  latencySeconds: 0.04,
  lanes: 8,
  bucket: PLAN_BUCKETS.standard,
  operatingSeconds: 480,
}

function floor(facts: Partial<FloorFacts>): [bound: string, seconds: number] {
  const { bound, seconds } = floorOf({ ...FACTS, ...facts })
  return [bound, Number(seconds.toFixed(2))]
}

test('perfect pages have 50 rows, perfect requests 50 of them', () => {
  expect([1, 50, 51, 2501].map(perfectPages)).toEqual([1, 1, 2, 51])
  expect([1, 2500, 2501, 100_000].map(fewestRequests)).toEqual([1, 1, 2, 40])
})

describe('lanes bound a run that neither requests nor operating time bound:', () => {
  test.each([
    // One request with two pages, then 1,998 pages on so many lanes, each with 40 ms for every 50 of them.
    [8, 0.04 + 0.06 + 250 * 0.03 + 5 * 0.04],
    [4, 0.04 + 0.06 + 500 * 0.03 + 10 * 0.04],
    [1, 0.04 + 0.06 + 1998 * 0.03 + 40 * 0.04],
  ])('%i', (lanes, seconds) => {
    expect(floor({ lanes })).toEqual(['lanes', Number(seconds.toFixed(2))])
  })

  test('one page is one request', () => {
    expect(floor({ rows: 40 })).toEqual(['lanes', 0.07])
    expect(floor({ rows: 0 })).toEqual(['lanes', 0.07])
    expect(floor({ rows: 100 })).toEqual(['lanes', 0.1])
  })
})

describe('the schedule of requests', () => {
  test('is the burst, then the rate', () => {
    expect(floor({ rows: 300_000 })).toEqual(['requests', (120 - 50) / 2])
    expect(floor({ rows: 700_000, lanes: 100, pageCostSeconds: 0, bucket: PLAN_BUCKETS.enterprise })).toEqual(
      ['requests', (280 - 250) / 5],
    )
  })

  test('bounds nothing where there is no bucket', () => {
    expect(floor({ rows: 300_000, bucket: undefined })[0]).toBe('lanes')
  })
})

describe('operating time', () => {
  const billed = { operatingSeconds: 480, pageSeconds: 0.22, pageCostSeconds: 0.22 }

  test('bounds nothing within the first window', () => {
    expect(floor({ ...billed, rows: 109_000 })[0]).toBe('lanes')
  })

  test('waits for whole baskets: 480 s, then 480 s from the tenth minute on, then the rest', () => {
    // 6,000 pages are 1,320 s, on eight lanes 60 s for each 480.
    expect(floor({ ...billed, rows: 300_000 })).toEqual(['operating time', 1200 + 360 / 8])
    expect(floor({ ...billed, rows: 300_000, lanes: 4 })).toEqual(['operating time', 1200 + 360 / 4])
  })

  test('comes back minute by minute where one lane used it so', () => {
    // 480 s of work, 120 s of rest, 480 s of work, and so on.
    expect(floor({ ...billed, rows: 300_000, lanes: 1 })).toEqual(['operating time', 1200 + 360])
  })

  test('is used up at once by a portal that takes no real time', () => {
    const facts = { rows: 1_000_000, pageSeconds: 0, pageCostSeconds: 0.03, bucket: undefined }
    expect(floor(facts)).toEqual(['operating time', 600])
  })

  test('is not counted on a box', () => {
    expect(floor({ ...billed, rows: 300_000, operatingSeconds: Infinity, bucket: undefined })[0]).toBe(
      'lanes',
    )
  })
})
