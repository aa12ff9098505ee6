import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PortalAnswer } from '../../src/sandbox/answer.ts'
import type { Portal } from '../../src/sandbox/portal.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'
import { type BatchBody, bodyOf, portalWith, send } from './asking.ts'

/** With this page cost `server.time`, which is light, is billed one second. */
const PAGE_COST = 20

const commands = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, 'server.time']))

/** What each command of a batch took, in milliseconds, as the portal says. */
function durations(answer: PortalAnswer): number[] {
  const { result_time } = bodyOf(answer).result as BatchBody
  const times = Object.values(result_time as Record<string, { duration: number }>)
  return times.map(({ duration }) => Math.round(duration * 1000))
}

describe('on a clock that stands', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 15, 12, 0, 0) })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Batches of so many commands, all sent at once. */
  async function together(portal: Portal, sizes: readonly number[]): Promise<number[][]> {
    const answering = Promise.all(sizes.map((size) => send(portal, 'batch', { cmd: commands(size) })))
    await vi.runAllTimersAsync()
    return (await answering).map(durations)
  }

  describe('by load', () => {
    test('a page takes and costs a share more for each other request in work', async () => {
      const portal = portalWith(`page-ms=100,page-cost=${PAGE_COST},slow-by-load=5%`)
      expect(await together(portal, [2])).toEqual([[100, 100]])
      expect(portal.stats.billedSeconds).toBeCloseTo(2)
      expect(await together(portal, [1, 1, 1, 1, 1])).toEqual([[120], [120], [120], [120], [120]])
      expect(portal.stats.billedSeconds).toBeCloseTo(2 + 5 * 1.2)
    })

    test('what counts is the moment at which a page begins', async () => {
      const portal = portalWith('page-ms=100,slow-by-load=50%')
      expect(await together(portal, [1, 3])).toEqual([[150], [150, 100, 100]])
    })

    test('requests that wait for a worker do not count', async () => {
      const portal = portalWith('page-ms=100,workers=2,slow-by-load=50%')
      expect(await together(portal, [1, 1, 1, 1])).toEqual([[150], [150], [150], [150]])
    })

    test('direct calls are slowed as commands are', async () => {
      const portal = portalWith('page-ms=100,slow-by-load=10%')
      const answering = Promise.all([send(portal, 'server.time'), send(portal, 'server.time')])
      await vi.runAllTimersAsync()
      expect((await answering).map((answer) => bodyOf(answer).time?.duration)).toEqual([0.11, 0.11])
    })

    test('the operating time of the method rises with it', async () => {
      const portal = portalWith(`plan=standard,page-cost=${PAGE_COST},slow-by-load=50%`)
      await Promise.all([send(portal, 'server.time'), send(portal, 'server.time')])
      expect(bodyOf(await send(portal, 'server.time')).time?.operating).toBeCloseTo(1.5 + 1.5 + 1)
    })
  })

  describe('slower', () => {
    test('holds from a page on, which all requests count together', async () => {
      const portal = portalWith(`page-ms=100,page-cost=${PAGE_COST},slower=4@4`)
      expect(await together(portal, [2])).toEqual([[100, 100]])
      expect(await together(portal, [3])).toEqual([[100, 400, 400]])
      expect(portal.stats.billedSeconds).toBeCloseTo(1 + 1 + 1 + 4 + 4)
    })

    test('may end', async () => {
      const portal = portalWith('page-ms=100,slower=2.5@2-3')
      expect(await together(portal, [4])).toEqual([[100, 250, 250, 100]])
    })

    test('multiplies what the load does', async () => {
      const portal = portalWith('page-ms=100,slower=4@1,slow-by-load=50%')
      expect(await together(portal, [1, 1])).toEqual([[600], [600]])
    })

    test('does not count what is refused', async () => {
      const portal = portalWith('page-ms=100,slower=4@2')
      const cmd = { a: 'no.method', b: 'server.time', c: 'server.time' }
      const answering = send(portal, 'batch', { cmd })
      await vi.runAllTimersAsync()
      expect(durations(await answering)).toEqual([100, 400])
    })
  })
})

test('a walk in virtual time takes as long as the portal is slow, and gets every row', async () => {
  const settings = { rows: '500', ids: 'dense', 'page-ms': '1000', 'page-cost': '1' }
  const run = async (slower: string): Promise<{ seconds: number; billed: number }> => {
    const { value, seconds } = await inVirtualTime(async () => {
      const { portal, caller, truth } = portalInProcess({ ...settings, slower })
      expect((await walk(caller)).ids).toEqual(await truth())
      return portal.stats.billedSeconds
    })
    return { seconds, billed: value }
  }
  const usual = await run('')
  const slow = await run('4@1')
  expect(slow.billed / usual.billed).toBeCloseTo(4)
  expect(slow.seconds / usual.seconds).toBeGreaterThan(3.5)
})
