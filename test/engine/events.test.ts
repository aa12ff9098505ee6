import { expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import type { RunEvent } from '../../src/engine/events.ts'
import { TimeRecord } from '../../src/progress/time-record.ts'
import { portalInProcess, type TestOptions } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

type Settings = Readonly<Record<string, string | readonly string[]>>

/** What happens while `work` runs on a portal, and when, in virtual time. */
async function heard(
  settings: Settings,
  options: TestOptions,
  work: (caller: Caller) => Promise<unknown>,
): Promise<{ events: readonly (RunEvent & { at: number })[]; record: TimeRecord; now: number }> {
  const { value } = await inVirtualTime(async () => {
    const { caller, events } = portalInProcess(settings, options)
    const record = new TimeRecord(Date.now())
    const noted: (RunEvent & { at: number })[] = []
    events.push = (event) => {
      record.take(event, Date.now())
      return noted.push({ ...event, at: Date.now() })
    }
    await work(caller)
    return { events: noted, record, now: Date.now() }
  })
  return value
}

const { signal } = new AbortController()

/** So many lanes, each with so many calls one after another. */
function lanes(count: number, calls: number, expectedSeconds = 0.1) {
  return (caller: Caller): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, async () => {
        for (let call = 0; call < calls; call++) {
          await caller
            .call({ method: 'crm.deal.list', params: { start: -1 } }, { signal, expectedSeconds })
            .catch(() => undefined)
        }
      }),
    )
}

const STANDARD: TestOptions = { plan: 'standard' }

test.each<[string, Settings, TestOptions]>([
  ['the bucket is empty', { plan: 'standard' }, STANDARD],
  ['others use the bucket too', { plan: 'standard', fault: ['rate-limit=20%'] }, STANDARD],
  ['the portal fails, and some calls are given up', { fault: ['http-503=40%'] }, { retries: 1 }],
  ['connections break', { fault: ['lost-reply=20%'] }, { retries: 2 }],
  ['answers do not come', { fault: ['hang=10%'] }, { timeoutMs: 5_000 }],
  ['the method is blocked', { plan: 'standard', fault: ['operating-limit@5-9'] }, STANDARD],
  ['waits outlast the patience', { plan: 'standard' }, { ...STANDARD, maxWaitMs: 2_000 }],
])('every wait ends and every request comes to something when %s', async (_what, settings, options) => {
  const { events, record } = await heard({ rows: '100', ...settings }, options, lanes(8, 10))
  const count = (type: RunEvent['type']): number => events.filter((event) => event.type === type).length
  expect(count('sent')).toBeGreaterThanOrEqual(40)
  expect(count('waiting') + count('lost')).toBeGreaterThan(0)
  expect(count('waited')).toBe(count('waiting'))
  expect(count('answered') + count('lost')).toBe(count('sent'))
  expect([record.inFlight, record.wait]).toEqual([0, undefined])
})

test('a run that is broken off ends its waits and its requests', async () => {
  const over = new AbortController()
  const { events, record } = await heard(
    { plan: 'standard', 'latency-ms': '60000' },
    STANDARD,
    async (caller) => {
      const calls = Array.from({ length: 60 }, () =>
        caller.call({ method: 'crm.deal.list', params: {} }, { signal: over.signal, expectedSeconds: 0.1 }),
      )
      setTimeout(() => over.abort(new Error('enough')), 3_000)
      await Promise.allSettled(calls)
    },
  )
  expect([record.inFlight, record.wait]).toEqual([0, undefined])
  const lost = events.filter((event) => event.type === 'lost')
  expect(lost.length).toBeGreaterThanOrEqual(47)
  expect(lost.every(({ isBrokenOff }) => isBrokenOff)).toBe(true)
})

test('the wait for the bucket is the time in which a request was held back, and is announced about rightly', async () => {
  const { events, record, now } = await heard(
    { plan: 'standard', rows: '100', 'latency-ms': '1000' },
    STANDARD,
    lanes(60, 1),
  )
  const startedAt = events[0]?.at ?? 0
  const sentAt = events.flatMap(({ type, at }) => (type === 'sent' ? [(at - startedAt) / 1_000] : []))
  const announced = events.flatMap((event) =>
    event.type === 'waiting' ? [(event.until - startedAt) / 1_000] : [],
  )
  // 47 go at once, the other 13 at two a second.
  expect(sentAt.filter((at) => at < 0.1)).toHaveLength(47)
  expect(announced).toHaveLength(13)
  for (const [at, until] of announced.entries())
    expect(Math.abs(until - (sentAt[47 + at] ?? 0))).toBeLessThan(0.6)
  const { waitedMs, usedMs } = record.figures(now)
  expect(waitedMs.bucket / 1_000).toBeCloseTo(sentAt.at(-1) ?? 0, 0)
  expect(waitedMs).toMatchObject({ operating: 0, backoff: 0 })
  expect(usedMs.bucket).toBe(waitedMs.bucket)
})

test('a lane that finds a place waits for nothing', async () => {
  const { events } = await heard(
    { plan: 'standard', rows: '100', 'latency-ms': '5000' },
    STANDARD,
    lanes(8, 5),
  )
  expect(events.some(({ type }) => type === 'waiting')).toBe(false)
})
