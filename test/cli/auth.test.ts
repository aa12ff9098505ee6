import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runInTerminal } from '../support/pty.ts'
import { type CliOptions, type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const CANARY = 'canary7secret9code'
const STORED = '.config/bx24/credentials'

const ANSWERS = {
  result: {
    result: { profile: { ID: '7', ADMIN: false, NAME: 'Ann', LAST_NAME: 'Lee' }, scope: ['crm', 'user'] },
    result_error: [],
  },
}

function auth(home: string, words: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return runCli(['auth', ...words], { cwd: home, ...options })
}

/** A home folder with these profiles signed in, at a portal that says yes. */
async function signedIn(
  ...names: readonly string[]
): Promise<{ home: string; portal: Awaited<ReturnType<typeof fakePortal>> }> {
  const portal = await fakePortal(always(ANSWERS))
  const home = tempFolder()
  for (const name of names) {
    const { code } = await auth(home, ['login', name, '--stdin'], { stdin: `${portal.webhook(CANARY)}\n` })
    expect(code).toBe(0)
  }
  return { home, portal }
}

test('login keeps what the portal takes, for its owner alone, and says as whom', async () => {
  const portal = await fakePortal(always(ANSWERS))
  const home = tempFolder()
  const { code, stdout, stderr } = await auth(home, ['login', '--stdin'], { stdin: portal.webhook(CANARY) })
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('as Ann Lee (7), no administrator')
  const path = join(home, STORED, 'default.json')
  expect(readFileSync(path, 'utf8')).toContain(CANARY)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  expect(stderr).not.toContain(CANARY)
  expect(readdirSync(dirname(path)).sort()).toEqual(['default', 'default.json'])
})

test('the first profile is the one that is used where none is named, until another is switched to', async () => {
  const { home } = await signedIn('one', 'two')
  const used = async (): Promise<unknown> =>
    (JSON.parse((await auth(home, ['status', '--json'])).stdout) as { profile: unknown }).profile
  expect(await used()).toBe('one')
  expect((await auth(home, ['switch', 'two'])).code).toBe(0)
  expect(await used()).toBe('two')
  expect((await auth(home, ['logout'])).code).toBe(0)
  expect(existsSync(join(home, STORED, 'two.json'))).toBe(false)
  expect(await used()).toBeNull()
})

test('a webhook is asked for at the terminal, and not shown', async () => {
  const portal = await fakePortal(always(ANSWERS))
  const { raw } = await runInTerminal('auth login acme', {
    type: { at: /not shown\): /, keys: `${portal.webhook(CANARY)}\r` },
  })
  expect(raw).toContain('Signed in to 127.0.0.1')
  expect(raw).toContain('exit 0')
  expect(raw).not.toContain(CANARY)
})

test('status asks the portal only if it is told to', async () => {
  const { home, portal } = await signedIn('acme')
  const before = portal.requests.length
  const quiet = await auth(home, ['status'])
  expect(quiet.stdout).toMatch(/^checked +no; add --check$/m)
  expect(quiet.stdout).toMatch(/^user +1$/m)
  expect(portal.requests.length).toBe(before)
  const { stdout } = await auth(home, ['--check'])
  expect(stdout).toMatch(/^checked +the portal takes it$/m)
  expect(stdout).toMatch(/^scopes +crm, user$/m)
  expect(portal.requests.length).toBe(before + 1)
  expect(quiet.stdout + stdout).not.toContain(CANARY)
})

test('a credential that the portal refuses is not kept', async () => {
  const refusal = { error: 'INVALID_CREDENTIALS', error_description: 'Invalid request credentials' }
  const portal = await fakePortal(always(refusal, 401))
  const home = tempFolder()
  const { code, stderr } = await auth(home, ['login', '--stdin'], { stdin: portal.webhook(CANARY) })
  expect(code).toBe(4)
  expect(stderr).toContain('INVALID_CREDENTIALS')
  expect(stderr).not.toContain(CANARY)
  expect(existsSync(join(home, STORED))).toBe(false)
})

test.each<[string, readonly string[], string, string]>([
  ['what is no webhook', ['login', '--stdin'], `https://x.example/${CANARY}`, 'is not /rest/USER_ID/CODE/'],
  ['nothing', ['login', '--stdin'], '', 'Standard input is empty'],
  ['no terminal', ['login'], '', 'There is no terminal'],
  ['a path for a name', ['login', '../x', '--stdin'], 'x', 'must have a name of letters'],
  ['a word that it does not know', ['lgoin'], '', 'knows nothing of "lgoin"'],
  ['two names', ['login', 'a', '--profile', 'b'], '', 'given twice'],
  ['a profile that there is not', ['switch', 'x'], '', 'There is no profile "x"'],
  ['nothing to sign out of', ['logout', 'x'], '', 'is not signed in'],
  ['nothing to renew', ['refresh'], '', 'No profile is signed in'],
  [
    'a portal without an application',
    ['login', '--portal', 'x.bitrix24.com'],
    '',
    '--portal needs --client-id',
  ],
  ['an application without a portal', ['login', '--client-id', 'x'], '', 'nothing says of which portal'],
  ['a portal that is none', ['login', '--portal', 'ftp://x', '--client-id', 'x'], '', 'must be the address'],
])('with exit code 2 ends %s', async (_what, words, stdin, said) => {
  const { code, stdout, stderr } = await auth(tempFolder(), words, { stdin })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(said)
  expect(stderr).not.toContain(CANARY)
})

test('a stored credential that others may read is refused', async () => {
  const home = tempFolder()
  mkdirSync(join(home, STORED), { recursive: true })
  const stored = { version: 1, kind: 'webhook', webhook: `https://x.example/rest/1/${CANARY}/` }
  writeFileSync(join(home, STORED, 'a.json'), JSON.stringify(stored), { mode: 0o644 })
  const { code, stderr } = await runCli(['get-all', 'crm.deal.list', '--profile', 'a'], { cwd: home })
  expect(code).toBe(2)
  expect(stderr).toContain('is open to other users')
  expect(stderr).not.toContain(CANARY)
})

test('a profile in the own configuration that is always used cannot be switched away from', async () => {
  const { home } = await signedIn('a', 'b')
  writeFileSync(join(home, '.config/bx24/config.yaml'), 'profile: a\n', { mode: 0o600 })
  const { code, stderr } = await auth(home, ['switch', 'b'])
  expect(code).toBe(2)
  expect(stderr).toContain('Change profile there')
})

test('logout and refresh mean the profile that a run would use, and nothing else', async () => {
  const { home } = await signedIn('one', 'two')
  writeFileSync(join(home, '.config/bx24/config.yaml'), 'profile: two\n', { mode: 0o600 })
  expect((await auth(home, ['refresh'])).stderr).toContain('The profile "two" is a webhook')
  const env = { BX24_WEBHOOK: 'https://x.example/rest/1/abcdef/' }
  const beside = await auth(home, ['logout'], { env })
  expect([beside.code, beside.stderr]).toEqual([2, expect.stringContaining('it comes from BX24_WEBHOOK')])
  expect((await auth(home, ['logout'])).code).toBe(0)
  expect(readdirSync(join(home, STORED)).sort()).toEqual(['default', 'one.json'])
})

test('nothing is kept that the configuration would overrule', async () => {
  const { home, portal } = await signedIn()
  mkdirSync(join(home, '.config/bx24'), { recursive: true })
  const config = 'profiles: { a: { credentialCommand: [cat, x] } }\n'
  writeFileSync(join(home, '.config/bx24/config.yaml'), config, { mode: 0o600 })
  const { code, stderr } = await auth(home, ['login', 'a', '--stdin'], { stdin: portal.webhook(CANARY) })
  expect(code).toBe(2)
  expect(stderr).toContain('says what opens the profile "a" (credentialCommand)')
  expect([existsSync(join(home, STORED)), portal.requests]).toEqual([false, []])
})

test('a webhook in the place of a portal is refused, and not shown', async () => {
  const portal = `https://acme.bitrix24.com/rest/1/${CANARY}/`
  const words = ['login', 'a', '--portal', portal, '--client-id', 'x', '--no-browser']
  const { code, stderr } = await auth(tempFolder(), words)
  expect(code).toBe(2)
  expect(stderr).not.toContain(CANARY)
})
