import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { HAS_OPENSSL, makeAuthority, makeCertificate } from '../support/certificates.ts'
import { NO_REDIS, startRedis } from '../support/redis-server.ts'
import { runCli } from '../support/run-cli.ts'
import { SCALED, scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const RAW = ['raw', 'crm.deal.list', ...SCALED.slice(0, 4)]
const PASSWORD = 'canary7secret9word'
const OK = { code: 0, stderr: '' }

/** Names of the machines that `bx24 limits` finds in Redis. */
async function machinesSeen(
  words: readonly string[],
  env: Record<string, string>,
  cwd?: string,
): Promise<unknown> {
  const { stdout } = await runCli(['limits', '--json', ...words], {
    env,
    ...(cwd === undefined ? {} : { cwd }),
  })
  return (JSON.parse(stdout) as { portals: { machines: unknown }[] }).portals[0]?.machines
}

describe('the address of Redis', () => {
  test('with a password is refused on the command line, without a word of it', async () => {
    const { code, stdout, stderr } = await runCli([...RAW, '--redis', `redis://:${PASSWORD}@127.0.0.1:1`])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      'bx24: --redis holds a password, and every user of the machine can see the command line.\n' +
        '  hint: Set BX24_REDIS, or BX24_REDIS_FILE to a file that holds the address, or redis in .bitrixrc (mode 0600).\n',
    )
  })

  test.each([
    'localhost:6379',
    `http://:${PASSWORD}@127.0.0.1`,
    `redis://:${PASSWORD}@127.0.0.1/0?db=1`,
    `redis://:${PASSWORD}@127.0.0.1/name`,
    `redis://:${PASSWORD}@127.0.0.1:99999`,
  ])('%j is none, and is not repeated', async (BX24_REDIS) => {
    const { code, stderr } = await runCli(RAW, { env: { BX24_REDIS } })
    expect(code).toBe(2)
    expect(stderr).toContain('BX24_REDIS must be the address of a Redis server such as redis://HOST:6379/0')
    expect(stderr).not.toContain(PASSWORD)
  })

  test('in a file of the configuration has to be closed to others if it holds a password', async () => {
    const cwd = tempFolder()
    const path = join(cwd, '.bitrixrc')
    writeFileSync(path, `redis: redis://:${PASSWORD}@127.0.0.1:1\n`)
    chmodSync(path, 0o644)
    const open = await runCli(['config'], { cwd })
    expect([open.code, open.stderr]).toEqual([
      2,
      `bx24: ${path} holds a password and is open to other users (mode 644).\n  hint: Close it with: chmod 600 ${path}\n`,
    ])
    chmodSync(path, 0o600)
    const { code, stdout } = await runCli(['config'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^redis +redis:\/\/:\*\*\*@127\.0\.0\.1:1\/0 +\S+\.bitrixrc$/m)
    writeFileSync(path, 'redis: redis://127.0.0.1:1\n')
    chmodSync(path, 0o644)
    expect((await runCli(['config'], { cwd })).code).toBe(0)
  })

  test('in a file that everybody may write, or that is not there, is refused', async () => {
    const cwd = tempFolder()
    const env = { BX24_REDIS_FILE: 'redis.txt' }
    expect((await runCli(['config'], { cwd, env })).stderr).toContain(
      'redis.txt, which cannot be read: ENOENT',
    )
    writeFileSync(join(cwd, 'redis.txt'), 'redis://127.0.0.1:1')
    chmodSync(join(cwd, 'redis.txt'), 0o646)
    const { code, stderr } = await runCli(['config'], { cwd, env })
    expect([code, stderr.includes('redis.txt, which every user may write (mode 646)')]).toEqual([2, true])
  })

  test('cannot be given as a variable and as the name of a file at once', async () => {
    const env = { BX24_REDIS: 'redis://127.0.0.1:1', BX24_REDIS_FILE: '/nowhere' }
    expect(await runCli(['config'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Both BX24_REDIS and BX24_REDIS_FILE are set.') as string,
    })
  })

  test('says what is missing where the package for Redis is not installed', () => {
    const folder = tempFolder()
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    const env = {
      ...process.env,
      BX24_WEBHOOK: 'https://example.bitrix24.com/rest/1/abcdefgh/',
      BX24_STATE_DIR: folder,
    }
    const words = [join(folder, 'bin/bx24.cjs'), 'get-all', 'crm.deal.list', '--redis', 'redis://127.0.0.1:1']
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      env,
      cwd: folder,
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Limits are shared over Redis with the package ioredis, which is not installed.')
  })
})

describe.skipIf(NO_REDIS !== undefined)('Redis is found', () => {
  test('by a flag, a variable, a file that a variable names, and a file of the configuration', async () => {
    const redis = await startRedis()
    const client = new Redis(redis.url)
    const portal = await scaledPortal({ rows: '20' })
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'redis.txt'), `${redis.url}\n`)
    expect(await machinesSeen(['--redis', redis.url], portal.env)).toEqual([])
    expect(await runCli([...RAW, '--redis', redis.url], { env: portal.env })).toMatchObject(OK)
    expect(await machinesSeen(['--redis', redis.url], portal.env)).toHaveLength(1)
    const env = { ...portal.env, BX24_REDIS: redis.url }
    await client.flushall()
    expect(await runCli(RAW, { env })).toMatchObject(OK)
    expect(await machinesSeen([], env)).toHaveLength(1)
    const byFile = { ...portal.env, BX24_REDIS_FILE: 'redis.txt' }
    await client.flushall()
    expect(await runCli(RAW, { env: byFile, cwd })).toMatchObject(OK)
    expect(await machinesSeen([], byFile, cwd)).toHaveLength(1)
    writeFileSync(join(cwd, '.bitrixrc'), `redis: ${redis.url}\n`)
    await client.flushall()
    expect(await runCli(RAW, { env: portal.env, cwd })).toMatchObject(OK)
    expect(await machinesSeen([], portal.env, cwd)).toHaveLength(1)
    client.disconnect()
    // And not where nothing is to be shared.
    const alone = ['--shared-limits', 'off', '--redis', 'redis://127.0.0.1:1']
    expect(await runCli([...RAW, ...alone], { env: portal.env })).toMatchObject(OK)
    expect(await runCli(['raw', 'crm.deal.list', '--sandbox', ...alone.slice(2)])).toMatchObject(OK)
  }, 60_000)

  test('with its password, which is shown nowhere', async () => {
    const redis = await startRedis({ password: PASSWORD })
    const portal = await scaledPortal({ rows: '20' })
    const url = `redis://:${PASSWORD}@127.0.0.1:${redis.port}`
    const loud = [...RAW, '-vv', '--trace-http=bodies', '--summary', 'json']
    const env = { ...portal.env, BX24_REDIS: url, BX24_DEBUG: '1' }
    const right = await runCli(loud, { env })
    expect(right.code).toBe(0)
    expect(right.stderr).not.toContain('cannot be used')
    const wrong = await runCli(loud, { env: { ...env, BX24_REDIS: url.replace('canary', 'canary0') } })
    expect(wrong.code).toBe(0)
    expect(wrong.stderr).toContain(
      `Redis at redis://:***@127.0.0.1:${redis.port}/0 cannot be used: WRONGPASS`,
    )
    const shown = await runCli(['limits', '--json'], { env })
    expect(shown.stdout).toContain(`"redis": "redis://:***@127.0.0.1:${redis.port}/0"`)
    const said = [right, wrong, shown].map(({ stdout, stderr }) => stdout + stderr).join('\n')
    expect(said).not.toMatch(/secret9word/)
  }, 60_000)

  test.skipIf(!HAS_OPENSSL)(
    'over TLS, if its certificate is good',
    async () => {
      const issuer = makeAuthority()
      const names = ['IP:127.0.0.1', 'DNS:localhost']
      const { file } = makeCertificate({ names, issuer })
      const redis = await startRedis({ tls: { cert: file, key: join(file, '..', 'key.pem') } })
      const portal = await scaledPortal({ rows: '20' })
      const env = { ...portal.env, BX24_REDIS: `rediss://localhost:${redis.port}` }
      const unknown = await runCli(RAW, { env })
      expect(unknown.code).toBe(0)
      expect(unknown.stderr).toMatch(/cannot be used: .*(certificate|issuer)/)
      expect(await runCli([...RAW, '--ca-file', issuer.file], { env })).toMatchObject(OK)
      expect(await machinesSeen(['--ca-file', issuer.file], env)).toHaveLength(1)
    },
    60_000,
  )
})

describe.skipIf(NO_REDIS !== undefined)('bx24 limits', () => {
  test('shows what all machines know, in words and for every portal; and this machine alone without Redis', async () => {
    const redis = await startRedis()
    const [one, other] = [await scaledPortal({ rows: '20' }), await scaledPortal({ rows: '20' })]
    const stateDir = tempFolder()
    for (const { env } of [one, other])
      await runCli(RAW, { env: { ...env, BX24_REDIS: redis.url }, stateDir })
    const shown = await runCli(['limits', '--redis', redis.url])
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    expect(
      shown.stdout.match(/^127\.0\.0\.1:\d+\n {2}Machines: 1 in the last ten seconds: \S+\.$/gm),
    ).toHaveLength(2)
    expect(shown.stdout).toMatch(
      /Requests: \d of 29 places are taken; \d+ may go at once, then 10 a second\./,
    )
    expect(shown.stdout).toContain('crm.deal.list')
    await redis.kill()
    const { code, stdout, stderr } = await runCli(['limits', '--redis', redis.url], {
      env: one.env,
      stateDir,
    })
    expect(code).toBe(0)
    expect(stderr).toContain(`warning: Redis at ${redis.url} cannot be used: connect ECONNREFUSED`)
    expect(stdout).toContain(`127.0.0.1:${one.sandbox.port}\n  Requests:`)
  }, 60_000)
})
