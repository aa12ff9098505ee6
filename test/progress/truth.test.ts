import { expect, test } from 'vitest'
import type { EventListener } from '../../src/engine/events.ts'
import { extract } from '../../src/operations/extract.ts'
import { sleep } from '../../src/lib/sleep.ts'
import type { Sink } from '../../src/output/sink.ts'
import { RunRecord } from '../../src/progress/run-record.ts'
import { ID_SHAPES } from '../../src/sandbox/data/ids.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

/** How often the share is looked at, as a bar is drawn. */
const LOOK_MS = 50

interface Watched {
  /** The share that is shown when this part of the time is over. */
  readonly at: (part: number) => number
  readonly shares: readonly number[]
  readonly rows: number
}

interface How {
  readonly limit?: number
  /** What the output takes for a row. */
  readonly rowMs?: number
}

/** Gets all deals in virtual time, and watches the share meanwhile. */
async function watched(settings: Record<string, string>, { limit, rowMs }: How = {}): Promise<Watched> {
  const shares: number[] = []
  const { value: rows, seconds } = await inVirtualTime(async () => {
    const record = new RunRecord({ now: Date.now, rowsWanted: limit ?? Infinity })
    const onEvent: EventListener = (event) => record.take(event)
    const { caller } = portalInProcess({ seed: '7', ...settings }, { onEvent })
    const timer = setInterval(() => shares.push(record.view.share ?? 0), LOOK_MS)
    const sink: Sink = {
      async write(rows) {
        if (rowMs === undefined) return
        record.writing()
        await sleep(rows.length * rowMs, signal)
        record.written()
      },
      close: () => Promise.resolve(),
    }
    const { signal } = new AbortController()
    const parameters = { params: {}, where: [], select: undefined }
    await extract(
      caller,
      { method: 'crm.deal.list', parameters, limit, batchSize: 50, concurrency: undefined },
      () => Promise.resolve(sink),
      { signal, onEvent },
    )
    clearInterval(timer)
    return record.tally.rows
  })
  const at = (part: number): number => shares[Math.floor((part * seconds * 1_000) / LOOK_MS) - 1] ?? 0
  return { at, shares, rows }
}

function expectSteady(shares: readonly number[]): void {
  expect(shares.every((share, at) => share >= (shares[at - 1] ?? 0))).toBe(true)
  expect(shares.every((share) => share < 1)).toBe(true)
}

test.each(ID_SHAPES)(
  'with %s ids half of the time shows between a quarter and three, though requests bring most of it at once',
  async (ids) => {
    const { at, shares } = await watched({ ids, rows: '20000', 'latency-ms': '300', 'page-ms': '40' })
    expectSteady(shares)
    expect(at(0.5)).toBeGreaterThan(0.25)
    expect(at(0.5)).toBeLessThan(0.75)
  },
)

test.each(ID_SHAPES)('with %s ids a longer run shows the part of the time that is over', async (ids) => {
  const { at, shares } = await watched({ ids, rows: '40000', 'latency-ms': '100', 'page-ms': '150' })
  expectSteady(shares)
  for (const part of [0.25, 0.5, 0.75]) expect(Math.abs(at(part) - part)).toBeLessThan(0.15)
})

test.each(['http-503/10', 'failing-command/40'])('so it does at a portal with %s', async (fault) => {
  const { at, shares, rows } = await watched({ fault, rows: '40000', 'page-ms': '150' })
  expect(rows).toBe(40_000)
  expectSteady(shares)
  for (const part of [0.25, 0.5, 0.75]) expect(Math.abs(at(part) - part)).toBeLessThan(0.25)
})

test('a list that is cut off by a limit is as long as the limit', async () => {
  const { at, shares, rows } = await watched(
    { rows: '200000', 'latency-ms': '100', 'page-ms': '150' },
    { limit: 30_000 },
  )
  expect(rows).toBe(30_000)
  expectSteady(shares)
  for (const part of [0.25, 0.5, 0.75]) expect(Math.abs(at(part) - part)).toBeLessThan(0.22)
})

test('an output that takes longer than the portal is told the truth about', async () => {
  const { at, shares } = await watched({ rows: '20000', 'latency-ms': '300', 'page-ms': '40' }, { rowMs: 2 })
  expectSteady(shares)
  for (const part of [0.25, 0.5, 0.75]) expect(Math.abs(at(part) - part)).toBeLessThan(0.1)
})
