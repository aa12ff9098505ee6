import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type BulkPortal, bulkPortal } from '../support/bulk-portal.ts'
import { fakePortal, never } from '../support/fake-portal.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list']

/** The words of the command that a run says to go on with. */
function nextWords({ stderr }: Pick<CliRun, 'stderr'>): string[] {
  const command = /next: .*go on with: bx24 (.*)\n/.exec(stderr)?.[1]
  if (command === undefined) throw new Error(`no command to go on with: ${stderr}`)
  // As a shell reads it.
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
  return words.split('\0').slice(0, -1)
}

/** A portal whose list takes some seconds. */
function slowPortal(): Promise<BulkPortal> {
  return bulkPortal('rows=2000,page-ms=25')
}

/** Starts a run and sends it a signal when some of its rows are out. */
async function interrupted(
  portal: BulkPortal,
  words: readonly string[],
  signal: NodeJS.Signals,
  cwd: string,
): Promise<CliRun> {
  const { child, ended } = portal.start([...words, '--concurrency', '1', '--batch-size', '5'], { cwd })
  const isFile = words.includes('-o')
  let isOut = false
  child.stdout?.once('data', () => (isOut = true))
  while (child.exitCode === null && !isOut) {
    if (isFile) isOut = existsSync(join(cwd, 'deals.csv.partial.checkpoint'))
    await pause(5)
  }
  child.kill(signal)
  return ended
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'after %s the command that is printed goes on, and the file is whole',
  async (signal) => {
    const portal = await slowPortal()
    const cwd = tempFolder()
    const words = [...DEALS, '-o', 'deals.csv', '--resume']
    const first = await interrupted(portal, [...words, '--restart'], signal, cwd)
    expect(first.signal).toBe(signal)
    expect(first.stderr).toContain('The rows so far are in deals.csv.partial; deals.csv was left alone.')
    const again = nextWords(first)
    expect(again).not.toContain('--restart')
    expect((await portal.run([...again, '--concurrency=4'].filter(notTwice), { cwd })).code).toBe(0)
    expect((await portal.run([...DEALS, '-o', 'whole.csv'], { cwd })).code).toBe(0)
    expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toBe(readFileSync(join(cwd, 'whole.csv'), 'utf8'))
    expect(readdirSync(cwd).sort()).toEqual(['deals.csv', 'whole.csv'])
  },
)

/** Words of the run before that were only to slow it down. */
function notTwice(word: string, at: number, words: readonly string[]): boolean {
  return (
    !['--concurrency', '--batch-size'].includes(word) &&
    !['--concurrency', '--batch-size'].includes(words[at - 1] ?? '')
  )
}

test.each<[string, string[]]>([
  ['NDJSON', []],
  ['NDJSON with a limit', ['--limit', '1500', '--where', 'ID>300']],
  ['NDJSON, behind an id', ['--after-id=700']],
  ['a table with named columns', ['-f', 'csv', '--select', 'ID,TITLE']],
])('rows on standard output (%s) are gone on with behind the last one', async (_what, more) => {
  const portal = await slowPortal()
  const words = [...DEALS, ...more]
  const first = await interrupted(portal, words, 'SIGTERM', tempFolder())
  expect(first.stdout.split('\n').length).toBeGreaterThan(50)
  const again = nextWords(first)
  expect(again).toContain('--after-id')
  const second = await portal.run(again)
  expect([second.code, second.stderr]).toEqual([0, ''])
  expect(first.stdout + second.stdout).toBe((await portal.run(words)).stdout)
})

test.each<[string, string[]]>([
  ['an array', ['-f', 'json']],
  ['a table whose columns the first page decides', ['-f', 'csv']],
  ['a table with a mark at its beginning', ['-f', 'csv', '--select', 'ID,TITLE', '--bom']],
])('nothing that two runs one behind the other would spoil is offered for %s', async (_what, more) => {
  const portal = await slowPortal()
  const { stderr } = await interrupted(portal, [...DEALS, ...more], 'SIGTERM', tempFolder())
  expect(stderr).toContain('next: run again: bx24')
  expect(stderr).not.toContain('--after-id')
})

describe('--max-duration', () => {
  test('ends with 6, and the command that is printed goes on', async () => {
    const portal = await bulkPortal('rows=3000,page-ms=70')
    const cwd = tempFolder()
    const words = [...DEALS, '-o', 'deals.csv', '--resume', '--max-duration', '1500ms', '--concurrency', '1']
    const first = await portal.run([...words, '--batch-size', '5'], { cwd })
    expect(first.code).toBe(6)
    expect(first.stderr).toContain('Stopped after 1.5 s, as --max-duration says.')
    let last = first
    let runs = 1
    for (; last.code === 6 && runs < 20; runs++) last = await portal.run(nextWords(last), { cwd })
    expect([last.code, last.stderr]).toEqual([0, ''])
    expect(runs).toBeGreaterThan(2)
    await portal.run([...DEALS, '-o', 'whole.csv'], { cwd })
    expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toBe(readFileSync(join(cwd, 'whole.csv'), 'utf8'))
  })

  test('ends a run that waits for an answer, and says how it could have gone on', async () => {
    const portal = await fakePortal(never)
    const words = [...DEALS, '--max-duration', '300ms', '-o', 'deals.ndjson']
    const { code, stderr } = await runCli(words, { env: { BX24_WEBHOOK: portal.webhook() } })
    expect(code).toBe(6)
    expect(stderr).toContain('With --resume a later run goes on from there')
  })

  test('ends a run for ids, too', async () => {
    const portal = await fakePortal(never)
    const words = [...DEALS, '--max-duration', '300ms', '--ids', '-']
    const { code, stderr } = await runCli(words, { stdin: '5\n', env: { BX24_WEBHOOK: portal.webhook() } })
    expect(code).toBe(6)
    expect(stderr).toContain('as --max-duration says')
  })

  test('is nothing to a run that is done in time', async () => {
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=5', '--max-duration', '1h'])
    expect([code, stderr]).toEqual([0, ''])
  })
})

test('with --resume in a crontab every night has an export of its own', async () => {
  const portal = await bulkPortal('rows=60')
  const cwd = tempFolder()
  const words = [...DEALS, '-o', 'deals.ndjson', '--resume']
  expect(await portal.run(words, { cwd })).toMatchObject({ code: 0, stderr: '' })
  const before = readFileSync(join(cwd, 'deals.ndjson'), 'utf8')
  expect((await portal.run(['raw', 'crm.deal.delete', '-p', 'id=5', '--yes'])).code).toBe(0)
  expect(await portal.run(words, { cwd })).toMatchObject({ code: 0, stderr: '' })
  expect(before.split('\n').length - readFileSync(join(cwd, 'deals.ndjson'), 'utf8').split('\n').length).toBe(
    1,
  )
  expect(readdirSync(cwd)).toEqual(['deals.ndjson'])
})

test('another command does not go on with the rows of the first, and says what is different', async () => {
  const portal = await slowPortal()
  const cwd = tempFolder()
  const words = [...DEALS, '-o', 'deals.csv', '--resume']
  await interrupted(portal, words, 'SIGTERM', cwd)
  const { requests } = portal.stats
  const other = await portal.run([...words, '--where', 'STAGE_ID = WON', '--excel'], { cwd })
  expect(other.code).toBe(2)
  expect(other.stderr).toContain('is the beginning of another export: parameters[filter] was not given')
  expect(other.stderr).toContain('table[delimiter] was "," and is ";"')
  const webhook = (portal.env['BX24_WEBHOOK'] ?? '').replace('/rest/1/', '/rest/2/')
  const acting = await portal.run(words, { cwd, env: { BX24_WEBHOOK: webhook } })
  expect(acting.code).toBe(2)
  expect(acting.stderr).toMatch(/webhook was "[0-9a-f]{16}" and is "[0-9a-f]{16}"/)
  expect(portal.stats.requests).toBe(requests)
  expect(statSync(join(cwd, 'deals.csv.partial')).size).toBeGreaterThan(0)
  const anew = await portal.run([...words, '--select', 'ID', '--restart'], { cwd })
  expect(anew.code).toBe(0)
  expect(readFileSync(join(cwd, 'deals.csv'), 'utf8').slice(0, 3)).toBe('ID\n')
})

test('a checkpoint holds no secret', async () => {
  const portal = await slowPortal()
  const cwd = tempFolder()
  await interrupted(portal, [...DEALS, '-o', 'deals.csv', '--resume'], 'SIGTERM', cwd)
  const secret = /\/rest\/1\/(\w+)/.exec(portal.env['BX24_WEBHOOK'] ?? '')?.[1] ?? ''
  expect(secret.length).toBeGreaterThan(8)
  expect(readFileSync(join(cwd, 'deals.csv.partial.checkpoint'), 'utf8')).not.toContain(secret)
})

test('a run without --resume leaves nothing that a later one would go on with', async () => {
  const portal = await slowPortal()
  const cwd = tempFolder()
  const words = [...DEALS, '-o', 'deals.csv']
  await interrupted(portal, [...words, '--resume'], 'SIGTERM', cwd)
  expect((await portal.run([...words, '--max-duration', '400ms', '--concurrency', '1'], { cwd })).code).toBe(
    6,
  )
  expect(readdirSync(cwd)).not.toContain('deals.csv.partial.checkpoint')
})

describe('refused, with nothing sent:', () => {
  test.each<[string, string[], string]>([
    ['--resume to standard output', ['crm.deal.list', '--resume'], '--resume needs --output FILE'],
    ['--resume to no regular file', ['crm.deal.list', '--resume', '-o', '/dev/null'], 'needs a regular file'],
    [
      '--resume and --append',
      ['crm.deal.list', '--resume', '-o', 'x.csv', '--append'],
      '--append adds all rows',
    ],
    [
      '--resume and --ids',
      ['crm.deal.list', '--resume', '-o', 'x.csv', '--ids', 'ids'],
      '--resume cannot go on',
    ],
    ['--resume and a walk by offset', ['some.thing.list', '--resume', '-o', 'x.csv'], 'walked by id'],
    ['--restart alone', ['crm.deal.list', '--restart', '-o', 'x.csv'], 'there is no --resume'],
    ['--after-id and --ids', ['crm.deal.list', '--after-id', '5', '--ids', 'ids'], 'both say which ids'],
    ['--after-id and a walk by offset', ['some.thing.list', '--after-id', '5'], 'is not walked by id'],
    ['--after-id that is no id', ['crm.deal.list', '--after-id', 'x'], '--after-id must be a whole number'],
  ])('%s', async (_what, words, message) => {
    const portal = await bulkPortal('rows=5')
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'ids'), '1\n')
    const { code, stderr } = await portal.run(['get-all', ...words], { cwd })
    expect([code, portal.stats.requests]).toEqual([2, 0])
    expect(stderr).toContain(message)
  })
})
