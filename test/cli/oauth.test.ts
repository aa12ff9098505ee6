import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { oauthEnv } from '../support/oauth-env.ts'
import { type CliRun, runCli, startCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

async function portalWith(settings: Readonly<Record<string, string | string[]>> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(sandboxSettings({ plan: 'box', rows: '20', ...settings }))
  onTestFinished(() => sandbox.close())
  return sandbox
}

const TOKEN_SECONDS = 2

test('four processes on one credential export for many lives of their access', async () => {
  const sandbox = await portalWith({
    rows: '6000',
    'page-ms': '150',
    'token-seconds': String(TOKEN_SECONDS),
    'token-ms': '50',
  })
  const cwd = tempFolder()
  const how = { env: oauthEnv(sandbox, cwd), cwd, stateDir: tempFolder(), timeoutMs: 120_000 }
  const words = ['get-all', 'crm.deal.list', '--batch-size', '2', '--concurrency', '3', '--plan', 'box']
  const runs = await Promise.all([1, 2, 3, 4].map(() => runCli(words, how)))
  for (const { code, stderr, stdout } of runs) {
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toHaveLength(6001)
  }
  const { tokens } = sandbox.portal.stats
  expect(tokens.refused).toBe(0)
  expect(tokens.refresh).toBeGreaterThan(3)
  // Whatever was renewed had expired.
  const at = sandbox.portal.oauth.events.map((event) => event.at)
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(TOKEN_SECONDS * 1000)
}, 150_000)

test('an export that was killed goes on with other access, and the file is whole', async () => {
  const sandbox = await portalWith({ rows: '3000', 'page-ms': '20', 'token-seconds': '1' })
  const cwd = tempFolder()
  const how = { env: oauthEnv(sandbox, cwd), cwd, stateDir: tempFolder(), timeoutMs: 60_000 }
  const words = [
    'get-all',
    'crm.deal.list',
    '-o',
    'deals.ndjson',
    '--resume',
    '--batch-size',
    '1',
    '--plan',
    'box',
  ]
  const killed = startCli(
    [...words, '--progress', 'json', '--progress-interval', '100ms', '--concurrency', '1'],
    how,
  )
  await killed.says('"rows":')
  killed.child.kill('SIGKILL')
  await killed.ended
  expect(existsSync(join(cwd, 'deals.ndjson'))).toBe(false)
  expect(await runCli(words, how)).toMatchObject({ code: 0 })
  expect(readFileSync(join(cwd, 'deals.ndjson'), 'utf8').split('\n')).toHaveLength(3001)
  expect(sandbox.portal.stats.tokens.refused).toBe(0)
}, 90_000)

describe('no access', () => {
  async function runWith(fault: string, ...words: readonly string[]): Promise<CliRun> {
    const sandbox = await portalWith({ fault: `${fault}=100%` })
    const cwd = tempFolder()
    return runCli(['raw', 'profile', ...words], { env: oauthEnv(sandbox, cwd), cwd })
  }

  test.each([
    ['token-invalid-grant', /used up[^]*Sign in again: bx24 auth login/],
    ['token-payment', /subscription has ended[^]*in the portal/],
    ['token-wrong-client', /does not know the application[^]*client secret/],
    ['token-invalid-client', /does not know the application[^]*client secret/],
    ['token-not-installed', /not installed[^]*Install it/],
    ['expired-token', /expired_token/],
    ['invalid-token', /invalid_token/],
  ])('%s ends with 4 and says what to do', async (fault, said) => {
    const { code, stderr } = await runWith(fault)
    expect(code).toBe(4)
    expect(stderr).toMatch(said)
  })

  test.each([
    ['token-500', /authorization server 127\.0\.0\.1:\d+ gave no access/],
    ['token-reset', /broke during a renewal of the access/],
  ])('%s ends with 5, since it may pass', async (fault, said) => {
    const { code, stderr } = await runWith(fault, '--retries', '1')
    expect(code).toBe(5)
    expect(stderr).toMatch(said)
  })
})

test('no secret is shown or written but where it is kept, and that is closed to others', async () => {
  const sandbox = await portalWith({ 'token-seconds': '3600', fault: 'expired-token@1' })
  const cwd = tempFolder()
  const env = { ...oauthEnv(sandbox, cwd), BX24_DEBUG: '1' }
  const secrets = ['client-secret', 'refresh-token'].map((name) =>
    readFileSync(join(cwd, name), 'utf8').trim(),
  )
  const stateDir = tempFolder()
  const words = [
    '-o',
    'out.ndjson',
    '--summary-file',
    's.json',
    '--log-file',
    'log',
    '--trace-file',
    'trace',
    '-vv',
  ]
  const run = await runCli(['get-all', 'crm.deal.list', ...words, '--trace-http=bodies'], {
    env,
    cwd,
    stateDir,
  })
  expect(run.code).toBe(0)
  const pair = join(stateDir, 'tokens', readdirSync(join(stateDir, 'tokens'))[0] ?? '')
  const { tokens } = JSON.parse(readFileSync(pair, 'utf8')) as { tokens: Record<string, string> }
  secrets.push(tokens['access_token'] ?? '', tokens['refresh_token'] ?? '')
  secrets.push(...sandbox.portal.oauth.events.map(({ refreshToken = '' }) => refreshToken))
  expect(sandbox.portal.stats.tokens.refresh).toBe(2)
  const written = ['out.ndjson', 's.json', 'log', 'trace'].map((name) =>
    readFileSync(join(cwd, name), 'utf8'),
  )
  const shown = [run.stdout, run.stderr, ...written].join('\n')
  for (const secret of secrets) {
    expect(secret).toMatch(/^[0-9a-f]{32,}$/)
    expect(shown).not.toContain(secret)
  }
  for (const file of [pair, join(cwd, 'refresh-token')]) expect(statSync(file).mode & 0o077).toBe(0)
  expect(statSync(join(stateDir, 'tokens')).mode & 0o077).toBe(0)
})

describe('what the environment must say', () => {
  async function refused(change: (env: Record<string, string>, cwd: string) => void): Promise<CliRun> {
    const sandbox = await portalWith()
    const cwd = tempFolder()
    const env: Record<string, string> = { ...oauthEnv(sandbox, cwd), BX24_DEBUG: '1' }
    change(env, cwd)
    const run = await runCli(['raw', 'profile'], { env, cwd })
    expect([run.code, sandbox.portal.stats.requests, sandbox.portal.stats.tokens.refresh]).toEqual([2, 0, 0])
    return run
  }

  test.each<[string, string, (env: Record<string, string>, cwd: string) => void]>([
    ['all of it', 'config.oauth-incomplete', (env) => delete env['BX24_CLIENT_ID']],
    [
      'one portal',
      'config.portal-twice',
      (env) => (env['BX24_WEBHOOK'] = 'https://h.example/rest/1/abcdef/'),
    ],
    [
      'a portal that is encrypted',
      'config.portal-malformed',
      (env) => (env['BX24_PORTAL'] = 'http://crm.example.com'),
    ],
    [
      'no webhook as a portal',
      'config.portal-malformed',
      (env) => (env['BX24_PORTAL'] = 'https://h/rest/1/abc/?x'),
    ],
    [
      'a server of Bitrix24',
      'config.oauth-server',
      (env) => (env['BX24_OAUTH_SERVER'] = 'https://evil.example'),
    ],
    ['a secret that is there', 'config.unreadable', (_env, cwd) => unlinkSync(join(cwd, 'client-secret'))],
    [
      'a secret that says something',
      'config.client-secret-missing',
      (_env, cwd) => writeFileSync(join(cwd, 'client-secret'), ''),
    ],
    [
      'a secret of nobody else',
      'config.client-secret-file-exposed',
      (_env, cwd) => chmodSync(join(cwd, 'client-secret'), 0o622),
    ],
    [
      'a token of nobody else',
      'config.refresh-token-file-exposed',
      (_env, cwd) => chmodSync(join(cwd, 'refresh-token'), 0o622),
    ],
  ])('%s', async (_what, code, change) => {
    expect((await refused(change)).stderr).toContain(code)
  })
})
