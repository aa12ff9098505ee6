import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SETTINGS } from '../../src/cli/options.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const CANARY = 'canary7secret9code'
const WEBHOOK = `https://portal.example/rest/1/${CANARY}/`

interface Report {
  credential: { value: string | null; origin: string | null; from: string | null }
  portal: string | null
  proxy: { value: string | null; from: string | null }
  settings: Record<string, { value: string | null; origin: string | null; from: string | null }>
  files: { path: string; isThere: boolean }[]
}

/** Runs in a folder that holds `files` and is the home folder too. */
function config(
  words: readonly string[],
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): { cwd: string; ended: Promise<CliRun> } {
  const cwd = tempFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text, { mode: 0o600 })
  }
  return { cwd, ended: runCli(['config', ...words], { cwd, env }) }
}

test('without anything said, everything is a default', async () => {
  const { code, stdout, stderr } = await config(['--json']).ended
  expect([code, stderr]).toEqual([0, ''])
  const report = JSON.parse(stdout) as Report
  expect(report.credential).toEqual({ value: null, origin: null, from: null })
  expect(Object.keys(report.settings)).toEqual(Object.keys(SETTINGS))
  expect(report.settings['retries']).toEqual({ value: '5', origin: 'default', from: null })
  expect(report.files.map(({ isThere }) => isThere)).toEqual([false, false, false, false])
})

test('each value comes with its flag, variable or file, and the credential is ***', async () => {
  const files = {
    '.bitrixrc': 'retries: 1\ntimeout: 30s\nmaxWait: 5m\n',
    '.config/bx24/config.json': JSON.stringify({ webhook: WEBHOOK, retries: 2, tps: 1, timeout: '20s' }),
  }
  const env = {
    BX24_TIMEOUT: '40s',
    BX24_RETRIES: '3',
    HTTPS_PROXY: `http://me:${CANARY}@proxy.example:3128`,
  }
  const { cwd, ended } = config(['--json', '--retries', '4'], files, env)
  const { code, stdout, stderr } = await ended
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).not.toContain(CANARY)
  const { credential, portal, proxy, settings } = JSON.parse(stdout) as Report
  const user = join(cwd, '.config/bx24/config.json')
  expect(settings['retries']).toEqual({ value: '4', origin: 'flag', from: '--retries' })
  expect(settings['timeout']).toEqual({ value: '40s', origin: 'environment', from: 'BX24_TIMEOUT' })
  expect(settings['maxWait']).toEqual({ value: '5m', origin: 'file', from: join(cwd, '.bitrixrc') })
  expect(settings['tps']).toEqual({ value: '1', origin: 'file', from: user })
  expect(credential).toEqual({ value: 'webhook ***', origin: 'file', from: user })
  expect(portal).toBe('portal.example')
  expect(proxy).toMatchObject({ value: 'http://proxy.example:3128', from: 'HTTPS_PROXY' })
})

test('the table for people says the same', async () => {
  const { cwd, ended } = config([], { '.bitrixrc': `webhook: ${WEBHOOK}\n` }, { BX24_PLAN: 'enterprise' })
  const { stdout } = await ended
  expect(stdout).toMatch(/^credential +webhook \*\*\* +\S+\.bitrixrc$/m)
  expect(stdout).toMatch(/^portal +portal\.example +credential$/m)
  expect(stdout).toMatch(/^plan +enterprise +BX24_PLAN$/m)
  expect(stdout).toMatch(/^maxWait +15m +default$/m)
  expect(stdout).toContain(`  ${join(cwd, '.bitrixrc')}\n`)
  expect(stdout).toContain(`  ${join(cwd, '.config/bx24/config.yml')} (not there)\n`)
  expect(stdout).not.toContain(CANARY)
})

test('a variable that means nothing is told', async () => {
  const { stderr } = await config([], {}, { BX24_RETIRES: '3' }).ended
  expect(stderr).toBe('bx24: warning: BX24_RETIRES is set, but means nothing; did you mean BX24_RETRIES?\n')
})

test('the schema is printed', async () => {
  const { code, stdout } = await config(['schema']).ended
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toHaveProperty('properties.webhook')
})

describe('with exit code 2 and one clear message ends', () => {
  test.each<[string, readonly string[], Record<string, string>, Record<string, string>, string]>([
    ['an unknown key', [], { '.bitrixrc': 'retires: 1' }, {}, 'Did you mean retries?'],
    ['an unknown key of the user', [], { '.config/bx24/config.yml': 'x: 1' }, {}, 'Known keys: webhook'],
    ['a malformed file', [], { '.bitrixrc': '{' }, {}, '.bitrixrc is not valid JSON'],
    ['a malformed file of the user', [], { '.config/bx24/config.json': 'a: b' }, {}, 'is not valid JSON'],
    ['a folder', [], { '.bitrixrc/x': '' }, {}, 'is a folder, not a file'],
    ['a wrong value', [], { '.bitrixrc': 'tps: -1' }, {}, '.bitrixrc: tps must be a number above 0'],
    ['a profile of a file', [], { '.bitrixrc': 'profile: x' }, {}, 'There is no profile "x", which'],
    ['a profile of a flag', ['--profile', 'x'], {}, {}, 'which --profile names'],
    ['a profile of a variable', [], {}, { BX24_PROFILE: 'x' }, 'which BX24_PROFILE names'],
    ['profiles of a project', [], { '.bitrixrc': 'profiles: {}' }, {}, 'that belongs to its user'],
    [
      'a command of a project',
      [],
      { '.bitrixrc': 'credentialCommand: [touch, ran]' },
      {},
      'a project must not make bx24 run a command',
    ],
    ['two webhooks', [], {}, { BX24_WEBHOOK: WEBHOOK, BX24_WEBHOOK_FILE: 'x' }, 'Both BX24_WEBHOOK and'],
    ['a word that it does not know', ['list'], {}, {}, 'knows nothing of "list"'],
    [
      'a proxy that is none',
      [],
      {},
      { BX24_WEBHOOK: WEBHOOK, HTTPS_PROXY: `socks5://me:${CANARY}@p:1` },
      'HTTPS_PROXY holds no address of an HTTP proxy',
    ],
  ])('%s', async (_what, words, files, env, said) => {
    const { code, stdout, stderr } = await config(words, files, env).ended
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/^bx24: [^\n]+\n( {2}hint: [^\n]+\n)?$/)
    expect(stderr).not.toContain(CANARY)
  })

  test.each(['.bitrixrc', '.config/bx24/config.yaml'])(
    '%s with a webhook that others may read',
    async (name) => {
      const cwd = tempFolder()
      mkdirSync(dirname(join(cwd, name)), { recursive: true })
      writeFileSync(join(cwd, name), `webhook: ${WEBHOOK}`)
      chmodSync(join(cwd, name), 0o644)
      const { code, stderr } = await runCli(['config'], { cwd })
      expect(code).toBe(2)
      expect(stderr).toContain(`chmod 600 ${join(cwd, name)}`)
      expect(stderr).not.toContain(CANARY)
    },
  )
})

test('code beside the file is refused, and not run', async () => {
  const names = ['.bitrixrc.js', '.bitrixrc.cjs', '.bitrixrc.mjs', '.bitrixrc.ts', '.config/bx24/config.js']
  const code = "require('fs').writeFileSync('ran', '')"
  const { cwd, ended } = config([], {
    '.bitrixrc': 'retries: 1',
    ...Object.fromEntries(names.map((name) => [name, code])),
  })
  const { code: exitCode, stderr } = await ended
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('configurations are never run')])
  expect(existsSync(join(cwd, 'ran'))).toBe(false)
})

test('a relative caFile begins at the folder of its file, as a flag at the working folder', async () => {
  const run = ['get-all', 'crm.deal.list']
  const { cwd } = config([], { '.config/bx24/config.yaml': 'caFile: ca.pem' })
  const env = { BX24_WEBHOOK: WEBHOOK }
  expect((await runCli(run, { cwd, env })).stderr).toContain(join(cwd, '.config/bx24/ca.pem'))
  expect((await runCli([...run, '--ca-file', 'ca.pem'], { cwd, env })).stderr).toContain(join(cwd, 'ca.pem'))
})

test('of webhooks, the environment comes before the working folder, and that before the user', async () => {
  const denied = always({ error: 'ACCESS_DENIED', error_description: 'no' }, 403)
  const [user, project, environment] = [
    await fakePortal(denied),
    await fakePortal(denied),
    await fakePortal(denied),
  ]
  const { cwd } = config([], { '.config/bx24/config.yaml': `webhook: ${user.webhook()}` })
  const asked = (): number[] => [user, project, environment].map(({ requests }) => requests.length)
  await runCli(['get-all', 'crm.deal.list'], { cwd })
  expect(asked()).toEqual([1, 0, 0])
  writeFileSync(join(cwd, '.bitrixrc'), `webhook: ${project.webhook()}`, { mode: 0o600 })
  await runCli(['get-all', 'crm.deal.list'], { cwd })
  expect(asked()).toEqual([1, 1, 0])
  await runCli(['get-all', 'crm.deal.list'], { cwd, env: { BX24_WEBHOOK: environment.webhook() } })
  expect(asked()).toEqual([1, 1, 1])
})
