import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { extract } from '../../src/operations/extract.ts'
import type { Sink } from '../../src/output/sink.ts'
import { RunRecord } from '../../src/progress/run-record.ts'
import { portalInProcess, type PortalUnderTest } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

interface Shown {
  readonly at: number
  readonly rows: number
  readonly share: number | undefined
}

/** Gets all deals and looks at the shown share after every page. */
async function watched(
  settings: Record<string, string>,
  withSurvey = true,
): Promise<{ shown: Shown[]; requests: number; events: RunEvent[] }> {
  const { caller, portal }: PortalUnderTest = portalInProcess({ seed: '7', ...settings })
  const record = new RunRecord({ now: () => 0, rowsWanted: Infinity, awaitsSurvey: withSurvey })
  const shown: Shown[] = []
  const events: RunEvent[] = []
  const sink: Sink = { write: () => Promise.resolve(), close: () => Promise.resolve() }
  await extract(
    caller,
    {
      method: 'crm.deal.list',
      parameters: { params: {}, where: [], select: undefined },
      limit: undefined,
      batchSize: 50,
      concurrency: undefined,
    },
    () => Promise.resolve(sink),
    {
      signal: new AbortController().signal,
      withSurvey,
      onEvent(event) {
        events.push(event)
        record.take(event)
        if (event.type === 'page')
          shown.push({ at: Date.now(), rows: record.tally.rows, share: record.view.share })
      },
    },
  )
  return { shown, requests: portal.stats.requests, events }
}

const SHAPES = ['dense', 'sparse', 'hole', 'clusters']

test.each(SHAPES.flatMap((ids) => ['6500', '30000'].map((rows) => [ids, rows] as const)))(
  'with %s ids the shown share of %s rows never falls, and is near the truth at every quarter',
  async (ids, rows) => {
    const { shown } = await watched({ ids, rows })
    const shares = shown.map(({ share }) => share ?? 0)
    expect(shares.every((share, at) => share >= (shares[at - 1] ?? 0))).toBe(true)
    expect(shares.every((share) => share < 1)).toBe(true)
    const at = (part: number): number => shown.findLast((one) => one.rows <= Number(rows) * part)?.share ?? 0
    expect(at(0.5)).toBeGreaterThan(0.25)
    expect(at(0.5)).toBeLessThan(0.75)
    // It does not stand at the end for a long while either.
    expect(at(0.75)).toBeGreaterThan(0.5)
    expect(at(0.75)).toBeLessThan(0.95)
  },
)

test.each(SHAPES)('with %s ids the share at half of the time is between a quarter and three', async (ids) => {
  const slow = { ids, rows: '20000', 'latency-ms': '300', 'page-ms': '40' }
  const startedAt = 1_700_000_000_000
  const { value, seconds } = await inVirtualTime(() => watched(slow))
  const half = value.shown.findLast(({ at }) => at <= startedAt + seconds * 500)?.share ?? 0
  expect(half).toBeGreaterThan(0.25)
  expect(half).toBeLessThan(0.75)
})

test('the share of the range alone would be wrong on a list with a hole', async () => {
  const { shown } = await watched({ ids: 'hole', rows: '30000' }, false)
  const half = shown.findLast(({ rows }) => rows <= 15_000)?.share ?? 0
  expect(half).toBeLessThan(0.25)
})

test('a survey costs one request, and none if the list is small or nobody watches', async () => {
  const withOne = await watched({ rows: '30000' })
  const without = await watched({ rows: '30000' }, false)
  const small = await watched({ rows: '3000' })
  const smallAlone = await watched({ rows: '3000' }, false)
  expect(withOne.requests).toBe(without.requests + 1)
  expect(small.requests).toBe(smallAlone.requests)
  const survey = withOne.events.find(({ type }) => type === 'survey')
  expect(survey).toMatchObject({ cells: { length: 40 } })
})

test('a survey that fails is none: the run goes on by the range alone', async () => {
  const { shown } = await watched({ rows: '30000', fault: 'failing-command@3-42' })
  expect(shown.at(-1)?.rows).toBe(30_000)
  expect(shown.some(({ share }) => share !== undefined && share > 0.4)).toBe(true)
})
