import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bucket } from '../../src/engine/bucket.ts'
import { limitsFor, type Plan } from '../../src/protocol/limits.ts'
import { refusedBy } from '../support/refused-by.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => void vi.useRealTimers())

const signal = new AbortController().signal

/** Seconds after the start at which `count` places were had. */
async function taken(bucket: Bucket, count: number, withinSeconds: number): Promise<number[]> {
  const start = Date.now()
  const at: number[] = []
  for (let i = 0; i < count; i++) void bucket.take(signal).then(() => at.push((Date.now() - start) / 1000))
  await vi.advanceTimersByTimeAsync(withinSeconds * 1000)
  return at
}

function bucketFor(plan: Plan): Bucket {
  return new Bucket(limitsFor('example.bitrix24.com', { plan }).bucket ?? { places: 0, perSecond: 0 })
}

describe('the bucket', () => {
  test.each<[Plan, number, number]>([
    ['standard', 50, 2],
    ['enterprise', 250, 5],
  ])('of the %s plan is never refused by the portal’s', async (plan, capacity, drain) => {
    const at = await taken(bucketFor(plan), capacity + 100, 400)
    expect(at.length).toBe(capacity + 100)
    expect(refusedBy(at, capacity, drain)).toBe(0)
  })

  test('lets 47 requests go at once on the standard plan, and at least 19 in ten seconds then', async () => {
    const at = await taken(bucketFor('standard'), 200, 11)
    expect(at.filter((time) => time < 0.1)).toHaveLength(47)
    expect(at.filter((time) => time >= 0.1 && time <= 10.5).length).toBeGreaterThanOrEqual(19)
  })

  test.each([
    [3, 100],
    [3, 2],
    [1, 0.5],
    [10, 1.9],
    [4, 100.5],
  ])(
    'of %i places and %f a second gives no more than that, and at least three quarters of it',
    async (places, perSecond) => {
      const at = await taken(new Bucket({ places, perSecond }), places + Math.ceil(perSecond * 10) + 20, 10)
      const within = Math.min(perSecond, places * 20) * 10
      expect(at.length).toBeLessThanOrEqual(places + perSecond * 10 + 1)
      expect(at.length).toBeGreaterThanOrEqual(Math.floor(0.75 * within))
    },
  )

  test('holds back after the portal said that its own is full', async () => {
    const bucket = bucketFor('standard')
    void bucket.fill()
    const at = await taken(bucket, 3, 3)
    expect(at.map((time) => Math.round(time * 2) / 2)).toEqual([0.5, 1, 1.5])
  })

  test('lets go of whoever stops waiting', async () => {
    const bucket = new Bucket({ places: 2, perSecond: 1 })
    await taken(bucket, 2, 0.1)
    const stop = new AbortController()
    const waiting = bucket.take(stop.signal)
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
  })
})
