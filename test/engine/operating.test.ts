import { describe, expect, test } from 'vitest'
import { OperatingWindow } from '../../src/engine/operating.ts'

const T0 = 1_700_000_000_000
const NOTHING = { expectedSeconds: 0 }
const seconds = (n: number): number => T0 + n * 1000

describe('the operating window', () => {
  test('lets work through while it fits into the budget', () => {
    const window = new OperatingWindow(480)
    window.settle(NOTHING, 400, T0)
    expect(window.freeAt(75, seconds(1))).toBe(seconds(1))
    expect(window.freeAt(76, seconds(1))).toBe(seconds(601)) // 476 > 99 % of 480: until the charge leaves
  })

  test('counts work in flight, and forgets the reservation when it is answered', () => {
    const window = new OperatingWindow(480)
    window.reserve(300)
    const second = window.reserve(170)
    expect(window.freeAt(10, T0)).toBeGreaterThan(T0)
    window.settle(second, 1, T0)
    expect(window.freeAt(10, T0)).toBe(T0)
  })

  test('tells what is left, at the price that was learnt, besides what is asked for already', () => {
    const window = new OperatingWindow(480)
    const resetAt = seconds(600) / 1000
    expect(window.left(0, T0)).toBeCloseTo(475.2)
    window.reserve(100)
    expect(window.left(0, T0)).toBeCloseTo(375.2)
    expect(window.left(150, T0)).toBeCloseTo(325.2)
    // Half of what was worked is counted.
    const other = new OperatingWindow(480)
    for (const counted of [0, 50]) {
      other.settle(NOTHING, 100, T0)
      other.observe(counted, resetAt, T0)
    }
    other.reserve(100)
    expect(other.left(0, T0)).toBeCloseTo((475.2 - 50) / 0.5 - 100)
    // Soon there is more, and it does not pay to ask for little.
    expect(other.left(0, seconds(550))).toBe(Infinity)
    other.block(T0)
    expect(other.left(0, T0)).toBeCloseTo((475.2 - 50) / 0.5 - 100)
  })

  test('does not take work that was counted before it was answered for work that is not counted', () => {
    const window = new OperatingWindow(480)
    const resetAt = seconds(600) / 1000
    const inFlight = Array.from({ length: 8 }, () => window.reserve(20))
    // A portal that counts command by command: with the first answer it has counted most of the others, too.
    for (const [at, reservation] of inFlight.entries()) {
      window.settle(reservation, 20, T0)
      window.observe(153 + at, resetAt, T0)
    }
    window.reserve(300)
    expect(window.level(T0)).toBe(160 + 300)
    // What was begun and answered since is certain.
    for (const counted of [162, 164]) {
      window.settle(window.reserve(20), 20, T0)
      window.observe(counted, resetAt, T0)
    }
    expect(window.level(T0)).toBeLessThan(164 + 300)
  })

  test('does not believe a direct call that counts less than was worked in batches', () => {
    const window = new OperatingWindow(480)
    window.settle(window.reserve(300), 300, T0)
    window.observe(300, seconds(60) / 1000, T0)
    window.observe(1, seconds(600) / 1000, seconds(1), true)
    expect(window.level(seconds(1))).toBe(300)
    // Nor when the count of the batches is worth nothing any more.
    window.observe(1, seconds(600) / 1000, seconds(61), true)
    expect(window.level(seconds(61))).toBe(300)
    // More than that is of others, whatever it counts.
    window.observe(400, seconds(600) / 1000, seconds(62), true)
    expect(window.level(seconds(62))).toBe(400)
  })

  test('lets each charge leave on its own, ten minutes after its answer', () => {
    const window = new OperatingWindow(480)
    for (let minute = 0; minute < 9; minute++) window.settle(NOTHING, 50, seconds(minute * 60))
    const now = seconds(540)
    expect(window.freeAt(50, now)).toBe(seconds(601))
    expect(window.freeAt(50, seconds(601))).toBe(seconds(601))
    expect(window.level(seconds(601))).toBe(400)
  })

  test('believes the portal when it has counted more than we did: others work with the same credential', () => {
    const window = new OperatingWindow(480)
    window.settle(NOTHING, 1, T0)
    window.observe(470, seconds(45) / 1000, T0)
    expect(window.freeAt(10, T0)).toBe(seconds(45)) // when its oldest basket leaves, it is asked again
    expect(window.freeAt(10, seconds(46))).toBe(seconds(46))
  })

  test('believes the portal when it has counted less: it may bill half, or nothing', () => {
    const window = new OperatingWindow(480)
    window.settle(NOTHING, 470, T0)
    window.observe(235, undefined, T0)
    expect(window.freeAt(200, seconds(1))).toBe(seconds(1))
  })

  test('counts work in flight at the price that was learnt meanwhile, not at that of when it was sent', () => {
    const window = new OperatingWindow(480)
    const [first, second] = [window.reserve(10), window.reserve(10)]
    const resetAt = seconds(300) / 1000
    const inFlight = window.reserve(30)
    window.settle(first, 10, T0)
    window.observe(100, resetAt, T0)
    window.settle(second, 10, T0)
    window.observe(200, resetAt, T0) // ten times as much as it took
    expect(window.level(T0)).toBe(200 + 300)
    window.settle(inFlight, 30, T0)
    expect(window.level(T0)).toBe(200 + 300) // lost: it may have been counted all the same
  })

  test('does not take the work of others for a higher price of its own', () => {
    const window = new OperatingWindow(480)
    const resetAt = seconds(300) / 1000
    for (const operating of [10, 20]) {
      window.settle(window.reserve(10), 10, T0)
      window.observe(operating, resetAt, T0)
    }
    window.observe(300, resetAt, T0)
    window.settle(window.reserve(10), 10, T0)
    window.observe(310, resetAt, T0)
    window.reserve(100)
    expect(window.level(T0)).toBe(410)
  })

  test('looks again soon where only work in flight may be in the way', () => {
    const window = new OperatingWindow(480)
    window.settle(NOTHING, 100, T0)
    window.reserve(370)
    expect(window.freeAt(10, T0)).toBe(seconds(5))
  })

  test('learns from the counter what its work is billed at, so that the last request before the limit fits', () => {
    const window = new OperatingWindow(480)
    const resetAt = seconds(300) / 1000
    for (const operating of [0, 40, 80]) {
      window.settle(window.reserve(10), 0, T0)
      window.observe(operating, resetAt, T0) // ten expected, forty billed
    }
    window.observe(440, resetAt, T0)
    expect(window.freeAt(8, seconds(1))).toBe(seconds(1)) // 32 more
    expect(window.freeAt(10, seconds(1))).toBe(seconds(300)) // 40 more: over
  })

  test('waits after a refusal until the portal’s oldest basket leaves', () => {
    const window = new OperatingWindow(480)
    window.observe(481, seconds(90) / 1000, T0)
    window.block(seconds(2))
    expect(window.freeAt(1, seconds(3))).toBe(seconds(91))
  })

  test('waits a minute at a time after a refusal when the portal never said when', () => {
    const window = new OperatingWindow(Infinity)
    window.block(T0)
    expect(window.freeAt(1, T0)).toBe(seconds(60))
    expect(window.freeAt(1, seconds(60))).toBe(seconds(60))
  })

  test('lets a request larger than the budget go when nothing else counts', () => {
    expect(new OperatingWindow(480).freeAt(1000, T0)).toBe(T0)
  })
})
