import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { installedPackage } from '../support/packed-package.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = installedPackage()

// Two runs of a compiler, perhaps on a busy machine.
test(
  'a program in strict TypeScript compiles against the packed package, in both ways to resolve',
  { timeout: 120_000 },
  async () => {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(folder, 'consumer.ts'),
      `import { type BatchCommand, Bitrix24, type Bitrix24Options, IncompleteError, type Results, type Row, type RunEvent } from 'bx24-cli'
    const options: Bitrix24Options = { webhook: 'https://x.example/rest/1/a/', onEvent: (event: RunEvent) => { void event.type } }
    const portal: Bitrix24 = new Bitrix24(options)
    export async function titles(): Promise<string[]> {
      const found: string[] = []
      try {
        for await (const deal of portal.getAll<{ TITLE: string }>('crm.deal.list', { filter: { '>ID': 5 } }, { limit: 3 }))
          found.push(deal.TITLE)
        for await (const page of portal.getAll('crm.deal.list').pages()) { const rows: Row[] = page; void rows }
        for await (const text of portal.getAll('crm.deal.list').texts()) found.push(text)
      } catch (error) {
        if (error instanceof IncompleteError) found.push(error.code, error.hint ?? '')
      }
      await portal.close()
      return found
    }
    export async function targeted(ids: AsyncIterable<bigint>): Promise<number> {
      let done = 0
      for await (const result of portal.getById<{ TITLE: string }>('crm.deal.get', ids, { concurrency: 2 })) {
        if (result.ok) done += result.result.TITLE.length
        else if (result.outcome === 'unknown' || result.error.status === 400) done--
      }
      const rows = [{ id: 5, fields: { TITLE: 'x', CLOSED: true, CLOSEDATE: new Date(), COMPANY_ID: null } }]
      const results: Results<boolean> = portal.call('crm.deal.update', rows, { serial: true })
      for await (const { id } of results) if (typeof id === 'number') done += id
      const commands: BatchCommand[] = [{ method: 'profile' }, { id: 'a', method: 'crm.deal.get', params: { id: 5 } }]
      for await (const text of portal.batch(commands, { halt: true }).texts()) done += text.length
      const { status, json, error } = await portal.raw('profile', {}, { acceptErrors: true })
      return error === undefined && json() !== null ? done + status : 0
    }
    // @ts-expect-error an option that does not exist
    new Bitrix24({ webhook: '', retry: 3 })
    // @ts-expect-error undefined would take a condition away
    portal.getAll('crm.deal.list', { filter: { '>ID': undefined } })
    // @ts-expect-error the portal drops conditions that are null
    portal.getAll('crm.deal.list', { filter: { '>ID': null } })
    // @ts-expect-error an id is no object
    portal.getById('crm.deal.get', [{ ID: 5 }])
    // @ts-expect-error undefined would be left out
    portal.call('crm.deal.update', [{ id: undefined }])
    `,
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const strict = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--types',
      'node',
      '--target',
      'es2022',
    ]
    for (const [module, resolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ] as const) {
      const words = [tsc, ...strict, '--module', module, '--moduleResolution', resolution, 'consumer.ts']
      const { stdout } = await run(process.execPath, words, { cwd: folder }).catch(
        (error: unknown) => error as { stdout: string },
      )
      expect(stdout).toBe('')
    }
  },
)

test('the examples of docs/library.md run as they stand, against the packed package', async () => {
  const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8')
  const examples = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
  expect(examples).toHaveLength(8)
  const portal = await startSandbox(sandboxSettings({ rows: '260', seed: '5' }))
  const said: string[] = []
  try {
    for (const [index, code] of examples.entries()) {
      writeFileSync(join(folder, `example${index}.mjs`), code)
      const env = { PATH: process.env['PATH'], BX24_WEBHOOK: portal.webhook }
      const { stdout, stderr } = await run(process.execPath, [`example${index}.mjs`], { cwd: folder, env })
      expect(stderr).toBe('')
      said.push(stdout)
    }
  } finally {
    await portal.close()
  }
  expect(said[0]?.trimEnd().split('\n').length).toBeLessThanOrEqual(100)
  expect(said[1]).toBe('all 260 contacts\n')
  expect(readFileSync(join(folder, 'deals.ndjson'), 'utf8')).toMatch(/^(\{.*\}\n)+$/)
  expect(said[3]).toMatch(/^(.+ [\d.]+\n){5}$/)
  expect(said[4]).toMatch(/^\d{3,} products in all deals\n$/)
  expect(said[5]).toMatch(/^\d{2,} changed, 0 refused, 0 to look at\n$/)
  expect(said[6]).toMatch(/^company done \d+\ndeal done \d+\nopen done \d+ rows\n$/)
  expect(said[7]).toMatch(/^string\n400 RefusalError \{"error":"".*\}\n$/)
})

test('the command runs from the packed package, and its schema can be had', async () => {
  const bin = join(folder, 'node_modules/bx24-cli/bin/bx24.cjs')
  const { stdout } = await run(process.execPath, [bin, 'get-all', 'crm.deal.list', '--sandbox=rows=3'])
  expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  expect(existsSync(join(folder, 'node_modules/bx24-cli/config-schema.json'))).toBe(true)
  expect(existsSync(join(folder, 'node_modules/bx24-cli/.bitrixrc.example'))).toBe(true)
})

test('a program ends by itself when it has read all it wants, also without close', async () => {
  const portal = await startSandbox(sandboxSettings({ rows: '120' }))
  const code = `import { Bitrix24 } from 'bx24-cli'
    for await (const row of new Bitrix24({ webhook: process.env.BX24_WEBHOOK }).getAll('crm.deal.list')) {
      console.log(row.ID)
      break
    }`
  writeFileSync(join(folder, 'open.mjs'), code)
  const env = { PATH: process.env['PATH'], BX24_WEBHOOK: portal.webhook }
  try {
    const { stdout } = await run(process.execPath, ['open.mjs'], { cwd: folder, env, timeout: 10_000 })
    expect(stdout).toMatch(/^\d+\n$/)
  } finally {
    await portal.close()
  }
})

test('neither terminal nor commander nor an interface package is in the graph of the library', () => {
  const { files, packages } = graphOf(join(ROOT, 'dist/index.js'))
  expect(files.length).toBeGreaterThan(0)
  const names = [...packages].filter((name) => !name.startsWith('node:')).map((name) => name.split('/')[0])
  expect([...new Set(names)].sort()).toEqual(['bottleneck', 'ioredis', 'undici'])
  for (const name of ['node:tty', 'node:readline', 'node:child_process']) expect(packages).not.toContain(name)
  for (const file of files) {
    const code = readFileSync(file, 'utf8')
    expect(code).not.toMatch(/\bprocess\.(stdout|stderr|stdin|env|argv|exit|on)\b/)
    expect(code).not.toMatch(/\bconsole\./)
  }
})

/** Everything that a built file imports, at once or later. */
function graphOf(entry: string): { files: string[]; packages: Set<string> } {
  const files: string[] = []
  const packages = new Set<string>()
  const visit = (file: string): void => {
    if (files.includes(file)) return
    files.push(file)
    const code = readFileSync(file, 'utf8')
    for (const [, target = ''] of code.matchAll(/(?<!")\b(?:from|import\(?)\s*"([^"]+)"/g)) {
      if (target.startsWith('.')) visit(join(dirname(file), target))
      else packages.add(target)
    }
  }
  visit(entry)
  return { files, packages }
}
