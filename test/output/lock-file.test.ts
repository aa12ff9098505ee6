import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { EXIT, LockedError } from '../../src/errors.ts'
import { type FileLock, lockFile } from '../../src/output/lock-file.ts'
import { childScript } from '../support/child-script.ts'
import { tempFolder } from '../support/temp-folder.ts'

let file: string
let folder: string
beforeEach(() => {
  folder = tempFolder()
  file = join(folder, 'journal')
})

/** Takes the lock of a file, says so, and keeps it. */
const HOLDER = `
  import { lockFile } from './src/output/lock-file.ts'
  const [file] = process.argv.slice(2)
  lockFile(file, process.pid).then(
    () => { console.log('held'); setInterval(() => undefined, 1000) },
    (error) => console.log(error.code),
  )`

function written(): Record<string, unknown> {
  return JSON.parse(readFileSync(`${file}.lock`, 'utf8')) as Record<string, unknown>
}

/** Takes the lock and gives it back changed, as if somebody else had written it. */
async function leaveBehind(changes: Record<string, unknown>): Promise<void> {
  await lockFile(file, process.pid)
  writeFileSync(`${file}.lock`, JSON.stringify({ ...written(), ...changes }))
}

/** The number of a process that has ended. */
const ENDED = spawnSync(process.execPath, ['-e', '']).pid

/** So many at once: the locks that they got, and the errors. */
async function race(runs: number): Promise<{ locks: FileLock[]; errors: unknown[] }> {
  const outcomes = await Promise.allSettled(Array.from({ length: runs }, () => lockFile(file, process.pid)))
  return {
    locks: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    errors: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])),
  }
}

test('a lock says who holds it, and is gone when it is released', async () => {
  const lock = await lockFile(file, process.pid)
  expect(readdirSync(folder)).toEqual(['journal.lock'])
  expect(written()).toMatchObject({ pid: process.pid, host: hostname() })
  await lock.release()
  await lock.release()
  expect(readdirSync(folder)).toEqual([])
  await (await lockFile(file, process.pid)).release()
})

test('only one of many has it at a time', async () => {
  const { locks, errors } = await race(20)
  expect(locks).toHaveLength(1)
  for (const error of errors) expect(error).toBeInstanceOf(LockedError)
  expect(errors[0]).toMatchObject({ code: 'run.locked', exitCode: EXIT.locked })
  expect(readdirSync(folder)).toEqual(['journal.lock'])
})

describe('a process that has ended', () => {
  test('by kill -9 leaves a lock behind that is taken over', async () => {
    const holder = (await childScript(HOLDER)).start(file)
    expect(await holder.line(1)).toBe('held')
    await expect(lockFile(file, process.pid)).rejects.toThrow(`process ${holder.child.pid ?? 0} on`)
    holder.child.kill('SIGKILL')
    await holder.ended
    const lock = await lockFile(file, process.pid)
    expect(written()).toMatchObject({ pid: process.pid })
    await lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test.runIf(process.platform === 'linux')('has not taken its number with it', async () => {
    await leaveBehind({ pid: process.ppid, startedAt: '1' })
    await (await lockFile(file, process.pid)).release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('has one heir, however many come at once', async () => {
    for (let round = 0; round < 30; round += 1) {
      await leaveBehind({ pid: ENDED })
      const { locks, errors } = await race(8)
      expect(locks).toHaveLength(1)
      for (const error of errors) expect(error).toBeInstanceOf(LockedError)
      expect(readdirSync(folder)).toEqual(['journal.lock'])
      await locks[0]?.release()
    }
  })

  test('has one heir among processes, too', async () => {
    const script = await childScript(HOLDER)
    for (let round = 0; round < 3; round += 1) {
      await leaveBehind({ pid: ENDED })
      const racers = Array.from({ length: 6 }, () => script.start(file))
      const said = await Promise.all(racers.map((racer) => racer.line(1)))
      expect(said.sort()).toEqual(['held', ...Array.from({ length: 5 }, () => 'run.locked')])
      for (const { child } of racers) child.kill('SIGKILL')
      await Promise.all(racers.map(({ ended }) => ended))
      await (await lockFile(file, process.pid)).release()
    }
  })

  test('while it took over a lock left behind has an heir, too', async () => {
    await leaveBehind({ pid: ENDED, id: 'aaaaaaaaaaaa' })
    const stale = written()
    writeFileSync(`${file}.lock.aaaaaaaaaaaa`, JSON.stringify({ ...stale, id: 'bbbbbbbbbbbb' }))
    const { locks } = await race(8)
    expect(locks).toHaveLength(1)
    await locks[0]?.release()
    expect(readdirSync(folder)).toEqual([])
  })
})

test('what another process is about to take over is left to it', async () => {
  await leaveBehind({ pid: ENDED, id: 'aaaaaaaaaaaa' })
  const stale = readFileSync(`${file}.lock`)
  const right = await lockFile(join(folder, 'other'), process.pid)
  writeFileSync(`${file}.lock.aaaaaaaaaaaa`, readFileSync(join(folder, 'other.lock')))
  await expect(lockFile(file, process.pid)).rejects.toThrow(LockedError)
  expect(readFileSync(`${file}.lock`)).toEqual(stale)
  await right.release()
})

describe('where nothing can be known about the holder, the lock counts as held:', () => {
  test.each([
    ['another host', { host: 'other.example' }],
    ['another container on this host', { pids: 'pid:[1]' }],
  ])('%s', async (_, changes) => {
    await leaveBehind({ pid: ENDED, ...changes })
    const before = readFileSync(`${file}.lock`)
    const refusal = lockFile(file, process.pid)
    await expect(refusal).rejects.toThrow(LockedError)
    await expect(refusal).rejects.toMatchObject({
      hint: expect.stringContaining(`remove ${file}.lock`) as string,
    })
    expect(readFileSync(`${file}.lock`)).toEqual(before)
  })

  test.each([
    '',
    'null',
    '[]',
    'not JSON',
    '{"pid":1}',
    '{"id":"../../../etc/x","pid":1,"host":"h"}',
    '{"id":"aaaaaaaaaaaa","pid":-1,"host":"h"}',
    '{"id":"aaaaaaaaaaaa","pid":1,"host":"h","startedAt":5}',
  ])('a file that says %j', async (content) => {
    writeFileSync(`${file}.lock`, content)
    await expect(lockFile(file, process.pid)).rejects.toThrow('does not say whose it is')
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(content)
  })

  test('a link, even one that leads nowhere, and a folder', async () => {
    symlinkSync('nowhere', `${file}.lock`)
    await expect(lockFile(file, process.pid)).rejects.toThrow('does not say whose it is')
    mkdirSync(join(folder, 'other.lock'))
    await expect(lockFile(join(folder, 'other'), process.pid)).rejects.toThrow('does not say whose it is')
  })
})

test('what a lock says cannot drive a terminal', async () => {
  await leaveBehind({ host: `\u001b[2J\n\u202e${'x'.repeat(1000)}` })
  const error: unknown = await lockFile(file, process.pid).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(LockedError)
  expect((error as Error).message).toMatch(/^[^\p{C}]{1,600}$/u)
})

test('somebody else’s lock is not released', async () => {
  const lock = await lockFile(file, process.pid)
  writeFileSync(`${file}.lock`, JSON.stringify({ ...written(), id: 'cccccccccccc' }))
  await lock.release()
  expect(readdirSync(folder)).toEqual(['journal.lock'])
})

test('a lock that cannot be written is an error of the output', async () => {
  await expect(lockFile(join(folder, 'missing', 'journal'), process.pid)).rejects.toMatchObject({
    code: 'output.failed',
  })
})

test('what processes left that were killed while they took a lock goes with the next one', async () => {
  const id = '0123456789ab'
  await leaveBehind({ pid: ENDED })
  const [ofDead, ofLiving] = [written(), { ...written(), pid: process.pid }].map((one) => JSON.stringify(one))
  const long = new Date(Date.now() - 120_000)
  const leave = (name: string, text = '', isOld = false): string => {
    writeFileSync(join(folder, name), text)
    if (isOld) utimesSync(join(folder, name), long, long)
    return name
  }
  leave(`journal.lock.${id}.new`, ofDead)
  leave(`journal.lock.${id}.${id}.new`, ofDead)
  leave(`journal.lock.${id}`, ofDead, true)
  leave(`journal.lock.111111111111.new`, '', true)
  const kept = [
    leave('journal.lock.222222222222', ofDead),
    leave('journal.lock.333333333333.new', ''),
    leave('journal.lock.444444444444.new', ofLiving, true),
    leave('journal.lock.new', ofDead, true),
    leave('journal.lock.txt', ofDead, true),
    leave('other.lock.555555555555.new', ofDead, true),
  ]
  await (await lockFile(file, process.pid)).release()
  expect(readdirSync(folder).sort()).toEqual(kept.sort())
})
