import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { LedgerFile } from '../../src/engine/ledger/ledger-file.ts'
import { bestSeconds } from '../support/best-time.ts'
import { runCommands } from '../support/commands.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

/** 1,400 pages, which work for a second each: three times the budget. */
const PAGES = 1400
const SETTINGS = { plan: 'standard', 'page-cost': '1', 'page-ms': '1000', 'row-bytes': '100', workers: '16' }
const STARTED_AT = 1_700_000_000
const LANES = 8

/** What a second of work counts. */
const COUNTED: Readonly<Record<string, number>> = { nested: 1, separate: 1, 'batch-half': 0.5, none: 0 }

test.each(Object.keys(COUNTED).flatMap((bill) => [1, 2].map((programs) => [bill, programs] as const)))(
  'three times the operating budget, billed as %s, asked for by %i programs: complete, in time, hardly a refusal',
  async (bill, programs) => {
    const folder = tempFolder()
    const events: RunEvent[] = []
    const { value, seconds } = await inVirtualTime(async () => {
      const rows = String((PAGES * 50) / programs)
      const settings = { ...SETTINGS, rows, reading: [`bill=${bill}`] }
      const open = (beside?: ReturnType<typeof portalInProcess>): ReturnType<typeof portalInProcess> => {
        const ledger = new LedgerFile({ folder, host: 'example', who: 'a test', onTrouble: () => undefined })
        const onEvent = (event: RunEvent): void => void events.push(event)
        return portalInProcess(settings, {
          plan: 'standard',
          ledger,
          onEvent,
          ...(beside === undefined ? {} : { beside }),
        })
      }
      const first = open()
      const all = programs === 1 ? [first] : [first, open(first)]
      const truth = await first.truth()
      const walked = await Promise.all(all.map(({ caller }) => walk(caller)))
      for (const { ids } of walked) expect(ids).toEqual(truth)
      return first.portal.stats
    })
    const counted = COUNTED[bill] ?? 0
    const lanes = programs * LANES
    const work = value.billedSeconds
    const best = counted === 0 ? work / lanes : bestSeconds(work * counted, lanes * counted, 480, STARTED_AT)
    // Besides the work a list is looked at first, by fewer requests than there are lanes.
    expect(seconds).toBeLessThan(1.1 * best + 2)
    expect(value.violations.bucket).toBe(0)
    const basketsWaitedFor = Math.floor(best / 600)
    expect(value.violations.operating).toBeLessThanOrEqual(basketsWaitedFor)
    const waits = events.flatMap((event) =>
      event.type === 'waiting' && event.reason === 'operating' ? [event.until / 1000 - STARTED_AT] : [],
    )
    // It is said until when, which is when the portal lets the oldest minute go.
    if (basketsWaitedFor > 0) expect(waits.some((until) => until >= 600 && until < 665)).toBe(true)
    else expect(waits).toEqual([])
  },
  120_000,
)

test('methods of one run do not wait for the operating time of each other', async () => {
  // A hundred searches in texts use up the time of their method; the others are cheap.
  const lists = Array.from({ length: 300 }, (_, at) => ({
    id: `list${at}`,
    method: 'crm.deal.list',
    params: { filter: { '%TITLE': 'a' }, start: -1 },
  }))
  const users = Array.from({ length: 300 }, (_, at) => ({
    id: `user${at}`,
    method: 'user.get',
    params: { start: -1 },
  }))
  const { items, requests, portal } = await runCommands([...lists, ...users], {
    'page-cost': '1',
    'page-ms': '1000',
    rows: '50',
  })
  expect(items.every(({ fate }) => fate?.outcome === 'done')).toBe(true)
  expect(portal.stats.violations.operating).toBeLessThanOrEqual(2)
  const startedAt = requests[0]?.startedAt ?? 0
  const secondsOf = (method: string): number[] =>
    requests.flatMap(({ commands, startedAt: at }) =>
      commands.some((command) => command.startsWith(method)) ? [(at - startedAt) / 1000] : [],
    )
  expect(Math.max(...secondsOf('crm.deal.list'))).toBeGreaterThan(590)
  expect(Math.max(...secondsOf('user.get'))).toBeLessThan(590)
})
