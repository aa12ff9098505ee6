import { describe, expect, test } from 'vitest'
import { Lanes } from '../../src/strategies/keyset/lanes.ts'

const PAGES = 50
const PAGE_SECONDS = 0.22
const LATENCY_SECONDS = 0.04

interface Portal {
  /** Requests worked on at once; others wait. */
  readonly workers?: number
  /** Times as long as usual that a page takes with so many requests in flight at that time. */
  readonly slower?: (inFlight: number, now: number) => number
  /** What would have come between these times comes at the end of them: nothing is heard in between. */
  readonly silent?: readonly [from: number, to: number]
}

interface Run {
  /** Lanes after each answer. */
  readonly counts: readonly number[]
  readonly billedSeconds: number
  readonly seconds: number
}

/** Full chains, one after another in as many lanes as there are, until so many are answered. */
function run(
  lanes: Lanes,
  answers: number,
  { workers = Infinity, slower = () => 1, silent: [from, to] = [0, 0] }: Portal,
): Run {
  const inFlight: { readonly sentAt: number; readonly endsAt: number; readonly worked: number }[] = []
  const counts: number[] = []
  let [now, billedSeconds] = [0, 0]
  while (counts.length < answers) {
    while (inFlight.length < lanes.count) {
      const worked = PAGES * PAGE_SECONDS * slower(inFlight.length + 1, now)
      const ends = inFlight.map(({ endsAt }) => endsAt).sort((left, right) => right - left)
      // Whoever finds all workers at work begins when the first of them is free.
      const begins = Math.max(now, ends[workers - 1] ?? now)
      const arrives = begins + LATENCY_SECONDS + worked
      inFlight.push({ sentAt: now, endsAt: arrives > from && arrives < to ? to : arrives, worked })
    }
    inFlight.sort((left, right) => left.endsAt - right.endsAt)
    const first = inFlight.shift()
    if (first === undefined) throw new Error('no lanes')
    now = first.endsAt
    billedSeconds += first.worked
    lanes.learn({
      portalSeconds: first.worked,
      pages: PAGES,
      firstByteSeconds: now - first.sentAt,
      sentAt: first.sentAt,
      answeredAt: now,
      isHeldBack: false,
    })
    counts.push(lanes.count)
  }
  return { counts, billedSeconds, seconds: now }
}

const singleLane = (answers: number): number => answers * PAGES * PAGE_SECONDS

describe('requests in flight', () => {
  test('grow to the most there may be where a page always takes the same', () => {
    const { counts, billedSeconds } = run(new Lanes(undefined), 40, {})
    expect(counts[0]).toBe(8)
    expect(counts.slice(8).every((count) => count === 8)).toBe(true)
    expect(billedSeconds).toBeCloseTo(singleLane(40))
  })

  test.each([1, 3, 12])('never are more than the %i that one wants', (most) => {
    const { counts } = run(new Lanes(most), 40, {})
    expect(Math.max(...counts)).toBe(most)
  })

  test('are so few that pages cost little more than a quarter more, where each makes all slower by 5 %', () => {
    const answers = 60
    const { counts, billedSeconds } = run(new Lanes(undefined), answers, {
      slower: (inFlight) => 1 + 0.05 * (inFlight - 1),
    })
    expect(billedSeconds).toBeLessThanOrEqual(1.27 * singleLane(answers))
    expect(Math.min(...counts.slice(20))).toBeGreaterThanOrEqual(2)
  })

  test('keep four workers busy, and let few wait for them', () => {
    const answers = 60
    const { counts, seconds } = run(new Lanes(undefined), answers, { workers: 4 })
    expect(seconds).toBeLessThanOrEqual((1.15 * singleLane(answers)) / 4)
    const later = counts.slice(20)
    expect(later.reduce((sum, count) => sum + count) / later.length).toBeLessThan(6.5)
  })

  test('do not stay few where pages become four times as slow by themselves', () => {
    const { counts } = run(new Lanes(undefined), 80, { slower: (_, now) => (now > 60 ? 4 : 1) })
    expect(counts.slice(-20).every((count) => count === 8)).toBe(true)
  })

  test.each([12, 20])('are as many as before when nothing was heard for %i seconds', (silence) => {
    const { counts } = run(new Lanes(undefined), 80, { silent: [60, 60 + silence] })
    expect(counts.slice(8).every((count) => count === 8)).toBe(true)
  })

  test('become fewer where the portal has workers for half of them all of a sudden', () => {
    const lanes = new Lanes(undefined)
    run(lanes, 40, {})
    const { counts } = run(lanes, 30, { workers: 4 })
    expect(Math.min(...counts.slice(0, 24))).toBeLessThan(8)
  })

  test('become half as many by trouble, and one at the least', () => {
    const lanes = new Lanes(undefined)
    run(lanes, 20, {})
    expect(lanes.count).toBe(8)
    const after: number[] = []
    for (const now of [1000, 1001, 1002, 1003]) {
      lanes.halve(now, now)
      after.push(lanes.count)
    }
    expect(after).toEqual([4, 2, 1, 1])
  })

  test('become half as many once by the failures of requests that were in flight together', () => {
    const lanes = new Lanes(undefined)
    run(lanes, 20, {})
    for (let failure = 0; failure < 8; failure++) lanes.halve(990, 1000 + failure)
    expect(lanes.count).toBe(4)
  })

  test('do not grow where the bucket holds requests back', () => {
    const lanes = new Lanes(undefined)
    for (let answer = 1; answer <= 10; answer++) {
      const time = { portalSeconds: 11, pages: 50, firstByteSeconds: 11 }
      lanes.learn({ ...time, sentAt: 20 * answer - 11, answeredAt: 20 * answer, isHeldBack: true })
    }
    expect(lanes.count).toBe(4)
  })

  test('come back after trouble has passed', () => {
    const lanes = new Lanes(undefined)
    run(lanes, 20, {})
    lanes.halve(500, 500)
    lanes.halve(501, 501)
    for (let answer = 1; answer <= 10; answer++) {
      const answeredAt = 501 + 20 * answer
      const time = { portalSeconds: 11, pages: 50, firstByteSeconds: 11.04, sentAt: answeredAt - 11.04 }
      lanes.learn({ ...time, answeredAt, isHeldBack: false })
    }
    expect(lanes.count).toBe(8)
  })
})
