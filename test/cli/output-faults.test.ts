import { execFileSync } from 'node:child_process'
import {
  createReadStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli, startCli } from '../support/run-cli.ts'
import { canMount, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FORMATS = ['ndjson', 'csv', 'tsv', 'json', 'ndjson.gz', 'csv.gz'] as const
const DEALS = ['get-all', 'crm.deal.list']

/** A folder on a disk of its own with room for this much. */
function diskFor(kilobytes: number): string {
  const { folder, unmount } = smallDisk(kilobytes)
  onTestFinished(unmount)
  return folder
}

describe.each(FORMATS)('%s', (format) => {
  const isGzipped = format.endsWith('.gz')
  const name = `deals.${format}`
  const bare = format.replace('.gz', '')

  test('to a full device ends with 74 and one message', async () => {
    const cwd = tempFolder()
    symlinkSync('/dev/full', join(cwd, name))
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=500', '-o', name], { cwd })
    expect(code).toBe(74)
    expect(stderr).toMatch(
      /^bx24: Cannot write to \/dev\/full: the disk is full \(ENOSPC\)\.\n {2}until then: /,
    )
    expect(stderr.match(/bx24:/g)).toHaveLength(1)
    expect(readdirSync(cwd)).toEqual([name])
  })

  test.runIf(canMount())('to a disk that fills up ends with 74 and leaves the old file alone', async () => {
    const disk = diskFor(256)
    writeFileSync(join(disk, name), 'old')
    const words = [...DEALS, '--sandbox=rows=5000', '-o', join(disk, name)]
    const { code, stderr } = await runCli(words)
    expect(code).toBe(74)
    expect(stderr).toContain('the disk is full (ENOSPC)')
    expect(readFileSync(join(disk, name), 'utf8')).toBe('old')
    expect(readdirSync(disk).sort()).toEqual([name, `${name}.partial`])
  })

  test('through a FIFO arrives whole', async () => {
    const cwd = tempFolder()
    execFileSync('mkfifo', [join(cwd, name)])
    const read = buffer(createReadStream(join(cwd, name)))
    const words = [...DEALS, '--sandbox=rows=500']
    const { code, stderr } = await runCli([...words, '-o', name], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    const { stdout } = await runCli([...words, '-f', bare])
    expect((isGzipped ? gunzipSync(await read) : await read).toString()).toBe(stdout)
    expect(readdirSync(cwd)).toEqual([name])
  })
})

test('a FIFO that nobody reads is waited for, which is said, and ends at once when asked', async () => {
  const cwd = tempFolder()
  execFileSync('mkfifo', [join(cwd, 'pipe')])
  const run = startCli([...DEALS, '--sandbox=rows=5', '-o', 'pipe'], { cwd })
  await run.says('nobody reads pipe yet')
  run.child.kill('SIGINT')
  const askedAt = performance.now()
  expect(await run.ended).toMatchObject({ code: null, signal: 'SIGINT' })
  // Only the clean-up's own bound, five seconds, is told from an end at once.
  expect(performance.now() - askedAt).toBeLessThan(4_000)
})

describe.each(['csv', 'ndjson.gz'])('%s', (format) => {
  const name = `deals.${format}`

  test('to /dev/null, by a link, is success', async () => {
    const cwd = tempFolder()
    symlinkSync('/dev/null', join(cwd, name))
    const { code, stderr } = await runCli([...DEALS, '--sandbox=rows=60', '-o', name], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    expect(lstatSync(join(cwd, name)).isSymbolicLink()).toBe(true)
  })

  test('to a folder is refused', async () => {
    const cwd = tempFolder()
    mkdirSync(join(cwd, name))
    expect((await runCli([...DEALS, '--sandbox=rows=1', '-o', name], { cwd })).code).toBe(2)
  })

  test('to the file that is read is refused', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, name), '{"filter":{">ID":5}}')
    const words = [...DEALS, '--sandbox=rows=1', '--params', name, '-o', name]
    expect((await runCli(words, { cwd })).code).toBe(2)
    expect(readFileSync(join(cwd, name), 'utf8')).toBe('{"filter":{">ID":5}}')
  })
})

test.runIf(canMount())('--append to a disk that has no room for the copy changes nothing', async () => {
  const disk = diskFor(256)
  writeFileSync(join(disk, 'deals.ndjson'), `${'x'.repeat(150_000)}\n`)
  const words = [...DEALS, '--sandbox=rows=60', '-o', join(disk, 'deals.ndjson'), '--append']
  expect((await runCli(words)).code).toBe(74)
  expect(readdirSync(disk)).toEqual(['deals.ndjson'])
  expect(readFileSync(join(disk, 'deals.ndjson'), 'utf8')).toHaveLength(150_001)
})

test.runIf(canMount()).each(['--summary-file', '--log-file'])(
  '%s on a disk that is full costs no row, and is said once',
  async (option) => {
    const disk = smallDisk(64)
    onTestFinished(disk.unmount)
    disk.leave(0)
    const cwd = tempFolder()
    const side = join(disk.folder, 'side')
    const words = [...DEALS, '--sandbox=rows=300', '-o', 'deals.ndjson', '--log-level', 'debug']
    const { code, stderr } = await runCli([...words, option, side], { cwd })
    expect(code).toBe(0)
    const warnings = stderr.split('\n').filter((line) => line.includes('the disk is full'))
    expect(warnings).toEqual([
      expect.stringContaining(`warning: ${option}: ${side} lacks something, since it could not be written`),
    ])
  },
)
