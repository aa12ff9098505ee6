import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bucket } from '../../src/engine/bucket.ts'

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

/** Requests that the portal refuses, whatever the second at which its level falls. */
function refusals(at: readonly number[], capacity: number, drain: number): number {
  let worst = 0
  for (let phase = 0; phase < 1; phase += 0.05) {
    let level = 0
    let refused = 0
    let second = 0
    for (const time of at) {
      while (second + phase + 1 <= time) {
        level = Math.max(0, level - drain)
        second++
      }
      if (++level > capacity) refused++
    }
    worst = Math.max(worst, refused)
  }
  return worst
}

describe('the bucket', () => {
  test.each([
    [50, 2],
    [250, 5],
    [10, 1],
    [5, 0.5],
  ])('of %i places, %d a second, is never refused by the portal’s', async (capacity, drain) => {
    const at = await taken(new Bucket({ capacity, drainPerSecond: drain }), capacity + 100, 400)
    expect(at.length).toBe(capacity + 100)
    expect(refusals(at, capacity, drain)).toBe(0)
  })

  test('lets 47 requests go at once on the standard plan, and at least 19 in ten seconds then', async () => {
    const at = await taken(new Bucket({ capacity: 50, drainPerSecond: 2 }), 200, 11)
    expect(at.filter((time) => time < 0.1)).toHaveLength(47)
    expect(at.filter((time) => time >= 0.1 && time <= 10.5).length).toBeGreaterThanOrEqual(19)
  })

  test('holds back after the portal said that its own is full', async () => {
    const bucket = new Bucket({ capacity: 50, drainPerSecond: 2 })
    void bucket.fill()
    const at = await taken(bucket, 3, 3)
    expect(at.map((time) => Math.round(time))).toEqual([1, 1, 2])
  })

  test('lets go of whoever stops waiting', async () => {
    const bucket = new Bucket({ capacity: 4, drainPerSecond: 1 })
    await taken(bucket, 2, 0.1)
    const stop = new AbortController()
    const waiting = bucket.take(stop.signal)
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
  })
})
