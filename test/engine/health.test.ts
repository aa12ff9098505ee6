import { describe, expect, test } from 'vitest'
import {
  afterAnswer,
  afterFailure,
  afterVainLook,
  type Health,
  patienceMs,
  type PortalFailure,
  UNKNOWN_HEALTH,
} from '../../src/engine/outage.ts'

const AT = 1_700_000_000_000
const GATEWAY: PortalFailure = { isLostWrite: false, isSomebodyThere: true, retryAfterMs: undefined }
const NOBODY: PortalFailure = { ...GATEWAY, isSomebodyThere: false }

/** After so many failures, a second apart. */
function failed(times: number, failure: PortalFailure = GATEWAY, from: Health = UNKNOWN_HEALTH): Health {
  let health = from
  for (let time = 0; time < times; time++) health = afterFailure(health, failure, AT + time * 1000, 0)
  return health
}

describe('a portal is taken for down', () => {
  test('after five failures in a row, since the first of them', () => {
    expect(failed(4).outage).toBeUndefined()
    expect(failed(5).outage).toEqual({ since: AT, looks: 0, nextLookAt: AT + 4000 + 1000 })
  })

  test('not if an answer came in between', () => {
    const health = afterFailure(afterAnswer(), GATEWAY, AT, 0)
    expect(health).toMatchObject({ failures: 1, failingSince: AT, outage: undefined })
  })

  test('after a single lost write', () => {
    expect(failed(1, { ...GATEWAY, isLostWrite: true }).outage?.since).toBe(AT)
  })

  test('only if it has answered before, where nobody seems to be there', () => {
    expect(failed(50, NOBODY).outage).toBeUndefined()
    expect(failed(5, NOBODY, afterAnswer()).outage).toBeDefined()
  })

  test('and what fails meanwhile changes nothing', () => {
    expect(failed(9)).toEqual(failed(5))
  })
})

describe('it is looked after', () => {
  /** Seconds until the next look, after so many in vain. */
  function delays(random: number, retryAfterMs?: number): number[] {
    let health = failed(5)
    return Array.from({ length: 7 }, () => {
      health = afterVainLook(health, retryAfterMs, AT, random)
      return ((health.outage?.nextLookAt ?? 0) - AT) / 1000
    })
  }

  test('at twice the distance each time, up to fifteen seconds', () => {
    expect(delays(0)).toEqual([2, 4, 8, 15, 15, 15, 15])
  })

  test('a fifth sooner at most, by chance', () => {
    expect(delays(1)).toEqual([1.6, 3.2, 6.4, 12, 12, 12, 12])
  })

  test('not before its answer allows it', () => {
    expect(delays(0, 10_000)).toEqual([10, 10, 10, 15, 15, 15, 15])
    const asked = failed(5, { ...GATEWAY, retryAfterMs: 90_000 })
    expect(asked.outage?.nextLookAt).toBe(AT + 4000 + 90_000)
  })

  test('not at all if it is not down', () => {
    expect(afterVainLook(UNKNOWN_HEALTH, undefined, AT, 0)).toEqual(UNKNOWN_HEALTH)
  })
})

test.each([
  [0, 900_000, 0],
  [1, 900_000, 60_000],
  [5, 900_000, 300_000],
  [100, 900_000, 900_000],
])('with %i retries and a longest wait of %i ms an outage is waited out for %i ms', (retries, most, ms) => {
  expect(patienceMs(retries, most)).toBe(ms)
})
