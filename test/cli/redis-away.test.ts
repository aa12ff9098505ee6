import { Redis } from 'ioredis'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { allowed } from '../support/busy.ts'
import { NO_REDIS, startRedis } from '../support/redis-server.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { SCALED, scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list', ...SCALED]
const AWAY = 'cannot be used:'
const BACK = 'can be used again'

function times(text: string, of: string): number {
  return text.split(of).length - 1
}

describe.skipIf(NO_REDIS !== undefined)('when Redis goes away', () => {
  test.each([
    ['and has forgotten everything', false],
    ['and knows what it knew', true],
  ])(
    'and comes back %s, three machines finish, and say it once each',
    async (_how, isSaved) => {
      const redis = await startRedis({ isSaved })
      const portal = await scaledPortal({ rows: '1900' })
      const env = { ...portal.env, BX24_REDIS: redis.url }
      const runs = [1, 2, 3].map(() => startCli(DEALS, { env, timeoutMs: 60_000 }))
      while (portal.sent() < 45) await after(20)
      await redis.kill()
      await after(2_000)
      await redis.start()
      for (const { ended } of runs) {
        const { code, stdout, stderr } = await ended
        expect([code, stdout.split('\n').length]).toEqual([0, 1901])
        expect([times(stderr, AWAY), times(stderr, BACK), stderr.trim().split('\n').length]).toEqual([
          1, 1, 2,
        ])
        expect(stderr).toContain('3 machines were seen last, so each goes on at 1/3 of the rate.')
      }
      expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
    },
    90_000,
  )

  test('for good, each machine goes on at its part of the rate, and so does the next run there', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '1500' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    const folders = [tempFolder(), tempFolder()]
    const runs = folders.map((stateDir) => startCli([...DEALS, '-v'], { env, stateDir, timeoutMs: 60_000 }))
    while (portal.sent() < 35) await after(20)
    await redis.kill()
    for (const { ended } of runs) {
      const { code, stderr } = await ended
      expect([code, times(stderr, AWAY), times(stderr, BACK)]).toEqual([0, 1, 0])
    }
    const next = await Promise.all(
      folders.map((stateDir) => runCli(DEALS, { env, stateDir, timeoutMs: 60_000 })),
    )
    for (const { code, stderr } of next) {
      expect(code).toBe(0)
      expect(stderr).toContain('2 machines were seen last, so each goes on at 1/2 of the rate.')
    }
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
    const { taken, best } = portal.seconds()
    expect(taken).toBeLessThan(allowed(1.1 * best + 3))
  }, 90_000)

  test('with all it knows, though it stays, nobody is refused for that', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '1500' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    const runs = [1, 2].map(() => runCli(DEALS, { env, timeoutMs: 60_000 }))
    while (portal.sent() < 35) await after(20)
    const client = new Redis(redis.url)
    await client.flushall()
    client.disconnect()
    for (const run of runs) expect(await run).toMatchObject({ code: 0, stderr: '' })
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
    expect(portal.seconds().taken).toBeLessThan(allowed(1.1 * portal.seconds().best + 2))
  }, 60_000)

  test('without a word, nobody waits for it for longer than some seconds', async () => {
    const redis = await startRedis()
    const portal = await scaledPortal({ rows: '1500' })
    const run = startCli(DEALS, { env: { ...portal.env, BX24_REDIS: redis.url } })
    while (portal.sent() < 10) await after(5)
    redis.signal('SIGSTOP')
    const { code, stdout, stderr } = await run.ended
    redis.signal('SIGCONT')
    expect([code, stdout.split('\n').length, times(stderr, AWAY)]).toEqual([0, 1501, 1])
    expect(portal.seconds().taken).toBeLessThan(allowed(8))
  }, 60_000)

  test('before a run begins, the run goes on alone, and ends as soon as it is done', async () => {
    const redis = await startRedis()
    await redis.kill()
    const portal = await scaledPortal({ rows: '200' })
    const env = { ...portal.env, BX24_REDIS: redis.url }
    const startedAt = performance.now()
    const { code, stdout, stderr } = await runCli(DEALS, { env })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect([code, stdout.split('\n').length]).toEqual([0, 201])
    expect(stderr).toBe(
      `bx24: warning: Redis at ${redis.url} cannot be used: connect ECONNREFUSED 127.0.0.1:${redis.port}. ` +
        'No other machine was seen last, so this one goes on at the whole rate.\n',
    )
    expect((await runCli([...DEALS, '--quiet'], { env })).stderr).toBe('')
  })

  test('and a server that takes connections and says nothing holds a run up for some seconds only', async () => {
    const redis = await startRedis()
    redis.signal('SIGSTOP')
    const portal = await scaledPortal({ rows: '200' })
    const startedAt = performance.now()
    const { code, stderr } = await runCli(DEALS, { env: { ...portal.env, BX24_REDIS: redis.url } })
    expect([code, times(stderr, AWAY)]).toEqual([0, 1])
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    redis.signal('SIGCONT')
  })
})
