import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakePortal, never } from '../support/fake-portal.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list', '--sandbox=rows=60']

test('a manifest is for its owner alone, and touches no file but its own', async () => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'm.new'), 'precious', { mode: 0o644 })
  const { code } = await runCli([...DEALS, '-o', 'deals.ndjson', '--manifest', 'm'], { cwd })
  expect(code).toBe(0)
  expect(readFileSync(join(cwd, 'm.new'), 'utf8')).toBe('precious')
  expect(statSync(join(cwd, 'm')).mode & 0o777).toBe(0o600)
  expect(readdirSync(cwd).sort()).toEqual(['deals.ndjson', 'm', 'm.new'])
})

test.each(['deals.ndjson', 'deals.ndjson.partial', 'deals.ndjson.lock'])(
  'an output behind a link that leads to nothing yet is not given to the manifest: %s',
  async (manifest) => {
    const cwd = tempFolder()
    symlinkSync('deals.ndjson', join(cwd, 'link'))
    const { code, stderr } = await runCli([...DEALS, '-o', 'link', '--manifest', manifest], { cwd })
    expect([code, readdirSync(cwd)]).toEqual([2, ['link']])
    expect(stderr).toContain('name the same file')
  },
)

test('a run that is kept out leaves the manifest to the run that holds the output', async () => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'm'), 'of the run before')
  let asked: () => void = () => undefined
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const portal = await fakePortal(() => {
    never()
    asked()
  })
  const words = ['get-all', 'crm.deal.list', '-o', 'deals.ndjson', '--manifest', 'm']
  const options = { cwd, env: { BX24_WEBHOOK: portal.webhook() } }
  const { child, ended } = startCli(words, options)
  await isAsked
  expect((await runCli(words, options)).code).toBe(7)
  expect(readFileSync(join(cwd, 'm'), 'utf8')).toBe('of the run before')
  child.kill('SIGTERM')
  await ended
  expect(JSON.parse(readFileSync(join(cwd, 'm'), 'utf8'))).toMatchObject({ exit: 143, complete: false })
})

test('a manifest that cannot be written in the end is a failure', async () => {
  const cwd = tempFolder()
  mkdirSync(join(cwd, 'folder'))
  const portal = await fakePortal((_request, response) => {
    rmSync(join(cwd, 'folder'), { recursive: true, force: true })
    response.end('{"result":[],"total":0,"time":{}}')
  })
  const words = ['get-all', 'crm.deal.list', '-o', 'deals.ndjson', '--manifest', 'folder/m', '-q']
  const { code, stderr } = await runCli(words, { cwd, env: { BX24_WEBHOOK: portal.webhook() } })
  expect(stderr).toContain('--manifest: folder/m was not written (ENOENT)')
  expect(code).toBe(74)
})
