import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningCli, startCli } from './support/run-cli.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The commands of README, one at a time, without those that install. */
const COMMANDS = [...README.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.split('\n'))
  .filter((line) => /\bbx24 /.test(line) && !/^#|\bnpm /.test(line))

let sandbox: RunningCli
let webhook: string
let folder: string
beforeAll(async () => {
  sandbox = startCli(['sandbox', '--rows', '300', '--plan', 'box'], { cwd: ROOT, timeoutMs: 600_000 })
  webhook = (await sandbox.says('\n')).trim()
  folder = mkdtempSync(join(tmpdir(), 'bx24-readme-'))
  mkdirSync(join(folder, '.bin'))
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/bx24.cjs')}' "$@"\n`
  writeFileSync(join(folder, '.bin/bx24'), program, { mode: 0o755 })
  expect(shell('bx24 get-all crm.deal.list -o deals.ndjson')).toMatchObject({ status: 0 })
  const ids = lines('deals.ndjson').map((deal) => deal['ID'] as string)
  const changes = ids.slice(0, 60).map((id) => JSON.stringify({ id, fields: { TITLE: `Насос "${id}"` } }))
  writeFileSync(join(folder, 'changes.ndjson'), `${changes.join('\n')}\n`)
  const leads = Array.from({ length: 120 }, (_, at) => `K-00${at},"Lead ""${at}"", new"`)
  writeFileSync(join(folder, 'leads.csv'), `XML_ID,TITLE\n${leads.join('\n')}\n`)
})
afterAll(async () => {
  sandbox.child.kill('SIGTERM')
  await sandbox.ended
  rmSync(folder, { recursive: true, force: true })
})

function shell(command: string): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('bash', ['--norc', '-eu', '-o', 'pipefail', '-c', command], {
    input: '',
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, '.bin')}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      BX24_WEBHOOK: webhook,
      BX24_PLAN: 'box',
    },
  })
  return { status, stderr }
}

function lines(file: string): Record<string, unknown>[] {
  return readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const hasJq = spawnSync('jq', ['--version']).error === undefined

describe('README.md, as written:', () => {
  test('has commands', () => {
    expect(COMMANDS.length).toBeGreaterThan(10)
  })

  for (const command of COMMANDS) {
    test.skipIf(!hasJq && command.includes('jq'))(command, () => {
      expect(shell(command)).toEqual({ status: 0, stderr: '' })
    })
  }

  test.skipIf(!hasJq)('did what it says', () => {
    expect(lines('contacts.ndjson')).toHaveLength(300)
    expect(lines('titles.ndjson').map(({ ID }) => ID)).toEqual(lines('deals.ndjson').map(({ ID }) => ID))
    expect(lines('results.ndjson').every(({ ok }) => ok === true)).toBe(true)
    const leads = lines('new.ndjson')
    expect(leads.map(({ key }) => key)).toEqual(Array.from({ length: 120 }, (_, at) => `K-00${at}`))
    expect(new Set(leads.map(({ result }) => result)).size).toBe(120)
  })
})
