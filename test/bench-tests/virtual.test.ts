import { describe, expect, test } from 'vitest'
import { inRuns, laneUse } from '../bench/traffic.ts'
import { inVirtualTime } from '../bench/virtual-clock.ts'
import { virtualPortal } from '../bench/virtual-plan.ts'
import { isPossible, virtualExport } from '../bench/virtual-run.ts'

describe('virtual time', () => {
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  test('passes as fast as the work in it goes, and is over afterwards', async () => {
    const before = performance.now()
    const { value, seconds } = await inVirtualTime(async () => {
      await later(3_600_000)
      await later(1)
      return 'done'
    }, 2)
    expect([value, seconds]).toEqual(['done', 3600.001])
    expect(performance.now() - before).toBeLessThan(20_000)
    expect(Math.abs(Date.now() - 1_700_000_000_000)).toBeGreaterThan(1e9)
  })

  test('hands on what is thrown, and ends what does not end', async () => {
    await expect(
      inVirtualTime(() => later(10).then(() => Promise.reject(new Error('no'))), 1),
    ).rejects.toThrow('no')
    await expect(inVirtualTime(() => later(7_200_000), 1)).rejects.toThrow('not done after 1 h')
  })
})

test('an export takes the time of its pages on that clock, and brings all rows', async () => {
  const settings = virtualPortal({ rows: 2000, ids: 'hole', pageMs: 400 })
  const { wallSeconds, stats, lanes, faults } = await virtualExport({ settings })
  expect(faults).toEqual([])
  // Forty pages on eight workers at best, and one after the other at worst.
  expect(wallSeconds).toBeGreaterThan(2)
  expect(wallSeconds).toBeLessThan(30)
  expect([lanes.inFlight.length, lanes.cuts]).toEqual([stats.requests, 0])
})

test('ten minutes without operating time pass on it too', async () => {
  const settings = { ...virtualPortal({ rows: 2000, ids: 'dense', pageMs: 400 }), 'page-cost': '100' }
  const { wallSeconds, stats, faults } = await virtualExport({ settings })
  expect(faults).toEqual([])
  expect(stats.billedSeconds).toBeGreaterThanOrEqual(4000)
  expect(wallSeconds).toBeGreaterThan(540)
})

test('requests that the portal cuts off are seen', async () => {
  const settings = { ...virtualPortal({ rows: 2000, ids: 'dense', pageMs: 2000 }), 'cut-seconds': '5' }
  const { lanes, faults } = await virtualExport({ settings })
  expect(faults).toEqual([])
  expect(lanes.cuts).toBeGreaterThan(0)
})

test('cuts count as late where the request was sent after the first was known', () => {
  const request = (
    sentAt: number,
    answeredAt: number,
    status: number,
  ): Parameters<typeof laneUse>[0][number] => ({
    sentAt,
    answeredAt,
    status,
    inFlight: sentAt,
  })
  const use = laneUse([request(2, 60, 504), request(1, 61, 504), request(61, 62, 200), request(61, 121, 504)])
  expect(use).toEqual({ inFlight: [1, 2, 61, 61], cuts: 3, cutsAfterFirst: 1 })
  expect(laneUse([])).toEqual({ inFlight: [], cuts: 0, cutsAfterFirst: 0 })
})

test('numbers that repeat are shown once', () => {
  expect(inRuns([1, 2, 2, 2, 1, 8, 8])).toBe('1 2x3 1 8x2')
})

test('a portal can be what its settings allow', () => {
  expect([isPossible({ rows: '5' }), isPossible({ rows: 'five' }), isPossible({ mood: 'bad' })]).toEqual([
    true,
    false,
    false,
  ])
})
