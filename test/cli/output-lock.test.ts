import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bulkPortal } from '../support/bulk-portal.ts'
import { always, fakePortal, never } from '../support/fake-portal.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** A run that waits for an answer which never comes, with its output open. */
async function waitingRun(cwd: string, ...words: string[]): Promise<ReturnType<typeof startCli>> {
  let asked: () => void
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const portal = await fakePortal(() => {
    never()
    asked()
  })
  const run = startCli(['get-all', 'crm.deal.list', ...words], {
    cwd,
    env: { BX24_WEBHOOK: portal.webhook() },
  })
  await isAsked
  return run
}

test.each([
  [[], []],
  [['--resume'], ['--resume']],
  [[], ['--resume']],
  [['--resume'], []],
  [[], ['--append']],
])('a second run with the same output (%j, then %j) ends with 7 and sends nothing', async (first, second) => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'deals.csv'), 'ID\n7\n')
  const { child, ended } = await waitingRun(cwd, '-o', 'deals.csv', ...first)
  const portal = await bulkPortal('rows=5')
  const words = ['get-all', 'crm.deal.list', '--select', 'ID', '-o', './deals.csv', ...second]
  const { code, stderr } = await portal.run(words, { cwd })
  expect([code, portal.stats.requests]).toEqual([7, 0])
  expect(stderr).toContain(`deals.csv is in use by another run: process ${child.pid ?? 0} on`)
  child.kill('SIGTERM')
  await ended
  expect(readdirSync(cwd)).toEqual(['deals.csv'])
  expect((await portal.run(words, { cwd })).code).toBe(0)
})

test('what a run that was killed has left does not keep the next one out', async () => {
  const cwd = tempFolder()
  const { child, ended } = await waitingRun(cwd, '-o', 'deals.ndjson')
  child.kill('SIGKILL')
  await ended
  expect(existsSync(join(cwd, 'deals.ndjson.lock'))).toBe(true)
  const { code, stderr } = await runCli(
    ['get-all', 'crm.deal.list', '--sandbox=rows=5', '-o', 'deals.ndjson'],
    { cwd },
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(readdirSync(cwd)).toEqual(['deals.ndjson'])
})

test.each([
  ['get-by-id', 'crm.deal.get', '--ids', '1'],
  ['raw', 'crm.deal.get', '-p', 'id=1'],
])('%s keeps other runs out, too', async (...words) => {
  const cwd = tempFolder()
  const { child, ended } = await waitingRun(cwd, '-o', 'out.ndjson')
  const portal = await bulkPortal('rows=5')
  expect((await portal.run([...words, '-o', 'out.ndjson'], { cwd })).code).toBe(7)
  expect(portal.stats.requests).toBe(0)
  child.kill('SIGTERM')
  await ended
})

test('a run that fails lets go of its output', async () => {
  const portal = await fakePortal(always({ error: 'ACCESS_DENIED', error_description: 'no' }, 403))
  const cwd = tempFolder()
  const env = { BX24_WEBHOOK: portal.webhook() }
  expect((await runCli(['get-all', 'crm.deal.list', '-o', 'a.ndjson'], { cwd, env })).code).toBe(4)
  expect(readdirSync(cwd)).toEqual([])
})

test('a file of somebody else under the name of the lock is not touched', async () => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'a.ndjson.lock'), 'mine')
  const { code, stderr } = await runCli(['get-all', 'crm.deal.list', '--sandbox=rows=5', '-o', 'a.ndjson'], {
    cwd,
  })
  expect(code).toBe(7)
  expect(stderr).toContain('does not say whose it is')
  expect(readFileSync(join(cwd, 'a.ndjson.lock'), 'utf8')).toBe('mine')
})
