import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list', '-o', 'd.ndjson']
const SANDBOX = '--sandbox=rows=300'

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('-v tells of retries and waits, -vv of every request, with the time', async () => {
  const faulty = '--sandbox=rows=300,fault=http-503@1'
  const info = await runCli([...DEALS, faulty, '-v'])
  expect(info.stderr).toMatch(/^\d{4}-\S+Z info retry 1 of crm\.deal\.list: .*HTTP 503/m)
  expect(info.stderr).toMatch(/info waiting for the next attempt until/)
  expect(info.stderr).not.toContain('debug')
  const debug = await runCli([...DEALS, SANDBOX, '-vv'])
  expect(debug.stderr.match(/debug request \d+: crm\.deal\.list/g)?.length).toBeGreaterThan(1)
  expect((await runCli([...DEALS, SANDBOX], { env: { BX24_LOG_LEVEL: 'debug' } })).stderr).toContain(
    ' debug ',
  )
})

test('--log-format json: every line is an object, whatever goes wrong', async () => {
  const portal = await fakePortal(always({ error: 'ERROR_CORE', error_description: 'no' }, 400))
  const env = { BX24_WEBHOOK: portal.webhook() }
  const runs = [
    [...DEALS, SANDBOX, '-vv', '--trace-http=bodies', '--summary', 'full'],
    [...DEALS, SANDBOX, '--progress', 'plain', '--progress-interval', '20ms'],
    [...DEALS, '--no-such-option'],
    [...DEALS, '--where', 'x'],
    [...DEALS, '--retries', '0'],
    ['no-such-command'],
    [],
  ]
  for (const words of runs) {
    for (const [flags, more] of [
      [['--log-format', 'json'], {}],
      [[], { BX24_LOG_FORMAT: 'json' }],
    ] as const) {
      const { stderr } = await runCli([...words, ...flags], { env: { ...env, ...more } })
      if (stderr !== '') expect(jsonLines(stderr).every((line) => typeof line === 'object')).toBe(true)
    }
  }
  const { stderr, code } = await runCli([...DEALS, '--log-format=json'], { env })
  expect(jsonLines(stderr)).toMatchObject([
    { type: 'error', exit: code, code: 'portal.refused' },
    { type: 'summary', exit: code, rows: 0, errors: [{ code: 'portal.refused', count: 1 }] },
  ])
})

test('a failure is summed up, its errors are grouped, and the command to go on is one to be pasted', async () => {
  const portal = await fakePortal((_request, response) => void response.writeHead(503).end('down'))
  const words = [...DEALS, '--where', "TITLE ~ it's", '--retries', '2']
  const { code, stderr } = await runCli(words, { env: { BX24_WEBHOOK: portal.webhook() } })
  expect(code).toBe(5)
  expect(stderr).toMatch(/ {2}until then: 0 rows, 4 requests, 2 retries, /)
  expect(stderr).toContain(
    `  next: run again: bx24 get-all crm.deal.list -o d.ndjson --where 'TITLE ~ it'\\''s' --retries 2\n`,
  )
  const full = await runCli([...words, '--summary', 'full'], { env: { BX24_WEBHOOK: portal.webhook() } })
  expect(full.stderr).toMatch(/error: {7}3 times: .*HTTP 503/)
})

test('a command with a secret in it is not repeated', async () => {
  const portal = await fakePortal((_request, response) => void response.writeHead(503).end('down'))
  const words = [...DEALS, '--where', 'TITLE = access_token=canary7secret9code', '--retries', '0']
  const { stderr } = await runCli(words, { env: { BX24_WEBHOOK: portal.webhook() } })
  expect(stderr).toContain('next: run again: the same command')
  expect(stderr).not.toContain('canary7secret9code')
})

test('-q leaves errors alone', async () => {
  const { code, stderr } = await runCli([...DEALS, '-q', '--progress', 'plain', '--summary', 'text', SANDBOX])
  expect([code, stderr]).toEqual([0, ''])
  const failed = await runCli([...DEALS, '-q', '--where', 'x'])
  expect(failed.stderr).toMatch(/^bx24: /)
  expect((await runCli([...DEALS, '-q', '-v', SANDBOX])).code).toBe(2)
})

test('--summary text and --summary-file report a success without a terminal, too', async () => {
  const cwd = tempFolder()
  const { stderr } = await runCli([...DEALS, SANDBOX, '--summary=text', '--summary-file', 's.json'], { cwd })
  expect(stderr).toMatch(/^300 rows, \d requests, [\d.]+ s -> d\.ndjson \(\d+ kB\)\n$/)
  expect(jsonLines(readFileSync(join(cwd, 's.json'), 'utf8'))).toMatchObject([
    { type: 'summary', exit: 0, rows: 300, bytesWritten: statSync(join(cwd, 'd.ndjson')).size },
  ])
})

test('--log-file is added to, for its owner alone, and stderr stays quiet', async () => {
  const cwd = tempFolder()
  for (const expected of [1, 2]) {
    const { code, stderr } = await runCli([...DEALS, SANDBOX, '-vv', '--log-file', 'run.log'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    const text = readFileSync(join(cwd, 'run.log'), 'utf8')
    expect(text.match(/debug request 1: /g)).toHaveLength(expected)
  }
  expect(statSync(join(cwd, 'run.log')).mode & 0o777).toBe(0o600)
  const failed = await runCli([...DEALS, '--log-file', 'run.log', '--log-level', 'info', '-p', 'a=1'], {
    cwd,
  })
  expect(failed.stderr).toContain('bx24: ')
  expect(readFileSync(join(cwd, 'run.log'), 'utf8')).toMatch(/Z error bx24: /)
})

test.each(['--log-file', '--trace-file', '--summary-file'])(
  '%s does not follow a symlink that somebody else may have put there',
  async (flag) => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'precious'), 'mine')
    symlinkSync('precious', join(cwd, 'planted'))
    const { code, stderr } = await runCli([...DEALS, SANDBOX, '--trace-http', flag, 'planted'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('symlink')
    expect(readFileSync(join(cwd, 'precious'), 'utf8')).toBe('mine')
    mkdirSync(join(cwd, 'folder'))
    expect((await runCli([...DEALS, SANDBOX, '--trace-http', flag, 'folder'], { cwd })).code).toBe(2)
  },
)

test('a trace goes to its own file, and errors alone leave good runs out of it', async () => {
  const cwd = tempFolder()
  await runCli([...DEALS, SANDBOX, '--trace-http=curl', '--trace-file', 'trace'], { cwd })
  expect(readFileSync(join(cwd, 'trace'), 'utf8')).toMatch(/^curl -sS "\$\{BX24_WEBHOOK%\/\}\/batch\.json"/)
  expect(statSync(join(cwd, 'trace')).mode & 0o777).toBe(0o600)
  await runCli([...DEALS, SANDBOX, '--trace-http=errors', '--trace-file', 'errors'], { cwd })
  expect(readFileSync(join(cwd, 'errors'), 'utf8')).toBe('')
  expect((await runCli([...DEALS, SANDBOX, '--trace-file', 'x'], { cwd })).code).toBe(2)
  expect((await runCli([...DEALS, SANDBOX, '--trace-http=all'], { cwd })).code).toBe(2)
  expect(existsSync(join(cwd, 'x'))).toBe(false)
})
