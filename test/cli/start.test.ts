import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
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
