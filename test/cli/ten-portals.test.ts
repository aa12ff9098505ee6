import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const WELL = 9
const ROWS = 500

/** So many requests that the bucket of each portal is needed whole: whoever shared one would be refused, or wait. */
const DEALS = ['get-all', 'crm.deal.list', '--batch-size', '1', '--burst', '20', '--tps', '10']

test('ten portals by ten profiles at the same time: nine complete, the dead one fails, nobody waits for another', async () => {
  const portals = await Promise.all(Array.from({ length: WELL }, () => scaledPortal({ rows: String(ROWS) })))
  const home = tempFolder()
  const profiles = portals.map(({ sandbox }, at) => [`p${at}`, { webhook: sandbox.webhook }] as const)
  // Port 9 of this machine is that of a service which nobody offers any more.
  const dead = ['dead', { webhook: 'http://127.0.0.1:9/rest/1/abcdef0123456789/' }] as const
  mkdirSync(join(home, '.config/bx24'), { recursive: true })
  const config = JSON.stringify({ profiles: Object.fromEntries([...profiles, dead]) })
  writeFileSync(join(home, '.config/bx24/config.json'), config, { mode: 0o600 })
  const stateDir = tempFolder()

  const runs = await Promise.all(
    [...profiles, dead].map(async ([name]) => {
      const words = [...DEALS, '--profile', name, '-o', `${name}.ndjson`, '--retries', '1']
      return { name, ...(await runCli(words, { cwd: home, stateDir, timeoutMs: 60_000 })) }
    }),
  )

  expect(runs.filter(({ code }) => code === 0).map(({ name }) => name)).toEqual(
    profiles.map(([name]) => name),
  )
  expect(runs.at(-1)).toMatchObject({ name: 'dead', code: 5 })
  expect(runs.at(-1)?.stderr).toContain('127.0.0.1:9 cannot be reached')
  for (const [name] of profiles) {
    expect(readFileSync(join(home, `${name}.ndjson`), 'utf8').split('\n')).toHaveLength(ROWS + 1)
  }
  for (const { sandbox, sent } of portals) {
    expect(sandbox.portal.stats.violations.bucket).toBe(0)
    expect(sent()).toBeGreaterThan(8)
  }
  // One bucket for all of them would have let them through one after the other.
  const ledgers = portals.map(({ sandbox }) => encodeURIComponent(new URL(sandbox.webhook).host))
  for (const ledger of ledgers)
    expect(readFileSync(join(stateDir, 'limits', `${ledger}.json`), 'utf8')).toContain('"bucket"')
}, 120_000)
