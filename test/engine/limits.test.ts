import { describe, expect, test } from 'vitest'
import { LimitError } from '../../src/errors.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

describe('on the standard plan', () => {
  test('150 requests in a row are never refused', async () => {
    const { value } = await inVirtualTime(async () => {
      const { portal, caller, truth } = portalInProcess(
        { plan: 'standard', rows: '7500', 'page-cost': '0.01' },
        { plan: 'standard' },
      )
      expect((await walk(caller, 'crm.deal.list', { batchSize: 1 })).ids).toEqual(await truth())
      return portal.stats
    })
    expect(value.requests).toBeGreaterThanOrEqual(150)
    expect(value.violations).toEqual({ bucket: 0, operating: 0 })
  })

  test.each(['nested', 'separate', 'batch-half', 'none'])(
    'an export that needs three times the operating budget ends complete when batches are billed so: %s',
    async (bill) => {
      const { value, seconds } = await inVirtualTime(async () => {
        const settings = {
          plan: 'standard',
          rows: '70000',
          'page-cost': '1',
          'page-ms': '100',
          'row-bytes': '100',
          reading: [`bill=${bill}`],
        }
        const { portal, caller, truth, events } = portalInProcess(settings, { plan: 'standard' })
        expect((await walk(caller)).ids).toEqual(await truth())
        return {
          ...portal.stats,
          waits: events.filter((event) => event.type === 'waiting' && event.reason === 'operating').length,
        }
      })
      expect(value.violations.bucket).toBe(0)
      expect(value.violations.operating).toBeLessThanOrEqual(1)
      // 1,400 s of work, 50 s a chain: nine chains fit into ten minutes, 28 take four times that.
      if (bill === 'nested' || bill === 'separate') {
        expect(value.waits).toBeGreaterThan(0)
        expect(seconds).toBeLessThan(1_900)
      } else {
        expect(seconds).toBeLessThan(900)
      }
    },
    60_000,
  )

  test('a method that is blocked when we arrive is waited for, as long as the user allows', async () => {
    const settings = { plan: 'standard', rows: '100', fault: ['operating-limit@1-3'] }
    const patient = await inVirtualTime(async () => {
      const { caller, truth } = portalInProcess(settings, { plan: 'standard' })
      expect((await walk(caller)).ids).toEqual(await truth())
    })
    expect(patient.seconds).toBeGreaterThanOrEqual(60)
    const impatient = inVirtualTime(() =>
      walk(portalInProcess(settings, { plan: 'standard', maxWaitMs: 30_000 }).caller),
    )
    await expect(impatient).rejects.toThrow(LimitError)
  })

  test('refusals that others cause are waited out', async () => {
    const { value } = await inVirtualTime(async () => {
      const { portal, caller, truth } = portalInProcess(
        { plan: 'standard', rows: '20000', fault: ['rate-limit=30%'] },
        { plan: 'standard' },
      )
      expect((await walk(caller)).ids).toEqual(await truth())
      return portal.stats
    })
    expect(value.refusals['QUERY_LIMIT_EXCEEDED']).toBeGreaterThan(0)
  })
})

describe('a slow portal', () => {
  test('gets shorter chains, so that no request runs into the cut at 60 s', async () => {
    const { value } = await inVirtualTime(async () => {
      const { portal, caller, truth, events } = portalInProcess({ rows: '5000', 'page-ms': '2000' })
      expect((await walk(caller)).ids).toEqual(await truth())
      const longest = Math.max(...events.map((event) => (event.type === 'answered' ? event.elapsedMs : 0)))
      return { longest, stats: portal.stats }
    })
    expect(value.longest).toBeLessThanOrEqual(26_000)
    expect(value.longest).toBeGreaterThan(15_000)
  })

  test('that cuts requests earlier than we think gets half as much each time, until it answers', async () => {
    const { value } = await inVirtualTime(async () => {
      const { portal, caller, truth } = portalInProcess({
        rows: '5000',
        'page-ms': '1000',
        'cut-seconds': '8',
      })
      expect((await walk(caller)).ids).toEqual(await truth())
      return portal.stats
    })
    expect(value.requests).toBeLessThan(60)
  })

  test('that hangs is given up on and asked again', async () => {
    await inVirtualTime(async () => {
      const { caller, truth } = portalInProcess({ rows: '20000', fault: ['hang@2', 'hang@5'] })
      expect((await walk(caller)).ids).toEqual(await truth())
    })
  })
})
