import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { brokenFiles } from '../support/broken-files.ts'
import { fakePortal, never } from '../support/fake-portal.ts'
import { startCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** A run that waits for an answer which never comes. */
async function hangingRun(cwd = tempFolder()): Promise<ReturnType<typeof startCli>> {
  let asked: () => void
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const portal = await fakePortal(() => {
    never()
    asked()
  })
  const words = ['get-all', 'crm.deal.list', '-o', 'deals.ndjson']
  const run = startCli(words, { cwd, env: { BX24_WEBHOOK: portal.webhook() } })
  await isAsked
  return run
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends the run, and whoever started it sees that',
  async (signal) => {
    const cwd = tempFolder()
    const { child, ended } = await hangingRun(cwd)
    const sentAt = performance.now()
    child.kill(signal)
    const result = await ended
    expect(result.signal).toBe(signal)
    expect(result.stderr).toContain(`bx24: Stopped by ${signal}.`)
    expect(performance.now() - sentAt).toBeLessThan(4_000)
    expect(readdirSync(cwd)).toEqual([])
  },
)

/** A run whose clean-up never ends, since it waits for a disk that does not answer. */
async function stuckRun(): Promise<ReturnType<typeof startCli>> {
  const env = brokenFiles(`() => {
    process.stderr.write('stuck\\n')
    setInterval(() => {}, 1_000)
    return new Promise(() => {})
  }`)
  const run = startCli(['get-all', 'crm.deal.list', '-o', 'deals.ndjson'], { env })
  await run.says('stuck')
  return run
}

test('a clean-up that does not end is cut off after five seconds', async () => {
  const { child, ended } = await stuckRun()
  child.kill('SIGINT')
  expect((await ended).signal).toBe('SIGINT')
})

test('a second signal ends it at once', async () => {
  const { child, ended } = await stuckRun()
  const sentAt = performance.now()
  child.kill('SIGINT')
  // Two different signals that wait at the same time are both delivered.
  child.kill('SIGTERM')
  expect(['SIGINT', 'SIGTERM']).toContain((await ended).signal)
  expect(performance.now() - sentAt).toBeLessThan(4_000)
})

test('a run that reads a standard input without an end can be stopped at once', async () => {
  const { child, ended } = startCli(['get-all', 'crm.deal.list', '--params', '-', '--sandbox'], {
    stdin: 'open',
  })
  // More than a pipe holds: once it is written, the run is reading.
  await new Promise<void>((resolve) => child.stdin?.write(' '.repeat(5_000_000), () => resolve()))
  const sentAt = performance.now()
  child.kill('SIGINT')
  expect((await ended).signal).toBe('SIGINT')
  expect(performance.now() - sentAt).toBeLessThan(4_000)
})

test('a sandbox portal serves until it is stopped', async () => {
  const portal = startCli(['sandbox', '--rows', '3'])
  await portal.says('\n')
  portal.child.kill('SIGINT')
  const { signal, stdout } = await portal.ended
  expect(signal).toBe('SIGINT')
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/rest\/1\/\w+\/\n$/)
})
