import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** A start keeps what V8 made of the program beside it; `bin/load-program.cjs`. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let portal: Awaited<ReturnType<typeof startSandbox>>

beforeAll(async () => {
  portal = await startSandbox(sandboxSettings({ rows: '20', ids: 'dense', plan: 'box' }))
})
afterAll(() => portal.close())

/** An installation of its own, which nothing was run in yet. */
function installed(): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'dist'))
  for (const path of ['bin', 'package.json', 'dist/main.cjs', 'dist/sandbox.cjs']) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true, preserveTimestamps: true })
  }
  return folder
}

function start(
  folder: string,
  words: readonly string[],
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<{ code: number | null; rows: number; stderr: string }> {
  const child = spawn(process.execPath, [...flags, join(folder, 'bin/bx24.cjs'), ...words], {
    env: { HOME: folder, BX24_WEBHOOK: portal.webhook, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, rows: stdout.split('\n').length - 1, stderr }))
  })
}

const GET_ALL = ['get-all', 'crm.deal.list']
const ALL = { code: 0, rows: 20, stderr: '' }

/** What was kept, by name, and which file it is: one that is written anew is another. */
function kept(folder: string): Record<string, number> {
  const compiled = join(folder, 'dist/compiled')
  const names = readdirSync(folder + '/dist').includes('compiled') ? readdirSync(compiled) : []
  return Object.fromEntries(names.map((name) => [name, statSync(join(compiled, name)).ino]))
}

test('what the first run compiled is what the second one takes', async () => {
  const folder = installed()
  expect(await start(folder, GET_ALL)).toEqual(ALL)
  const first = kept(folder)
  expect(Object.keys(first)).toEqual([expect.stringMatching(/^get-all-[\da-z]+-[\da-z]+$/)])
  expect(await start(folder, GET_ALL)).toEqual(ALL)
  expect(kept(folder)).toEqual(first)
})

test('what V8 does not take is replaced, and the run is none the worse', async () => {
  const folder = installed()
  await start(folder, GET_ALL)
  const [name = ''] = Object.keys(kept(folder))
  const path = join(folder, 'dist/compiled', name)
  const good = readFileSync(path)
  for (const bad of [Buffer.alloc(0), Buffer.alloc(5_000, 7), good.subarray(0, good.length / 2)]) {
    writeFileSync(path, bad)
    expect(await start(folder, GET_ALL)).toEqual(ALL)
    expect(readFileSync(path).length).toBeGreaterThan(good.length / 2)
  }
})

test('a program that was changed is compiled anew, even if it is as long as before', async () => {
  const folder = installed()
  expect((await start(folder, ['get-all', '--no-such'])).stderr).toContain("unknown option '--no-such'")
  await start(folder, GET_ALL)
  const program = join(folder, 'dist/main.cjs')
  writeFileSync(
    program,
    readFileSync(program, 'latin1').replace('unknown option', 'strange option'),
    'latin1',
  )
  utimesSync(program, 1_000_000_000, 1_000_000_000)
  expect((await start(folder, ['get-all', '--no-such'])).stderr).toContain("strange option '--no-such'")
})

test('runs that fail, other commands and those that must not keep nothing', async () => {
  const folder = installed()
  expect((await start(folder, ['get-all', '--no-such'])).code).toBe(2)
  expect((await start(folder, ['--help'])).code).toBe(0)
  expect((await start(folder, ['doctor', '--help'])).code).toBe(0)
  expect((await start(folder, ['../get-all'])).code).toBe(2)
  expect(await start(folder, GET_ALL, { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(ALL)
  expect(kept(folder)).toEqual({})
})

test('where nothing can be kept, runs are as good', async () => {
  const folder = installed()
  writeFileSync(join(folder, 'dist/compiled'), '')
  expect(await start(folder, GET_ALL)).toEqual(ALL)
  expect(await start(folder, GET_ALL)).toEqual(ALL)
  expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['compiled', 'main.cjs', 'sandbox.cjs'])
})

test('programs with other flags, and several at once, do not get into each other’s way', async () => {
  const folder = installed()
  const flags = ['--stack-size=900']
  const runs = Array.from({ length: 6 }, (_, index) =>
    start(folder, GET_ALL, {}, index % 2 === 0 ? flags : []),
  )
  expect(await Promise.all(runs)).toEqual(runs.map(() => ALL))
  const names = kept(folder)
  expect(Object.keys(names).filter((name) => !/^get-all-[\da-z]+-[\da-z]+$/.test(name))).toEqual([])
  expect(await start(folder, GET_ALL, {}, flags)).toEqual(ALL)
  expect(await start(folder, GET_ALL)).toEqual(ALL)
  expect(kept(folder)).toEqual(names)
})
