import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkNode } from '../../src/cli/doctor/machine.ts'
import { checkPortal } from '../../src/cli/doctor/portal.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { type CliOptions, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const CANARY = 'canary7secret9code'

interface Report {
  exitCode: number
  checks: { name: string; status: string; message: string; hint?: string }[]
}

async function doctor(
  words: readonly string[],
  options: CliOptions = {},
): Promise<{ code: number | null; report: Report; said: string; of: (name: string) => string }> {
  const { code, stdout, stderr } = await runCli(['doctor', '--json', ...words], options)
  const report = JSON.parse(stdout) as Report
  const of = (name: string): string => report.checks.find((check) => check.name === name)?.status ?? 'absent'
  return { code, report, said: stdout + stderr, of }
}

test('all is well with a sandbox portal, and each check has its line', async () => {
  const { code, report, of } = await doctor(['crm.deal.list', '--sandbox'])
  expect([code, report.exitCode]).toEqual([0, 0])
  expect(of('method')).toBe('ok')
  expect(of('user')).toBe('ok')
  const { stdout } = await runCli(['doctor', '--sandbox'])
  for (const { name } of report.checks.filter((check) => check.name !== 'method')) {
    expect(stdout).toMatch(new RegExp(`^(ok|warning|skipped) +${name} `, 'm'))
  }
})

test('a method that does not exist fails', async () => {
  const { code, of } = await doctor(['crm.nothing.list', '--sandbox'])
  expect([code, of('method')]).toEqual([1, 'failed'])
})

test.each<[string, object, number, string, string]>([
  [
    'a credential that is refused',
    { error: 'INVALID_CREDENTIALS', error_description: `no ${CANARY}` },
    401,
    'portal',
    'failed',
  ],
  ['no administrator', answers({ ID: '7', ADMIN: false }, ['crm']), 200, 'user', 'warning'],
  ['a credential without scopes', answers({ ID: '7', ADMIN: true }, []), 200, 'scope', 'warning'],
])('%s is told', async (_what, answer, status, name, expected) => {
  const portal = await fakePortal(always(answer, status))
  const env = { BX24_WEBHOOK: portal.webhook(CANARY) }
  const { code, of, said } = await doctor([], { env })
  expect([of(name), code]).toEqual([expected, expected === 'failed' ? 4 : 0])
  expect(said).not.toContain(CANARY)
})

function answers(profile: object, scope: readonly string[]): object {
  return { result: { result: { profile, scope }, result_error: [] } }
}

test('without a credential the rest is skipped, and it says to sign in', async () => {
  const { code, of, said } = await doctor([])
  expect([code, of('credential'), of('tls'), of('portal')]).toEqual([4, 'failed', 'skipped', 'skipped'])
  expect(said).toContain('bx24 auth login')
})

test('a configuration that cannot be read is what is wrong', async () => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, '.bitrixrc'), 'retires: 3\n', { mode: 0o600 })
  const { code, of, said } = await doctor([], { cwd })
  expect([code, of('configuration'), of('credential')]).toEqual([1, 'failed', 'skipped'])
  expect(said).toContain('Did you mean retries?')
})

test('a portal where nobody listens, and a name that leads nowhere', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const env = { BX24_WEBHOOK: `http://127.0.0.1:${port}/rest/1/${CANARY}/` }
  const unreachable = await doctor([], { env })
  expect([unreachable.code, unreachable.of('dns'), unreachable.of('portal')]).toEqual([1, 'ok', 'failed'])
  const unknown = await doctor([], { env: { BX24_WEBHOOK: `https://portal.invalid/rest/1/${CANARY}/` } })
  expect([unknown.code, unknown.of('dns'), unknown.of('tls')]).toEqual([1, 'failed', 'failed'])
  expect(unreachable.said + unknown.said).not.toContain(CANARY)
})

test('locks of runs that have ended, their rows, and strange variables are told', async () => {
  const cwd = tempFolder()
  const pids = readlinkSync('/proc/self/ns/pid')
  // Above the highest number that Linux gives a process.
  const holder = { id: '0123456789ab', pid: 2 ** 22 + 1, host: hostname(), pids }
  writeFileSync(join(cwd, 'deals.ndjson.lock'), JSON.stringify(holder))
  writeFileSync(join(cwd, 'deals.ndjson.partial'), '')
  mkdirSync(join(cwd, 'folder.partial'))
  const { report } = await doctor(['--sandbox'], { cwd, env: { BX24_RETIRES: '1' } })
  const message = (name: string): string => report.checks.find((check) => check.name === name)?.message ?? ''
  expect(message('leftovers')).toContain('rows of runs that ended early: deals.ndjson.partial')
  expect(message('leftovers')).toContain('takes over: deals.ndjson.lock')
  expect(message('leftovers')).not.toContain('folder')
  expect(message('configuration')).toContain('BX24_RETIRES')
})

test.each([
  ['v20.20.2', '2026-04-01', 'ok'],
  ['v20.20.2', '2026-05-01', 'warning'],
  ['v24.1.0', '2026-05-01', 'ok'],
  ['v26.0.0', '2026-05-01', 'ok'],
])('Node.js %s on %s is %s', (version, day, status) => {
  expect(checkNode(version, Date.parse(day), { environment: {} }).status).toBe(status)
})

test.each([
  [0, 'ok'],
  [59_000, 'ok'],
  [-120_000, 'warning'],
  [120_000, 'warning'],
])('a clock that is %i ms ahead: %s', async (ahead, status) => {
  const startedAt = '2026-05-01T12:00:00+03:00'
  const caller = {
    call: () => Promise.reject(new Error('no')),
    batch: () => Promise.resolve({ outcomes: [], time: { startedAt } }),
  }
  const now = (): number => Date.parse(startedAt) + ahead
  const checks = await checkPortal(caller, undefined, { signal: new AbortController().signal, now })
  expect(checks.find(({ name }) => name === 'clock')?.status).toBe(status)
})
