import { expect, test } from 'vitest'
import { disturbedExport } from '../torture/disturbed-export.ts'
import { exportRows, type ExportRun } from '../bench/export-run.ts'
import { CHANGES, PASSING, withChance } from '../bench/fault-plan.ts'
import { packagesLoadedBy } from '../bench/loaded-packages.ts'
import { type PortalProcess, withPortal } from '../bench/portal-process.ts'

// A short selection of what `npm run bench` measures: real processes on both sides, HTTP in between.

const BOUND_MS = 60_000
const DEALS = ['crm.deal.list']

function deals(portal: PortalProcess, ...words: string[]): Promise<ExportRun> {
  return exportRows(portal, { words: [...DEALS, ...words], to: 'file', boundMs: BOUND_MS })
}

test('all rows come through all trouble that passes, byte for byte', { timeout: 200_000 }, async () => {
  // A feigned operating limit costs a wait each time, so that comes once; all the others come by chance.
  const byChance = PASSING.filter((name) => name !== 'operating-limit')
  const { run, faults } = await disturbedExport({
    name: 'all passing',
    rules: [...withChance(byChance, 4), 'operating-limit@8'],
    windowSeconds: 4,
    // With this seed each of them strikes at least once.
    seed: 11,
    rows: 5000,
    walk: 'keyset',
    words: ['--batch-size', '10', '--retries', '12'],
    boundMs: 180_000,
  })
  expect([run.code, run.stderr, faults]).toEqual([0, '', []])
  expect(run.rows.ids).toHaveLength(5000)
  expect(Object.keys(run.stats.faults).length).toBeGreaterThan(10)
})

test(
  'while others write, every row that was there throughout comes exactly once',
  { timeout: 90_000 },
  async () => {
    const { run, faults } = await disturbedExport({
      name: 'writers',
      rules: withChance(CHANGES, 30),
      seed: 2,
      rows: 5000,
      walk: 'keyset',
      boundMs: BOUND_MS,
    })
    expect([run.code, run.stderr, faults]).toEqual([0, '', []])
    expect(Math.min(...Object.values(run.stats.changes))).toBeGreaterThan(10)
  },
)

test(
  '20,000 rows take 26 requests at the most, keep the limits, and are the same bytes the next time',
  { timeout: 150_000 },
  async () => {
    await withPortal({ rows: '20000' }, async (portal) => {
      const first = await deals(portal)
      expect([first.code, first.rows.ids.length]).toEqual([0, 20_000])
      // 1.05 times the fewest, and two and two for each lane
      expect(first.stats.requests).toBeLessThanOrEqual(26)
      expect(first.stats.violations).toEqual({ bucket: 0, operating: 0 })
      const second = await deals(portal)
      const truth = await portal.trueRows('method=crm.deal.list')
      expect([first.rows.sha256, second.rows.sha256]).toEqual([truth.sha256, truth.sha256])
    })
  },
)

test('get-all in a pipe loads nothing that only terminals, other formats and configuration files need', async () => {
  await withPortal({ rows: '50' }, async (portal) => {
    const loaded = await packagesLoadedBy(['get-all', ...DEALS], portal.webhook)
    // What every run needs lies in the program itself.
    expect(loaded).toEqual([])
  })
})
