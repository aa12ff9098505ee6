import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list']

/** A list that claims to have more rows than it gives. */
const SHORT = always({ result: [{ ID: '1' }, { ID: '2' }], total: 5 })

test('every row is a line on standard output, in ascending id, and nothing else is said', async () => {
  const { code, stdout, stderr } = await runCli([...DEALS, '--sandbox=rows=120'])
  expect([code, stderr]).toEqual([0, ''])
  const ids = stdout
    .trimEnd()
    .split('\n')
    .map((line) => Number((JSON.parse(line) as { ID: string }).ID))
  expect(ids).toHaveLength(120)
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
})

test('a setting may stand before the command or behind it', async () => {
  const words = ['get-all', 'crm.deal.list', '--sandbox=rows=5']
  const before = await runCli(['--retries', '0', ...words])
  const behind = await runCli([...words, '--retries', '0'])
  expect([before.code, behind.code]).toEqual([0, 0])
  expect(before.stdout).toBe(behind.stdout)
})

test('a file has the same bytes as standard output', async () => {
  const cwd = tempFolder()
  const sandbox = '--sandbox=rows=300'
  const { stdout } = await runCli([...DEALS, sandbox])
  const { code, stdout: nothing, stderr } = await runCli([...DEALS, sandbox, '-o', 'deals.ndjson'], { cwd })
  expect([code, nothing, stderr]).toEqual([0, '', ''])
  expect(readFileSync(join(cwd, 'deals.ndjson'), 'utf8')).toBe(stdout)
  expect(readdirSync(cwd)).toEqual(['deals.ndjson'])
})

test('the portal is named by the environment, and standard output may be asked for by name', async () => {
  const portal = startCli(['sandbox', '--rows', '3'])
  const webhook = (await portal.says('\n')).trim()
  const { code, stdout } = await runCli([...DEALS, '-o', '-'], { env: { BX24_WEBHOOK: webhook } })
  portal.child.kill('SIGTERM')
  expect(code).toBe(0)
  expect(stdout.split('\n')).toHaveLength(4)
})

test.each([
  [['--select', 'ID', '--select', 'TITLE'], '--select'],
  [['-o', 'a', '--output', 'b'], '--output'],
  [['--limit', '1', '--limit', '2'], '--limit'],
  [['--retries', '1', '--retries', '2'], '--retries'],
])('an option given twice is refused: %j', async (words, name) => {
  const { code, stdout, stderr } = await runCli([...DEALS, '--sandbox=rows=5', ...words])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`${name} is given twice`)
})

test.each(['webhook', '.bitrixrc'])('the file %s, which the run reads, is not written over', async (name) => {
  const portal = await fakePortal(always({ result: [] }))
  const cwd = tempFolder()
  const text = name === 'webhook' ? portal.webhook() : 'retries: 0\n'
  writeFileSync(join(cwd, name), text, { mode: 0o600 })
  const env = name === 'webhook' ? { BX24_WEBHOOK_FILE: name } : { BX24_WEBHOOK: portal.webhook() }
  const { code, stderr } = await runCli([...DEALS, '-f', 'ndjson', '-o', name], { cwd, env })
  expect(code).toBe(2)
  expect(stderr).toContain('name the same file')
  expect(readFileSync(join(cwd, name), 'utf8')).toBe(text)
  expect(portal.requests).toEqual([])
})

test.each([
  ['an answer that is not understood', { result: { odd: 1 } }, 1],
  ['no rows at all', { result: [], total: 7 }, 3],
])(
  'a good file is not replaced by %s, even if the user takes what there is',
  async (_what, answer, expected) => {
    const portal = await fakePortal(always(answer))
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'keep.ndjson'), 'good\n')
    const words = ['get-all', 'some.thing.list', '--accept-partial', '-o', 'keep.ndjson']
    const { code } = await runCli(words, { cwd, env: { BX24_WEBHOOK: portal.webhook() } })
    expect(code).toBe(expected)
    expect(readFileSync(join(cwd, 'keep.ndjson'), 'utf8')).toBe('good\n')
  },
)

test('a method that may change something is not sent', async () => {
  const portal = await fakePortal(always({ result: true }))
  const env = { BX24_WEBHOOK: portal.webhook() }
  const { code } = await runCli(['get-all', 'crm.deal.delete', '-p', 'id=5'], { env })
  expect([code, portal.requests]).toEqual([2, []])
})

describe('an incomplete list', () => {
  async function run(...words: string[]): Promise<{ code: number | null; stderr: string; cwd: string }> {
    const portal = await fakePortal(SHORT)
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'rows.ndjson'), 'old\n')
    const env = { BX24_WEBHOOK: portal.webhook() }
    return { ...(await runCli(['get-all', 'department.get', ...words], { cwd, env })), cwd }
  }

  test('ends with 3, leaves the file alone and names the partial one', async () => {
    const { code, stderr, cwd } = await run('-o', 'rows.ndjson')
    expect(code).toBe(3)
    expect(stderr).toContain('The rows so far are in rows.ndjson.partial; rows.ndjson was left alone.')
    expect(readFileSync(join(cwd, 'rows.ndjson'), 'utf8')).toBe('old\n')
    expect(readFileSync(join(cwd, 'rows.ndjson.partial'), 'utf8')).toBe('{"ID":"1"}\n{"ID":"2"}\n')
  })

  test('replaces the file if that is accepted, and still ends with 3', async () => {
    const { code, stderr, cwd } = await run('-o', 'rows.ndjson', '--accept-partial')
    expect(code).toBe(3)
    expect(stderr).toContain('The rows so far are in rows.ndjson, as --accept-partial says.')
    expect(readFileSync(join(cwd, 'rows.ndjson'), 'utf8')).toBe('{"ID":"1"}\n{"ID":"2"}\n')
    expect(readdirSync(cwd)).toEqual(['rows.ndjson'])
  })
})

test('--accept-partial accepts nothing but incompleteness', async () => {
  const portal = await fakePortal(always({ error: 'ACCESS_DENIED', error_description: 'no' }, 403))
  const cwd = tempFolder()
  const env = { BX24_WEBHOOK: portal.webhook() }
  const { code } = await runCli([...DEALS, '-o', 'deals.ndjson', '--accept-partial'], { cwd, env })
  expect(code).toBe(4)
  expect(readdirSync(cwd)).toEqual([])
})

test("the portal's words are shown unchanged, but cannot drive the terminal", async () => {
  const error = { error: 'ERROR_CORE', error_description: 'Доступ \u001b[2Jзапрещён\n<br>' }
  const portal = await fakePortal(always(error, 400))
  const { stderr } = await runCli(DEALS, { env: { BX24_WEBHOOK: portal.webhook() } })
  expect(stderr).toContain('ERROR_CORE: Доступ запрещён <br>')
  expect(stderr).not.toContain('\u001b')
})

describe('nothing is sent', () => {
  test.each([
    ['for an output that would be another format', ['-o', 'deals.xlsx']],
    ['for an output in a folder that is not there', ['-o', 'missing/deals.ndjson']],
    ['for a parameter without a value', ['-p', 'x']],
    ['for the file that is read', ['--params', 'params.ndjson', '-o', 'params.ndjson']],
    ['with a wrong value in the environment', []],
  ])('%s', async (why, words) => {
    const portal = await fakePortal(SHORT)
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'params.ndjson'), '{}')
    const env = {
      BX24_WEBHOOK: portal.webhook(),
      ...(why.includes('environment') ? { BX24_TIMEOUT: 'x' } : {}),
    }
    const { code } = await runCli([...DEALS, ...words], { cwd, env })
    expect(code).toBe(2)
    expect(portal.requests).toEqual([])
  })
})

describe('standard output', () => {
  test('that is full ends with 74', async () => {
    const full = openSync('/dev/full', 'w')
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=120'], { stdio: ['pipe', full, 'pipe'] })
    closeSync(full)
    expect(code).toBe(74)
    expect(stderr).toContain('Cannot write to standard output: the disk is full (ENOSPC).')
  })

  test('whose reader goes away ends with 141, without a word', async () => {
    const { child, ended } = startCli([...DEALS, '--sandbox=rows=20000'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([141, ''])
  })

  test('that is a file holds every byte', async () => {
    const path = join(tempFolder(), 'out')
    const file = openSync(path, 'w')
    const { code } = await runCli([...DEALS, '--sandbox=rows=300'], { stdio: ['pipe', file, 'pipe'] })
    closeSync(file)
    expect(code).toBe(0)
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(301)
  })
})

test('a closed stderr loses messages, not the exit code', async () => {
  const { child, ended } = startCli([...DEALS, '-o', 'missing/x.ndjson', '--sandbox'])
  child.stderr?.destroy()
  expect((await ended).code).toBe(2)
})

describe('.bitrixrc of the working folder', () => {
  test('gives settings', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, '.bitrixrc'), 'batchSize: 0\n')
    const { code, stderr } = await runCli([...DEALS, '--sandbox'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('.bitrixrc: batchSize must be a whole number from 1 to 50, not "0"')
  })

  test('gives the webhook, which the environment overrules', async () => {
    const cwd = tempFolder()
    const denied = always({ error: 'ACCESS_DENIED', error_description: 'no' }, 403)
    const [ours, other] = [await fakePortal(denied), await fakePortal(denied)]
    writeFileSync(join(cwd, '.bitrixrc'), `{ "webhook": ${JSON.stringify(ours.webhook())} }`, { mode: 0o600 })
    expect((await runCli(DEALS, { cwd })).code).toBe(4)
    expect([ours.requests.length, other.requests.length]).toEqual([1, 0])
    await runCli(DEALS, { cwd, env: { BX24_WEBHOOK: other.webhook() } })
    expect([ours.requests.length, other.requests.length]).toEqual([1, 1])
  })

  test('that is code is refused, and not run', async () => {
    const cwd = tempFolder()
    for (const name of ['.bitrixrc.js', '.bitrixrc.cjs', '.bitrixrc.mjs', '.bitrixrc.ts']) {
      writeFileSync(join(cwd, name), "require('fs').writeFileSync('ran', '')")
    }
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=1'], { cwd })
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('is a program, and configurations are never run'),
    ])
    expect(readdirSync(cwd)).not.toContain('ran')
  })
})

test('in a pipe neither spinner nor configuration reader is loaded', async () => {
  const env = { NODE_DEBUG: 'esm,module' }
  const { stderr } = await runCli([...DEALS, '--sandbox=rows=1'], { env })
  // The debug output names every module that is loaded.
  expect(stderr).toContain('dist/sandbox.cjs')
  expect(stderr).not.toMatch(/node_modules\/cosmiconfig\/|dist\/spinner\.cjs/)
})
