import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Portal } from '../../src/sandbox/portal.ts'
import { type Body, ask, batch, bodyOf, portalWith, send, type TestRow } from './asking.ts'

const STARTED_AT = Date.UTC(2026, 0, 15, 12, 0, 0)

beforeEach(() => {
  vi.useFakeTimers({ now: STARTED_AT })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000)

/** How many of `count` requests at once get through. */
async function admitted(portal: Portal, count: number): Promise<number> {
  let passed = 0
  for (let sent = 0; sent < count; sent++) {
    if ((await send(portal, 'server.time')).status === 200) passed++
  }
  return passed
}

describe('the bucket', () => {
  test('takes fifty requests at once and refuses the next', async () => {
    const portal = portalWith('plan=standard,reading=refused-counts=no')
    expect(await admitted(portal, 50)).toBe(50)
    const refused = await send(portal, 'server.time')
    expect([refused.status, bodyOf(refused)]).toEqual([
      503,
      { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' },
    ])
    expect(portal.stats.violations.bucket).toBe(1)
    expect(portal.stats.refusals).toEqual({ QUERY_LIMIT_EXCEEDED: 1 })
  })

  test('falls by two each second', async () => {
    const portal = portalWith('plan=standard,reading=refused-counts=no')
    await admitted(portal, 50)
    for (let second = 0; second < 5; second++) {
      await pass(1)
      expect(await admitted(portal, 5)).toBe(2)
    }
    await pass(25)
    expect(await admitted(portal, 60)).toBe(50)
  })

  test('falls at whole seconds of the portal, not little by little', async () => {
    const portal = portalWith('plan=standard,reading=refused-counts=no')
    await admitted(portal, 50)
    const passedAt: number[] = []
    for (let tenth = 0; tenth < 30; tenth++) {
      await pass(0.1)
      for (let passed = await admitted(portal, 3); passed > 0; passed--) passedAt.push(tenth)
    }
    expect(passedAt).toHaveLength(6)
    expect(passedAt[2]).toBe((passedAt[0] ?? 0) + 10)
    expect(passedAt[4]).toBe((passedAt[0] ?? 0) + 20)
    expect(passedAt[1]).toBe(passedAt[0]) // both of a second at once
  })

  test('counts refused requests too, so that insisting keeps it full', async () => {
    const portal = portalWith('plan=standard')
    await admitted(portal, 60)
    await pass(5)
    expect(await admitted(portal, 1)).toBe(0) // 60 - 10 = 50, still full
    await pass(1)
    expect(await admitted(portal, 1)).toBe(1)
  })

  test('holds 250 and falls by five on the enterprise plan; a box has none', async () => {
    const enterprise = portalWith('plan=enterprise,reading=refused-counts=no')
    expect(await admitted(enterprise, 260)).toBe(250)
    await pass(1)
    expect(await admitted(enterprise, 10)).toBe(5)
    expect(await admitted(portalWith('plan=box'), 1000)).toBe(1000)
  })

  test('counts a batch once', async () => {
    const portal = portalWith('plan=standard,reading=refused-counts=no')
    for (let sent = 0; sent < 49; sent++) await batch(portal, { a: 'server.time', b: 'server.time' })
    expect(await admitted(portal, 5)).toBe(1)
  })

  test('comes before the check of the webhook', async () => {
    const portal = portalWith('plan=standard,bucket-capacity=1')
    await send(portal, 'server.time')
    expect((await send(portal, 'crm.deal.list', {}, '/rest/1/wrong/')).status).toBe(503)
  })
})

describe('operating time', () => {
  /** 2 s a page, so that 240 pages fill the 480 s. */
  const costly = (more = ''): Portal =>
    portalWith(`plan=standard,page-cost=2,bucket-capacity=100000,rows=100${more}`)
  const list = (portal: Portal): Promise<Body> => ask(portal, 'crm.deal.list', { start: -1 })

  test('adds up per method and is shown with the time at which the oldest basket leaves', async () => {
    const portal = costly()
    expect((await list(portal)).time).toMatchObject({
      operating: 2,
      operating_reset_at: STARTED_AT / 1000 + 600,
    })
    await pass(90)
    expect((await list(portal)).time).toMatchObject({
      operating: 4,
      operating_reset_at: STARTED_AT / 1000 + 600,
    })
    expect((await ask(portal, 'crm.lead.list', { start: -1 })).time).toMatchObject({
      operating: 2,
      operating_reset_at: STARTED_AT / 1000 + 690,
    })
  })

  test('serves the call that crosses the limit and refuses the next with 429', async () => {
    const portal = costly()
    for (let call = 0; call < 241; call++) expect((await list(portal)).error).toBeUndefined()
    const refused = await send(portal, 'crm.deal.list', { start: -1 })
    expect([refused.status, bodyOf(refused)]).toEqual([
      429,
      { error: 'OPERATION_TIME_LIMIT', error_description: 'Method is blocked due to operation time limit.' },
    ])
    expect(portal.stats.violations).toEqual({ bucket: 0, operating: 1 })
    expect((await ask(portal, 'crm.lead.list')).error).toBeUndefined() // other methods go on
  })

  test('leaves basket by basket', async () => {
    const portal = costly()
    for (let call = 0; call < 100; call++) await list(portal)
    await pass(120)
    for (let call = 0; call < 141; call++) await list(portal)
    expect((await list(portal)).error).toBe('OPERATION_TIME_LIMIT')
    await pass(479)
    expect((await list(portal)).error).toBe('OPERATION_TIME_LIMIT')
    await pass(1)
    expect((await list(portal)).time?.operating).toBe(284) // the 200 s of the first basket are gone
  })

  test('without any basket shows 0 and a reset that moves with the clock', async () => {
    const portal = portalWith('plan=standard,page-cost=0.01,rows=10')
    for (const now of [0, 30]) {
      expect((await list(portal)).time).toMatchObject({
        operating: 0,
        operating_reset_at: STARTED_AT / 1000 + 600 + now,
      })
      await pass(30)
    }
  })

  test('of a tenth of a second or less within one request is not recorded, but many such in a batch are', async () => {
    const portal = portalWith('plan=standard,page-cost=0.05,rows=10')
    await list(portal)
    await batch(portal, { a: 'crm.deal.list?start=-1', b: 'crm.deal.list?start=-1' })
    expect((await list(portal)).time?.operating).toBe(0)
    await batch(portal, {
      a: 'crm.deal.list?start=-1',
      b: 'crm.deal.list?start=-1',
      c: 'crm.deal.list?start=-1',
    })
    expect((await list(portal)).time?.operating).toBeCloseTo(0.15)
  })

  test('is not shared between two webhooks', async () => {
    const portal = costly()
    await list(portal)
    const other = bodyOf(await send(portal, 'server.time', {}, portal.scopelessPath))
    expect(other.time?.operating).toBe(0)
  })

  test('can be scaled for tests', async () => {
    const portal = costly(',operating-seconds=4,window-seconds=10')
    for (let call = 0; call < 3; call++) await list(portal)
    expect((await list(portal)).error).toBe('OPERATION_TIME_LIMIT')
    await pass(10)
    expect((await list(portal)).error).toBeUndefined()
  })
})

describe('a batch is charged', () => {
  const cmd = { a: 'crm.deal.list?start=-1', b: 'crm.deal.list?start=-1', c: 'crm.lead.list?start=-1' }
  const figures = async (portal: Portal): Promise<{ outer: unknown; inner: unknown[] }> => {
    const body = await ask(portal, 'batch', { cmd })
    const times = (body.result as { result_time: Record<string, TestRow> }).result_time
    return { outer: body.time?.operating, inner: Object.values(times).map((time) => time.operating) }
  }
  const direct = async (portal: Portal): Promise<unknown> =>
    (await ask(portal, 'crm.deal.list', { start: -1 })).time?.operating

  test.each([
    ['nested', { outer: 0, inner: [2, 4, 2] }, 6], // direct calls share the counter
    ['separate', { outer: 0, inner: [2, 4, 2] }, 2], // they have their own
    ['batch-half', { outer: 3, inner: [3, 3, 3] }, 2], // 6 s in all, half of it to `batch`
    ['none', { outer: 0, inner: [0, 0, 0] }, 2],
  ])('as %s says', async (bill, expected, afterwards) => {
    const portal = portalWith(`plan=standard,page-cost=2,rows=10,reading=bill=${bill}`)
    expect(await figures(portal)).toEqual(expected)
    expect(await direct(portal)).toBe(afterwards)
  })

  test('per command under nested: refused ones are in result_error and the batch is 200', async () => {
    const portal = portalWith('plan=standard,page-cost=2,rows=10,operating-seconds=3')
    const answer = await send(portal, 'batch', { cmd: { ...cmd, d: 'crm.deal.list?start=-1' } })
    expect(answer.status).toBe(200)
    const result = bodyOf(answer).result as Record<string, TestRow>
    expect(Object.keys(result.result ?? {})).toEqual(['a', 'b', 'c'])
    expect(result.result_error).toHaveProperty('d.error', 'OPERATION_TIME_LIMIT')
  })

  test('as a whole under batch-half: the next batch is 429', async () => {
    const portal = portalWith('plan=standard,page-cost=2,rows=10,operating-seconds=2,reading=bill=batch-half')
    expect((await send(portal, 'batch', { cmd })).status).toBe(200)
    expect((await send(portal, 'batch', { cmd })).status).toBe(429)
    expect((await send(portal, 'crm.deal.list')).status).toBe(200)
  })
})

describe('the bill', () => {
  const seconds = async (params: TestRow, method = 'crm.deal.list', settings = ''): Promise<number> => {
    const portal = portalWith(`plan=standard,rows=10000,ids=dense,page-cost=1${settings}`)
    await ask(portal, method, params)
    return portal.stats.billedSeconds
  }

  test('of a page without a count is the page cost', async () => {
    expect(await seconds({ start: -1 })).toBeCloseTo(1, 1)
  })

  test('rises with a count, a deep offset and a search in texts, and falls with few fields', async () => {
    const plain = await seconds({ start: -1 })
    expect(await seconds({ start: 0 })).toBeCloseTo(plain + 0.5)
    expect(await seconds({ start: 5000 })).toBeCloseTo(plain + 0.5 + 0.05)
    expect(await seconds({ start: -1, filter: { '%TITLE': 'а' } })).toBeGreaterThan(plain * 1.9)
    const narrow = await seconds({ start: -1, select: ['ID'] })
    expect(narrow).toBeGreaterThan(0.4)
    expect(narrow).toBeLessThan(0.45)
  })

  test('of tasks in a batch includes the count only under the reading counted', async () => {
    const params = { cmd: { a: 'tasks.task.list?start=-1' } }
    expect(await seconds(params, 'batch')).toBeCloseTo(1, 1)
    expect(await seconds(params, 'batch', ',reading=tasks-count=counted')).toBeCloseTo(1.5, 1)
  })
})

describe('real time', () => {
  test('passes for each command of a batch, one after another, on top of the latency', async () => {
    const portal = portalWith('page-ms=20,latency-ms=100')
    const cmd = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`c${index}`, 'server.time']))
    const answering = send(portal, 'batch', { cmd })
    await vi.runAllTimersAsync()
    expect((await answering).status).toBe(200)
    expect(Date.now() - STARTED_AT).toBe(300)
  })

  test('beyond the cut is answered by a 504 page, and what was executed stays', async () => {
    const portal = portalWith('page-ms=100,cut-seconds=0.35,rows=0')
    const cmd = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`c${index}`, 'crm.deal.add?fields[TITLE]=x']),
    )
    const answering = send(portal, 'batch', { cmd })
    await vi.runAllTimersAsync()
    const answer = await answering
    expect([answer.status, answer.headers['content-type']]).toEqual([504, 'text/html'])
    expect(Date.now() - STARTED_AT).toBe(350)
    expect(portal.stats.writes['crm.deal.add'] ?? 0).toBe(4)
  })

  test('is shared by as many requests as there are workers', async () => {
    const portal = portalWith('page-ms=100,workers=2')
    const answering = Promise.all(Array.from({ length: 6 }, () => send(portal, 'server.time')))
    await vi.runAllTimersAsync()
    await answering
    expect(Date.now() - STARTED_AT).toBe(300)
    expect(portal.stats.peakInFlight).toBe(6)
  })
})
