import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const BIN = fileURLToPath(new URL('../../bin/bx24.cjs', import.meta.url))

test('a clone that was not built says how to build it, and ends with 70', () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'bin'))
  copyFileSync(BIN, join(folder, 'bin/bx24.cjs'))
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin/bx24.cjs'), 'get-all'], {
    encoding: 'utf8',
  })
  expect(status).toBe(70)
  expect(stderr).toContain('bx24: internal error: the program cannot start')
  expect(stderr).toContain('npm run build')
})

test('an old Node.js is told apart from a failure of the program', async () => {
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })`
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` }
  const { code: status, stderr } = await runCli(['--help'], { env })
  expect(status).toBe(1)
  expect(stderr).toBe('bx24 needs Node.js 20.19 or newer; this is 18.20.4.\n')
})

test.each([
  ['-f', 'ndjson'],
  ['-f', 'csv', '--flatten', '--excel'],
  ['-f', 'json', '-o', 'deals.json', '--no-clobber'],
  ['-o', 'deals.csv.gz'],
  ['-o', 'deals.ndjson', '--append', '--summary', 'full', '--summary-file', 'summary.json'],
  [
    '--progress',
    'plain',
    '--progress-interval',
    '1s',
    '-vv',
    '--log-file',
    'log.txt',
    '--log-format',
    'json',
  ],
  ['--trace-http=bodies', '--trace-file', 'trace.txt', '--retries', '1'],
  [
    '--where',
    'ID > 5',
    '--select',
    'ID,TITLE,UF_*',
    '--limit',
    '7',
    '-p',
    'filter[!ID]=8',
    '--concurrency',
    '3',
  ],
  ['--params', 'params.json'],
  ['--ids', 'ids.txt'],
  ['-o', 'deals.csv.gz', '--resume', '--restart'],
  ['--after-id', '5', '--max-duration', '1h'],
  ['--sandbox=rows=20'],
])('get-all finds all that belongs to it in the program that was built: %j', async (...words) => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'ids.txt'), '3\n4\n')
  writeFileSync(join(cwd, 'params.json'), '{"filter":{">ID":1}}')
  writeFileSync(join(cwd, '.bitrixrc'), 'retries: 2\n')
  const portal = await startSandbox(sandboxSettings({ rows: '20', ids: 'dense', plan: 'box' }))
  try {
    const env = { BX24_WEBHOOK: portal.webhook }
    const { code, stderr } = await runCli(['get-all', 'crm.deal.list', ...words], { cwd, env })
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  } finally {
    await portal.close()
  }
})
