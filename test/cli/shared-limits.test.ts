import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Bitrix24 } from '../../src/index.ts'
import { allowed } from '../support/busy.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { SCALED, scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** It is within a tenth on a quiet machine; whoever waits for nothing takes twice as long. */
const MOST = 1.5

const DEALS = ['get-all', 'crm.deal.list', ...SCALED]
const OK = { code: 0, stderr: '' }

test('four programs at once are not refused, are as fast as the bucket, and are done at the same time', async () => {
  const portal = await scaledPortal({ rows: '1500' })
  const how = { env: portal.env, stateDir: tempFolder(), timeoutMs: 60_000 }
  const endedAt: number[] = []
  const runs = await Promise.all(
    [1, 2, 3, 4].map(() =>
      runCli(DEALS, how).finally(() => {
        endedAt.push(performance.now())
      }),
    ),
  )
  for (const run of runs) expect(run).toMatchObject(OK)
  for (const { stdout } of runs) expect(stdout.split('\n')).toHaveLength(1501)
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  const { taken, best } = portal.seconds()
  expect(best).toBeGreaterThan(8)
  expect(taken).toBeLessThan(allowed(MOST * best))
  // Nobody was passed over: all have done the same in about the same time.
  expect(Math.max(...endedAt) - Math.min(...endedAt)).toBeLessThan(allowed(0.5 * 1000 * taken))
}, 90_000)

test('ten programs in a row are not refused, and are as fast as the bucket', async () => {
  const portal = await scaledPortal({ rows: '700' })
  const how = { env: portal.env, stateDir: tempFolder() }
  for (let run = 0; run < 10; run++) expect(await runCli(DEALS, how)).toMatchObject(OK)
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  const { taken, best } = portal.seconds()
  expect(best).toBeGreaterThan(8)
  expect(taken).toBeLessThan(allowed(MOST * best))
}, 90_000)

test('without the ledger programs are refused', async () => {
  const portal = await scaledPortal({ rows: '1300' })
  const how = { env: { ...portal.env, BX24_SHARED_LIMITS: 'off' }, stateDir: tempFolder() }
  for (const run of await Promise.all([1, 2, 3].map(() => runCli(DEALS, how)))) expect(run).toMatchObject(OK)
  expect(portal.sandbox.portal.stats.violations.bucket).toBeGreaterThan(0)
  expect(readdirSync(how.stateDir)).toEqual([])
}, 60_000)

test('a program that is killed stops nobody', async () => {
  const portal = await scaledPortal({ rows: '1300' })
  const how = { env: portal.env, stateDir: tempFolder(), timeoutMs: 60_000 }
  const killed = [1, 2].map(() => startCli([...DEALS, '-v'], how))
  const others = [1, 2].map(() => runCli(DEALS, how))
  await Promise.all(killed.map((run) => run.says('waiting for the request limit')))
  for (const { child } of killed) child.kill('SIGKILL')
  for (const run of others) expect(await run).toMatchObject(OK)
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  const { taken, best } = portal.seconds()
  expect(taken).toBeLessThan(allowed(MOST * best + 1))
}, 90_000)

test('the library is one of them', async () => {
  const portal = await scaledPortal({ rows: '600' })
  const stateDir = tempFolder()
  const options = { webhook: portal.sandbox.webhook, burst: 29, tps: 10, batchSize: 1, stateDir }
  const client = new Bitrix24(options)
  let rows = 0
  for (let again = 0; again < 3; again++) {
    const walk = async (): Promise<void> => {
      for await (const row of client.getAll('crm.deal.list')) if (row['ID'] !== undefined) rows++
    }
    await Promise.all([walk(), runCli(DEALS, { env: portal.env, stateDir })])
  }
  await client.close()
  expect(rows).toBe(1800)
  expect(portal.sent()).toBeGreaterThan(70)
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)

  const alone = new Bitrix24({ ...options, stateDir: join(stateDir, 'none'), sharedLimits: false })
  await alone.raw('crm.deal.list')
  await alone.close()
  expect(readdirSync(stateDir)).not.toContain('none')
}, 60_000)

test('a refusal is one for all: the next program waits', async () => {
  const portal = await scaledPortal({ rows: '200', fault: ['rate-limit@3'] })
  const how = { env: portal.env, stateDir: tempFolder() }
  const words = ['raw', 'crm.deal.list', '--tps', '1', '-v']
  await runCli(words, how)
  await runCli(words, how)
  expect((await runCli(words, how)).stderr).toContain('retry 1')
  const next = await runCli(words, how)
  expect(next.stderr).toContain('waiting for the request limit')
})

test('the ledger is for its owner alone, and shows no webhook', async () => {
  const portal = await scaledPortal({ rows: '200' })
  const stateDir = join(tempFolder(), 'new', 'state')
  expect(await runCli(DEALS, { env: portal.env, stateDir })).toMatchObject(OK)
  const folder = join(stateDir, 'limits')
  expect(readdirSync(folder)).toEqual([`127.0.0.1%3A${portal.sandbox.port}.json`])
  const file = join(folder, readdirSync(folder)[0] ?? '')
  expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('crm.deal.list')
  expect(text).not.toContain(portal.sandbox.portal.webhookPath.split('/')[3])
})

test('by default it lies where the system keeps the state of programs', async () => {
  const portal = await scaledPortal({ rows: '20' })
  const [home, state] = [tempFolder(), tempFolder()]
  const env = { ...portal.env, BX24_STATE_DIR: '' }
  await runCli(DEALS, { cwd: home, env })
  expect(readdirSync(join(home, '.local/state/bx24/limits'))).toHaveLength(1)
  await runCli(DEALS, { cwd: tempFolder(), env: { ...env, XDG_STATE_HOME: state } })
  expect(readdirSync(join(state, 'bx24/limits'))).toHaveLength(1)
})

test('a sandbox portal of a run alone, and a box without limits, leave nothing behind', async () => {
  const portal = await scaledPortal({ rows: '20', plan: 'box' })
  const stateDir = tempFolder()
  await runCli(['get-all', 'crm.deal.list', '--sandbox=rows=20'], { stateDir })
  await runCli(['get-all', 'crm.deal.list'], { stateDir, env: { ...portal.env, BX24_PLAN: 'box' } })
  expect(readdirSync(stateDir)).toEqual([])
})

test('a polite run uses a part of the bucket, and a job beside it the rest', async () => {
  const portal = await scaledPortal({ rows: '1000' })
  const how = { env: portal.env, stateDir: tempFolder(), timeoutMs: 60_000 }
  const startedAt = performance.now()
  const polite = runCli([...DEALS, '--polite', '50%'], how)
  await after(3_000)
  const words = ['raw', 'crm.deal.list', ...SCALED.slice(0, 4), '-v']
  const beside = await Promise.all([1, 2, 3, 4, 5].map(() => runCli(words, how)))
  for (const { code, stderr } of beside) {
    expect(code).toBe(0)
    expect(stderr).not.toContain('waiting')
  }
  expect(await polite).toMatchObject(OK)
  // 22 requests and 14 places: the rest at five a second.
  expect((performance.now() - startedAt) / 1000).toBeGreaterThan(1)
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  const { taken } = portal.seconds()
  expect(taken).toBeGreaterThan((20 - 14) / 5)
}, 60_000)

test('a run right after one that used up the operating time waits instead of being refused', async () => {
  const portal = await scaledPortal({ rows: '500', 'page-cost': '481' })
  const stateDir = tempFolder()
  const client = new Bitrix24({ webhook: portal.sandbox.webhook, stateDir })
  await client.raw('crm.deal.list')
  await client.close()
  const sent = portal.sent()
  const words = ['get-all', 'crm.deal.list', '--max-wait', '1s', '--retries', '0']
  const { code, stderr } = await runCli(words, { env: portal.env, stateDir })
  expect(code).toBe(5)
  expect(stderr).toContain('crm.deal.list has used up its operating time')
  expect(portal.sent()).toBe(sent)
  // Others are not held up, and without the ledger it would have been asked and refused.
  expect((await runCli(['raw', 'crm.lead.list'], { env: portal.env, stateDir })).code).toBe(0)
  await runCli([...words, '--shared-limits', 'off'], { env: portal.env })
  expect(portal.sandbox.portal.stats.violations.operating).toBeGreaterThan(0)
}, 60_000)
