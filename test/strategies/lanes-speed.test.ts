import { describe, expect, test } from 'vitest'
import type { PortalSettings } from '../bench/portal-process.ts'
import { virtualExport, type VirtualRun } from '../bench/virtual-run.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

/** A portal in the cloud that has more to offer than anybody may ask for. */
const CLOUD = { 'page-ms': '220', 'page-cost': '0.22', 'latency-ms': '40', workers: '50', 'row-bytes': '100' }

describe('with default settings, 100,000 rows', () => {
  const perfectSeconds = 2_000 * 0.22
  const fewestRequests = 100_000 / 2_500

  test.each([
    ['dense', 66, 1.05 * fewestRequests + 2 * 8 + 2, 1.02],
    ['sparse', 66, 1.05 * fewestRequests + 2 * 8 + 2, 1.02],
    ['gaps', 75, 1.1 * fewestRequests + 2 * 8 + 4, 1.08],
    ['hole', 75, 1.1 * fewestRequests + 2 * 8 + 4, 1.08],
    ['clusters', 75, 1.1 * fewestRequests + 2 * 8 + 4, 1.08],
    ['skew', 75, 1.1 * fewestRequests + 2 * 8 + 4, 1.08],
  ])(
    'with %s ids are there within %i seconds, %f requests and %f times the seconds of perfect pages',
    { timeout: 120_000 },
    async (ids, mostSeconds, mostRequests, mostBilled) => {
      const { wallSeconds, stats, faults } = await virtualExport({
        settings: { ...CLOUD, rows: '100000', ids },
      })
      expect(faults).toEqual([])
      expect(stats.violations).toEqual({ bucket: 0, operating: 0 })
      expect(wallSeconds).toBeLessThanOrEqual(mostSeconds)
      expect(stats.requests).toBeLessThanOrEqual(mostRequests)
      expect(stats.billedSeconds).toBeLessThanOrEqual(mostBilled * perfectSeconds)
      expect(stats.peakInFlight).toBeGreaterThan(4)
      expect(stats.peakInFlight).toBeLessThanOrEqual(8)
    },
  )
})

test(
  'what two windows of operating time have room for is not kept waiting for a third',
  { timeout: 120_000 },
  async () => {
    // 940 s of perfect pages, where two windows have 960 s: the last request of the first is cut to what is left of it.
    const settings = {
      ...CLOUD,
      'page-ms': '470',
      'page-cost': '0.47',
      workers: '8',
      rows: '100000',
      ids: 'sparse',
    }
    const { wallSeconds, stats, faults } = await virtualExport({ settings })
    expect(faults).toEqual([])
    expect(stats.violations).toEqual({ bucket: 0, operating: 0 })
    expect(wallSeconds).toBeLessThanOrEqual(1.12 * (600 + Math.ceil(2000 / 8) * 0.47 * (460 / 940)))
  },
)

describe('a portal that does not bear as many requests as one may have', () => {
  const TROUBLED = { ...CLOUD, 'page-ms': '100', 'page-cost': '0.1', rows: '60000', ids: 'sparse' }

  async function both(settings: PortalSettings): Promise<[VirtualRun, VirtualRun]> {
    const [usual, single] = [
      await virtualExport({ settings }),
      await virtualExport({ settings, concurrency: 1 }),
    ]
    expect([usual.faults, single.faults]).toEqual([[], []])
    return [usual, single]
  }

  test('and slows by 5 % for each further one is billed at most a quarter more than for one lane', async () => {
    const [usual, single] = await both({ ...TROUBLED, 'slow-by-load': '5%' })
    expect(usual.stats.billedSeconds).toBeLessThanOrEqual(1.25 * single.stats.billedSeconds)
    expect(usual.wallSeconds).toBeLessThanOrEqual(single.wallSeconds / 2)
  })

  test('since it has four workers, is kept busy by about as many', async () => {
    const [usual, single] = await both({ ...TROUBLED, workers: '4' })
    expect(usual.stats.billedSeconds).toBeLessThanOrEqual(1.02 * single.stats.billedSeconds)
    expect(usual.wallSeconds).toBeLessThanOrEqual(single.wallSeconds / 3.5)
    expect(Math.max(...usual.lanes.inFlight.slice(20))).toBeLessThanOrEqual(6)
  })

  test('and becomes four times as slow by itself is asked by many again', async () => {
    const [usual, single] = await both({ ...TROUBLED, slower: '4@600' })
    expect(usual.stats.billedSeconds).toBeLessThanOrEqual(1.02 * single.stats.billedSeconds)
    expect(usual.wallSeconds).toBeLessThanOrEqual(single.wallSeconds / 3.5)
  })

  test('and fails every tenth request brings all rows, faster than by one lane', async () => {
    const [usual, single] = await both({ ...TROUBLED, fault: ['http-502/10'] })
    expect(usual.wallSeconds).toBeLessThanOrEqual(single.wallSeconds / 2)
    expect(usual.stats.billedSeconds).toBeLessThanOrEqual(1.25 * single.stats.billedSeconds)
  })
})

describe('with a limit, of 60,000 rows', () => {
  test.each(['sparse', 'clusters', 'hole', 'skew'])(
    'with %s ids the first 40,000 are there in little more time and pages than their own',
    async (ids) => {
      const { value, seconds } = await inVirtualTime(async () => {
        const { portal, caller, truth } = portalInProcess({ ...CLOUD, rows: '60000', ids })
        const got = await walk(caller, 'crm.deal.list', { rowsWanted: 40_000 })
        expect(got.ids.slice(0, 40_000)).toEqual((await truth()).slice(0, 40_000))
        return portal.stats
      })
      expect(seconds).toBeLessThanOrEqual((1.8 * 800 * 0.22) / 8)
      expect(value.pages).toBeLessThanOrEqual(1.2 * 800)
    },
  )
})

describe('most requests in flight', () => {
  async function peakOf(concurrency: number | undefined): Promise<number> {
    const { value } = await inVirtualTime(async () => {
      const settings = { ...CLOUD, rows: '60000', 'page-cost': '0.01' }
      const { portal, caller } = portalInProcess(settings, { plan: 'box' })
      await walk(caller, 'crm.deal.list', concurrency === undefined ? {} : { concurrency })
      return portal.stats.peakInFlight
    })
    return value
  }

  test.each([1, 2, 5, 8, 12])('%i if that is the most that one wants', async (concurrency) => {
    expect(await peakOf(concurrency)).toBe(concurrency)
  })

  test('grow to eight where nobody said anything', async () => {
    expect(await peakOf(undefined)).toBe(8)
  })
})
