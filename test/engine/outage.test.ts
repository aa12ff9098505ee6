import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { OutageError, TransportError } from '../../src/errors.ts'
import { type PortalUnderTest, portalInProcess, type TestOptions } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

/** Eighteen pages a second in eight lanes: an export of a minute. */
const LONG = { rows: '55000', 'page-ms': '440', 'row-bytes': '100' }

interface Timed {
  readonly at: number
  readonly event: RunEvent
}

/** Runs `work` at a portal, and says what happened when, in seconds from the beginning on. */
async function watchedRun<T>(
  settings: Readonly<Record<string, string | readonly string[]>>,
  work: (tested: PortalUnderTest) => Promise<T>,
  options: TestOptions = {},
): Promise<{ value: T; events: readonly Timed[]; seconds: number }> {
  const events: Timed[] = []
  const { value, seconds } = await inVirtualTime(() => {
    const startedAt = Date.now()
    const onEvent = (event: RunEvent): void =>
      void events.push({ at: (Date.now() - startedAt) / 1000, event })
    return work(portalInProcess(settings, { ...options, onEvent }))
  })
  return { value, events, seconds }
}

function sentIn(events: readonly Timed[], from: number, until: number): string[] {
  return events.flatMap(({ at, event }) =>
    event.type === 'sent' && at >= from && at < until ? [event.method] : [],
  )
}

function inFlight(events: readonly Timed[], until: number): number {
  const changes = events.map(({ at, event }) => {
    if (at >= until) return 0
    return event.type === 'sent' ? 1 : event.type === 'answered' || event.type === 'lost' ? -1 : 0
  })
  return changes.reduce((sum: number, change) => sum + change, 0)
}

async function exportAll({ caller, truth }: PortalUnderTest, concurrency?: number): Promise<void> {
  expect((await walk(caller, 'crm.deal.list', { concurrency })).ids).toEqual(await truth())
}

describe('an outage of 40 seconds in an export of eight lanes', () => {
  test.each(['http-502', 'http-503', 'html-200', 'reset-before'])(
    '(%s) takes a handful of looks, and full speed is back within 20 seconds',
    async (fault) => {
      const { events } = await watchedRun({ ...LONG, fault: `${fault}@15s-55s` }, exportAll)
      const told = events.filter(({ event }) => event.type === 'outage' || event.type === 'recovered')
      expect(told.map(({ event }) => event.type)).toEqual(['outage', 'recovered'])
      const [foundAt = NaN, overAt = NaN] = told.map(({ at }) => at)
      expect(overAt).toBeLessThan(71)
      const looks = sentIn(events, foundAt - 0.1, overAt)
      expect(new Set(looks)).toEqual(new Set(['server.time']))
      expect(looks.length).toBeLessThanOrEqual(6)
      // What tried before it was known, and all looks.
      expect(sentIn(events, 15, 55).length).toBeLessThanOrEqual(24)
      expect(inFlight(events, 14)).toBe(8)
      expect(inFlight(events, overAt + 5)).toBeGreaterThanOrEqual(8)
    },
    60_000,
  )

  test('in which nothing is answered, and which lasts, does not make the requests after it shorter', async () => {
    const { events } = await watchedRun({ ...LONG, fault: 'hang@15s-255s' }, exportAll)
    const overAt = events.find(({ event }) => event.type === 'recovered')?.at ?? NaN
    expect(inFlight(events, overAt + 5)).toBeGreaterThanOrEqual(8)
    const sizes = events.flatMap(({ at, event }) =>
      event.type === 'sent' && at >= overAt && at < overAt + 20 ? [event.commands] : [],
    )
    // Those that had waited for its end were made up while it was not known.
    expect(sizes.toSorted((left, right) => left - right)[sizes.length >> 1]).toBe(50)
  })

  test('is told as a wait of its own, until when it is looked again', async () => {
    const { events } = await watchedRun({ ...LONG, rows: '30000', fault: 'http-503@5s-45s' }, exportAll)
    const waits = events.filter(({ event }) => event.type === 'waiting' && event.reason === 'outage')
    expect(waits.length).toBeGreaterThan(0)
    const lasting = events.filter(({ event }) => event.type === 'waited' && event.reason === 'outage')
    expect(lasting).toHaveLength(waits.length)
    const [outage] = events.flatMap(({ event }) => (event.type === 'outage' ? [event] : []))
    expect(outage?.error).toBeInstanceOf(TransportError)
    expect(outage?.until).toBeGreaterThan(outage?.since ?? Infinity)
  })
})

test.each([
  ['by id, one request at a time', 'crm.deal.list', 1],
  ['page by page', 'crm.status.list', undefined],
])('a list that is read %s outlasts 40 seconds as well', async (_how, method, concurrency) => {
  const settings = { rows: '3000', 'page-ms': '300', fault: 'http-502@1s-41s' }
  const { seconds } = await watchedRun(settings, async ({ caller, truth }) => {
    const first = await walk(caller, method, { concurrency, batchSize: 1 })
    const { ids } = first.ids.length > 50 ? first : await walk(caller, 'crm.deal.list', { batchSize: 1 })
    expect(ids).toEqual(await truth())
  })
  expect(seconds).toBeGreaterThan(40)
  expect(seconds).toBeLessThan(120)
})

describe('an outage that does not end', () => {
  async function failure(
    fault: string,
    options: TestOptions = {},
  ): Promise<{ error: unknown; seconds: number; requests: number }> {
    const { value, seconds } = await watchedRun(
      { ...LONG, fault },
      async (tested) => {
        const error: unknown = await exportAll(tested).catch((met: unknown) => met)
        return { error, requests: tested.portal.stats.requests }
      },
      options,
    )
    return { ...value, seconds }
  }

  test('is waited out for a minute for each retry, and ends as a temporary failure', async () => {
    const { error, seconds, requests } = await failure('http-503@10s-99999s')
    expect(error).toBeInstanceOf(OutageError)
    expect(error).toMatchObject({ code: 'portal.outage', exitCode: 5 })
    expect(seconds).toBeGreaterThan(300)
    expect(seconds).toBeLessThan(340)
    expect(requests).toBeLessThan(100)
  })

  test('is waited out no longer than --max-wait', async () => {
    const { error, seconds } = await failure('http-503@10s-99999s', { maxWaitMs: 30_000 })
    expect(error).toBeInstanceOf(OutageError)
    expect(seconds).toBeLessThan(70)
  })

  test('is not waited out at all without retries', async () => {
    const { error, seconds } = await failure('http-503@10s-99999s', { retries: 0 })
    expect(error).toBeInstanceOf(TransportError)
    expect(seconds).toBeLessThan(30)
  })

  test('is not waited out where nothing has ever answered like a server: the address may be wrong', async () => {
    const { error, seconds } = await failure('html-200@0s-99999s')
    expect(error).toBeInstanceOf(TransportError)
    expect(seconds).toBeLessThan(60)
  })

  test('that is over when it is given up lets another call through', async () => {
    const { value } = await watchedRun({ rows: '100', fault: 'http-503@0s-400s' }, async ({ caller }) => {
      const command = { method: 'crm.deal.list', params: {} }
      const options = { signal: new AbortController().signal, expectedSeconds: 1 }
      const first: unknown = await Promise.all([1, 2, 3].map(() => caller.call(command, options))).catch(
        (error: unknown) => error,
      )
      await new Promise((resolve) => setTimeout(resolve, 100_000))
      return [first, await caller.call(command, options)] as const
    })
    expect(value[0]).toBeInstanceOf(OutageError)
    expect(value[1].result.toString()).toContain('TITLE')
  })
})

test.each(['http-502@20', 'reset-middle@20', 'hang@20', 'http-502/9'])(
  'failures between good answers (%s) hold nobody back but themselves',
  async (fault) => {
    const { events } = await watchedRun({ rows: '20000', 'page-ms': '100', fault }, exportAll, {
      timeoutMs: 20_000,
    })
    expect(events.some(({ event }) => event.type === 'waiting' && event.reason === 'outage')).toBe(false)
    expect(sentIn(events, 0, Infinity)).not.toContain('server.time')
  },
)

test('a portal that becomes four times slower cuts no request that was sent after the first cut', async () => {
  const settings = { rows: '40000', 'page-ms': '500', 'row-bytes': '100', slower: '4@300' }
  const { events } = await watchedRun(settings, exportAll)
  const lost = events.filter(({ event }) => event.type === 'lost')
  const firstCutAt = lost[0]?.at ?? NaN
  expect(lost.length).toBeGreaterThan(0)
  // All that were in flight when it became slow, and none that took as long again.
  for (const { at, event } of lost) {
    if (event.type === 'lost') expect(at - event.elapsedMs / 1000).toBeLessThan(firstCutAt)
  }
})
