import { existsSync, linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list']

describe('two options that name one file are refused before it is touched:', () => {
  test.each([
    ['the output and the report', ['-o', 'old', '--summary-file', 'old']],
    ['the output and the log', ['-o', 'old', '--log-file', 'old', '-v']],
    ['the output and the trace', ['-o', 'old', '--trace-http', '--trace-file', 'old']],
    ['the report and what the output waits in', ['-o', 'old', '--summary-file', 'old.partial']],
    ['the parameters and the report', ['--params', 'old', '--summary-file', 'old']],
    ['a parameter and the log', ['-P', 'filter=@old', '--log-file', './old']],
    ['the log and the report', ['--log-file', 'old', '--summary-file', 'old']],
    ['a symlink', ['-o', 'link', '--summary-file', 'old']],
    ['a second name', ['-o', 'twin', '--summary-file', 'old']],
    ['a file that is not there yet', ['-o', 'new', '--summary-file', './new']],
  ])('%s', async (_what, words) => {
    const portal = await fakePortal(always({ result: [] }))
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'old'), '{}\n')
    symlinkSync('old', join(cwd, 'link'))
    linkSync(join(cwd, 'old'), join(cwd, 'twin'))
    const { code, stderr } = await runCli([...DEALS, ...words], {
      cwd,
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(code).toBe(2)
    expect(stderr).toContain('name the same file')
    expect(readFileSync(join(cwd, 'old'), 'utf8')).toBe('{}\n')
    expect([existsSync(join(cwd, 'new')), portal.requests]).toEqual([false, []])
  })

  test('the webhook and the report', async () => {
    const portal = await fakePortal(always({ result: [] }))
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'wh'), portal.webhook())
    const words = [...DEALS, '--summary-file', 'wh']
    const { code } = await runCli(words, { cwd, env: { BX24_WEBHOOK_FILE: 'wh' } })
    expect(code).toBe(2)
    expect(readFileSync(join(cwd, 'wh'), 'utf8')).toBe(portal.webhook())
  })
})

test('a run that fails before its first request replaces the report of the run before', async () => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'sum'), '{"type":"summary","exit":0}\n')
  const { code } = await runCli([...DEALS, '--summary-file', 'sum'], { cwd, env: { BX24_WEBHOOK: 'foo' } })
  expect(code).toBe(2)
  expect(JSON.parse(readFileSync(join(cwd, 'sum'), 'utf8'))).toMatchObject({
    type: 'summary',
    exit: 2,
    rows: 0,
  })
})

test.each(['newdir/', 'deals.csv/', 'sub/.', ''])('the output %j is no file', async (name) => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'deals.csv'), 'old\n')
  const { code } = await runCli([...DEALS, '--sandbox=rows=3', '-o', name], { cwd })
  expect(code).toBe(2)
  expect(existsSync(join(cwd, 'newdir'))).toBe(false)
  expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toBe('old\n')
})

describe('rows are not added to a file of another kind:', () => {
  test.each([
    ['a table with fewer columns', 'old.csv', '1,a\n', ['--no-header']],
    ['a table under the name of NDJSON', 'old.ndjson', 'ID,TITLE\n1,a\n', []],
  ])('%s', async (_what, name, text, words) => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, name), text)
    const all = [...DEALS, '--sandbox=rows=3', '-o', name, '--append', ...words]
    expect((await runCli(all, { cwd })).code).toBe(2)
    expect(readFileSync(join(cwd, name), 'utf8')).toBe(text)
  })
})

test.each([
  ['--flatten', { ID: '1', 'A.B': 'flat', A: { B: 'nested' } }, 'A.B'],
  ['--flatten=_', { ID: '1', PHONE_0: 'p0', PHONE: ['q0'] }, 'PHONE_0'],
])('two values for one column under %s are said, with exit code 3', async (flatten, row, column) => {
  const portal = await fakePortal(always({ result: [row], total: 1 }))
  const env = { BX24_WEBHOOK: portal.webhook() }
  const { code, stdout, stderr } = await runCli(['get-all', 'some.thing.list', '-f', 'csv', flatten], { env })
  expect(code).toBe(3)
  expect(stderr).toContain(`two of a row have the same column: ${column} (1 row)`)
  expect(stdout.split('\n')[1]).toMatch(/flat|p0/) // the first of them
})
