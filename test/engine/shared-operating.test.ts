import { expect, test } from 'vitest'
import { LedgerFile } from '../../src/engine/ledger/ledger-file.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import { walkByKeyset } from '../../src/strategies/keyset/walk.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

const SETTINGS = { plan: 'standard', rows: '33000', 'page-cost': '1', 'page-ms': '100', 'row-bytes': '100' }

/** As many programs as there are lanes to it, each with a ledger of its own on the same file. */
function openLedger(folder: string): LedgerFile {
  return new LedgerFile({ folder, host: 'example', who: 'a test', onTrouble: () => undefined })
}

test.each(['nested', 'separate', 'batch-half', 'none'])(
  'two programs beside each other, and one after them, keep to one operating budget when batches are billed so: %s',
  async (bill) => {
    const folder = tempFolder()
    const { value, seconds } = await inVirtualTime(async () => {
      const settings = { ...SETTINGS, reading: [`bill=${bill}`] }
      const first = portalInProcess(settings, { plan: 'standard', ledger: openLedger(folder) })
      const second = portalInProcess(settings, {
        plan: 'standard',
        ledger: openLedger(folder),
        beside: first,
      })
      const truth = await first.truth()
      const both = await Promise.all([walk(first.caller), walk(second.caller)])
      for (const { ids } of both) expect(ids).toEqual(truth)
      const third = portalInProcess(settings, { plan: 'standard', ledger: openLedger(folder), beside: first })
      const { ids } = await walk(third.caller, 'crm.deal.list', { rowsWanted: 2000 })
      expect(ids.slice(0, 2000)).toEqual(truth.slice(0, 2000))
      return first.portal.stats
    })
    expect(value.violations.bucket).toBe(0)
    // Counted by command: the last commands of one chain, at the end of a window, are all that may be refused.
    expect(value.violations.operating).toBeLessThan(10)
    // About 1,390 s of work, of 1,425 that are asked for in three windows: the last of it begins with the third, or with the second
    // where half is counted.
    const windows = { nested: 2, separate: 2, 'batch-half': 1, none: 0 }[bill] ?? 0
    expect(seconds).toBeLessThan(1.1 * 600 * windows + 30)
  },
  60_000,
)

test.each(['its patience ends', 'it is stopped'])(
  'a program that waits no longer since %s is not listed',
  async (why) => {
    const folder = tempFolder()
    const { value } = await inVirtualTime(async () => {
      const settings = { ...SETTINGS, rows: '60000' }
      const maxWaitMs = why === 'it is stopped' ? 900_000 : 60_000
      const over = new AbortController()
      let listed: unknown
      const tested = portalInProcess(settings, {
        plan: 'standard',
        maxWaitMs,
        ledger: openLedger(folder),
        onEvent: (event) => {
          if (event.type !== 'waiting' || event.until - Date.now() < 60_000) return
          listed ??= Object.keys(openLedger(folder).look().waiting)
          over.abort(new Error('stopped'))
        },
      })
      const { query } = checkedQuery('crm.deal.list', { params: {}, where: [], select: undefined })
      const options = { signal: over.signal, batchSize: 50, concurrency: undefined, rowsWanted: Infinity }
      const walking = async (): Promise<void> => {
        for await (const page of walkByKeyset(tested.caller, query, options))
          expect(page.rows.length).toBeGreaterThan(0)
      }
      await expect(walking()).rejects.toThrow()
      return { listed, left: openLedger(folder).look().waiting }
    })
    if (why === 'it is stopped') expect(value.listed).toHaveLength(1)
    expect(value.left).toEqual({})
  },
)
