import { execFile } from 'node:child_process'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Bitrix24 } from '../../src/index.ts'
import { allowed } from '../support/busy.ts'
import { NO_REDIS, startRedis } from '../support/redis-server.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { SCALED, scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list', ...SCALED]
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OK = { code: 0, stderr: '' }

// A state folder is what makes a machine; each run has one of its own if it is not told another.
describe.skipIf(NO_REDIS !== undefined)('machines that share their limits over Redis', () => {
  test('are not refused, and are as fast as the bucket', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '1500' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    const runs = await Promise.all([1, 2, 3].map(() => runCli(DEALS, { env, timeoutMs: 60_000 })))
    for (const run of runs) expect(run).toMatchObject(OK)
    for (const { stdout } of runs) expect(stdout.split('\n')).toHaveLength(1501)
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
    const { taken, best } = portal.seconds()
    expect(best).toBeGreaterThan(5)
    expect(taken).toBeLessThan(allowed(MOST * best))
  }, 90_000)

  test('are not refused one after the other, with several programs each', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '400' })
    const how = { env: { ...portal.env, BX24_REDIS: redis.url }, stateDir: tempFolder() }
    for (let round = 0; round < 2; round++) {
      for (const run of await Promise.all([1, 2].map(() => runCli(DEALS, how)))) expect(run).toMatchObject(OK)
      expect(await runCli(DEALS, { env: how.env })).toMatchObject(OK)
    }
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  }, 90_000)

  test('stop nobody when one of them is killed', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '900' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    const killed = startCli(DEALS, { env })
    while (portal.sent() < 5) await after(5)
    killed.child.kill('SIGKILL')
    for (const run of [1, 2].map(() => runCli(DEALS, { env }))) expect(await run).toMatchObject(OK)
    expect((await killed.ended).signal).toBe('SIGKILL')
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  }, 90_000)

  test('share it with programs in JavaScript', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '900' })
    const { webhook } = portal.sandbox
    const options = { webhook, burst: 29, tps: 10, batchSize: 1, stateDir: tempFolder(), redis: redis.url }
    const client = new Bitrix24(options)
    const walk = async (): Promise<number> => {
      let rows = 0
      for await (const row of client.getAll('crm.deal.list')) if (row['ID'] !== undefined) rows++
      return rows
    }
    const run = runCli(DEALS, { env: { ...portal.env, BX24_REDIS: redis.url } })
    expect(await walk()).toBe(900)
    expect(await walk()).toBe(900)
    expect(await run).toMatchObject(OK)
    await client.close()
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  }, 60_000)

  test('are let go by a program in JavaScript that has read all it wants, whether Redis is there or not', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '120' })
    const code = `import { Bitrix24 } from './dist/index.js'
      const heard = []
      const onEvent = ({ type, message }) => { if (type === 'sharing') heard.push(message) }
      const options = JSON.parse(process.env.OPTIONS)
      for await (const row of new Bitrix24({ ...options, onEvent }).getAll('crm.deal.list')) {
        console.log(row.ID, heard.join())
        break
      }`
    const run = async (): Promise<string> => {
      const options = { webhook: portal.sandbox.webhook, stateDir: tempFolder(), redis: redis.url }
      const how = { cwd: ROOT, env: { ...process.env, OPTIONS: JSON.stringify(options) }, timeout: 15_000 }
      const words = ['--input-type=module', '-e', code]
      return (await promisify(execFile)(process.execPath, words, how)).stdout
    }
    expect(await run()).toMatch(/^\d+ \n$/)
    await redis.kill()
    expect(await run()).toMatch(/^\d+ Redis at .* cannot be used: connect ECONNREFUSED .*\n$/)
  }, 40_000)

  /** It is within a tenth on a quiet machine; whoever waits for nothing takes twice as long. */
  const MOST = 1.5

  test('share operating time: another machine waits instead of being refused', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '500', 'page-cost': '481' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    expect((await runCli(['raw', 'crm.deal.list'], { env })).code).toBe(0)
    const sent = portal.sent()
    const words = ['get-all', 'crm.deal.list', '--max-wait', '1s', '--retries', '0']
    const { code, stderr } = await runCli(words, { env })
    expect(code).toBe(5)
    expect(stderr).toContain('crm.deal.list has used up its operating time')
    expect(portal.sent()).toBe(sent)
    expect((await runCli(['raw', 'crm.lead.list'], { env })).code).toBe(0)
  }, 60_000)

  test('need not have the same time', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '900' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    const clock = (hours: number): Record<string, string> => {
      const code = `const now = Date.now; Date.now = () => now() + ${hours * 3_600_000}`
      return { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` }
    }
    const ahead = runCli(DEALS, { env: clock(1) })
    const behind = runCli(DEALS, { env: clock(-1) })
    for (const run of [ahead, behind]) expect(await run).toMatchObject(OK)
    expect(await runCli(DEALS, { env })).toMatchObject(OK)
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  }, 60_000)

  test('leave room to others if they are polite, and have their turn all the same', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '1000' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    // Twenty requests of which fourteen may go at once, and the rest at five a second.
    const polite = startCli([...DEALS, '--polite', '50%'], { env })
    while (portal.sent() < 10) await after(5)
    const words = ['raw', 'crm.deal.list', ...SCALED.slice(0, 4), '-v']
    const beside = await Promise.all([1, 2, 3, 4, 5].map(() => runCli(words, { env })))
    for (const { code, stderr } of beside) {
      expect(code).toBe(0)
      expect(stderr).not.toContain('waiting')
    }
    const busy = await runCli(DEALS, { env })
    expect([busy.code, (await polite.ended).code]).toEqual([0, 0])
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  }, 60_000)
})
