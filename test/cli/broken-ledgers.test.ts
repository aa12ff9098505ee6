import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { SCALED, scaledPortal } from '../support/scaled-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list', ...SCALED]
const DAY_MS = 86_400_000

const bucket = { level: 3, at: Date.now(), refusals: 0, places: 29, perSecond: 10 }

/** What may lie where the ledger should, and what is said of it; nothing if it can be used. */
const LEDGERS: readonly (readonly [string, () => string | Buffer, string | undefined])[] = [
  ['random bytes', () => randomBytes(3000), 'could not be read and is begun anew'],
  ['nothing', () => '', 'could not be read and is begun anew'],
  [
    'half of one',
    () => '{"version":1,"host":"127.0.0.1","bucket":{"lev',
    'could not be read and is begun anew',
  ],
  ['two megabytes', () => Buffer.alloc(2_000_000, '1'), 'could not be read and is begun anew'],
  ['another version', () => '{"version":2,"host":"127.0.0.1"}', 'is of another version of bx24'],
  [
    'another shape',
    () => '{"version":1,"host":"127.0.0.1","bucket":[],"waiting":7,"methods":{"a b":{"charges":"x"}}}',
    undefined,
  ],
  ['the future', () => ledgerAt(Date.now() + DAY_MS, 3), undefined],
  ['a level that cannot be', () => ledgerAt(Date.now(), 1e12), undefined],
  ['a time that cannot be', () => ledgerAt(8.64e15, 10), undefined],
]

function ledgerAt(at: number, level: number): string {
  const until = at + 600_000
  const method = {
    charges: [{ seconds: 1, since: at, expiresAt: until }],
    reserved: { gone: { seconds: 1, until } },
    billRatio: 1,
    workedSeconds: 5,
    blockedUntil: 0,
    isInDoubt: false,
    usedAt: at,
  }
  const waiting = { gone: { who: 'x', method: 'x', reason: 'bucket', since: at, until } }
  const methods = { 'deadbeef crm.deal.list': method }
  return JSON.stringify({
    version: 1,
    host: '127.0.0.1',
    bucket: { ...bucket, at, level },
    waiting,
    methods,
  })
}

test.each(LEDGERS)(
  'a ledger of %s stops nobody',
  async (_what, content, said) => {
    const portal = await scaledPortal({ rows: '600' })
    const stateDir = tempFolder()
    const path = join(stateDir, 'limits', `127.0.0.1%3A${portal.sandbox.port}.json`)
    mkdirSync(join(stateDir, 'limits'))
    writeFileSync(path, content())
    const how = { env: portal.env, stateDir, timeoutMs: 60_000 }
    const loud = await runCli([...DEALS, '-v'], how)
    expect(loud.code).toBe(0)
    if (said === undefined) expect(loud.stderr).not.toContain('shared limits')
    else expect(loud.stderr.split('shared limits:')).toHaveLength(2)
    expect(loud.stderr).toContain(said ?? '')
    expect(loud.stdout.split('\n')).toHaveLength(601)
    expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
    const isLeftAlone = content().toString().startsWith('{"version":2')
    expect(readFileSync(path, 'utf8').startsWith('{"version":1')).toBe(!isLeftAlone)
  },
  60_000,
)

/** Folders in which nothing can be written, whoever tries. */
const FOLDERS: readonly (readonly [string, () => string])[] = [
  [
    'is a file',
    () => {
      const file = join(tempFolder(), 'file')
      writeFileSync(file, '')
      return file
    },
  ],
  ['cannot be made', () => '/proc/bx24'],
  [
    'holds a folder instead of the ledger',
    () => {
      const folder = tempFolder()
      mkdirSync(join(folder, 'limits'))
      return folder
    },
  ],
]

test.each(FOLDERS)('a state folder that %s is said under -v alone, and stops nobody', async (_what, make) => {
  const portal = await scaledPortal({ rows: '600' })
  const stateDir = make()
  const path = join(stateDir, 'limits', `127.0.0.1%3A${portal.sandbox.port}.json`)
  if (existsSync(join(stateDir, 'limits'))) mkdirSync(path)
  const how = { env: portal.env, stateDir }
  const loud = await runCli([...DEALS, '-v'], how)
  expect([loud.code, loud.stderr.split('shared limits:').length]).toEqual([0, 2])
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  expect(await runCli([...DEALS], how)).toMatchObject({ code: 0, stderr: '' })
})

test('four programs that cannot write the ledger are refused now and then, and that is all', async () => {
  const portal = await scaledPortal({ rows: '1000' })
  const how = { env: portal.env, stateDir: '/proc/bx24', timeoutMs: 60_000 }
  const runs = await Promise.all([1, 2, 3, 4].map(() => runCli(DEALS, how)))
  for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(portal.sandbox.portal.stats.violations.bucket).toBeLessThan(0.5 * portal.sent())
}, 60_000)

/** Writing fails as on a full disk: all at once, or after some bytes and without an error. */
test.each([
  [
    'fails',
    '() => { throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }) }',
  ],
  ['writes a part', '(file, text) => real(file, text.slice(0, 10))'],
])('on a full disk that %s the run goes on', async (_how, writeSync) => {
  const portal = await scaledPortal({ rows: '600' })
  const stateDir = tempFolder()
  const code = `import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const real = fs.writeSync
    fs.writeSync = ${writeSync}
    syncBuiltinESMExports()`
  const env = {
    ...portal.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
  }
  const { code: exit, stderr } = await runCli([...DEALS, '-v', '-o', 'deals.ndjson'], { env, stateDir })
  expect([exit, stderr.split('shared limits:').length]).toEqual([0, 2])
  expect(portal.sandbox.portal.stats.violations.bucket).toBe(0)
  expect(await runCli(DEALS, { env: portal.env, stateDir })).toMatchObject({ code: 0, stderr: '' })
})

test('what a program that was killed has locked is had after a second', async () => {
  const portal = await scaledPortal({ rows: '100' })
  const stateDir = tempFolder()
  const path = join(stateDir, 'limits', `127.0.0.1%3A${portal.sandbox.port}.json`)
  mkdirSync(join(stateDir, 'limits'))
  writeFileSync(`${path}.lock`, '{"version":1,"ho')
  const startedAt = performance.now()
  const run = await runCli([...DEALS, '-v'], { env: portal.env, stateDir })
  expect(run.code).toBe(0)
  expect(run.stderr).not.toContain('shared limits')
  expect(performance.now() - startedAt).toBeLessThan(6_000)
  expect([existsSync(`${path}.lock`), existsSync(path)]).toEqual([false, true])
})
