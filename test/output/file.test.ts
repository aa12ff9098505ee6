import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, test } from 'vitest'
import { BrokenPipeError, OutputError, UsageError } from '../../src/errors.ts'
import type { Destination } from '../../src/output/destination.ts'
import { openDestination, type InputFile } from '../../src/output/open-destination.ts'
import { tempFolder } from '../support/temp-folder.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(tempFolder())
})

function at(name: string): string {
  return join(folder, name)
}

function open(file: string, inputs: readonly InputFile[] = []): Promise<Destination> {
  return openDestination({
    file,
    cwd: folder,
    pid: process.pid,
    stdout: { stream: new PassThrough(), descriptor: undefined },
    inputs,
    waiting: { signal: new AbortController().signal, onWait: () => undefined },
  })
}

async function writeAll(file: string, content: string): Promise<void> {
  const destination = await open(file)
  await destination.write(Buffer.from(content))
  await destination.commit()
}

describe('a file', () => {
  test('holds what was written, and nothing is left beside it', async () => {
    const destination = await open('deals.ndjson')
    await destination.write(Buffer.from('1\n'))
    await destination.write(Buffer.from('2\n'))
    await destination.commit()
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('1\n2\n')
    expect(readdirSync(folder)).toEqual(['deals.ndjson'])
  })

  test('keeps its old content until all rows are there', async () => {
    writeFileSync(at('deals.ndjson'), 'old')
    const destination = await open('deals.ndjson')
    await destination.write(Buffer.from('new'))
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('old')
    await destination.commit()
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('new')
  })

  test('is empty, not missing, if there were no rows', async () => {
    await (await open('deals.ndjson')).commit()
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('')
  })

  test('keeps its mode', async () => {
    writeFileSync(at('deals.ndjson'), 'old')
    chmodSync(at('deals.ndjson'), 0o640)
    await writeAll('deals.ndjson', 'new')
    expect(statSync(at('deals.ndjson')).mode & 0o777).toBe(0o640)
  })

  test('that is closed to others is closed while it is written, too', async () => {
    writeFileSync(at('deals.ndjson'), 'old')
    chmodSync(at('deals.ndjson'), 0o600)
    const destination = await open('deals.ndjson')
    expect(statSync(at('deals.ndjson.partial')).mode & 0o777).toBe(0o600)
    await destination.abandon()
  })

  test('that is new has the mode that the umask leaves', async () => {
    await writeAll('deals.ndjson', 'new')
    writeFileSync(at('other'), '')
    expect(statSync(at('deals.ndjson')).mode).toBe(statSync(at('other')).mode)
  })

  test('behind a link is replaced; the link stays', async () => {
    mkdirSync(at('data'))
    writeFileSync(at('data/real.ndjson'), 'old')
    symlinkSync('data/real.ndjson', at('deals.ndjson'))
    await writeAll('deals.ndjson', 'new')
    expect(lstatSync(at('deals.ndjson')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('data/real.ndjson'), 'utf8')).toBe('new')
    expect(readdirSync(folder).sort()).toEqual(['data', 'deals.ndjson'])
  })

  test('that a link promises is made where the link says', async () => {
    mkdirSync(at('data'))
    symlinkSync('data/real.ndjson', at('deals.ndjson'))
    await writeAll('deals.ndjson', 'new')
    expect(readFileSync(at('data/real.ndjson'), 'utf8')).toBe('new')
  })

  test.runIf(process.getuid?.() === 0)('keeps its owner, if we may set it', async () => {
    writeFileSync(at('deals.ndjson'), 'old')
    execFileSync('chown', ['12345:12346', at('deals.ndjson')])
    await writeAll('deals.ndjson', 'new')
    expect(statSync(at('deals.ndjson'))).toMatchObject({ uid: 12345, gid: 12346 })
  })
})

describe('a run that fails', () => {
  test('leaves the file alone and says where its rows are', async () => {
    writeFileSync(at('deals.ndjson'), 'old')
    const destination = await open('deals.ndjson')
    await destination.write(Buffer.from('new'))
    expect(await destination.abandon()).toBe(at('deals.ndjson.partial'))
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('old')
    expect(readFileSync(at('deals.ndjson.partial'), 'utf8')).toBe('new')
  })

  test('without a row leaves nothing behind', async () => {
    expect(await (await open('deals.ndjson')).abandon()).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  test('because it cannot take the place of the file still says where its rows are', async () => {
    const destination = await open('deals.ndjson')
    await destination.write(Buffer.from('new'))
    mkdirSync(at('deals.ndjson'))
    await expect(destination.commit()).rejects.toThrow(OutputError)
    expect(await destination.abandon()).toBe(at('deals.ndjson.partial'))
  })
})

describe('a partial file of an earlier run', () => {
  test('is replaced', async () => {
    writeFileSync(at('deals.ndjson.partial'), 'a longer text than the new one')
    await writeAll('deals.ndjson', 'new')
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('new')
  })

  test('that is a link is not followed', async () => {
    writeFileSync(at('precious'), 'precious')
    symlinkSync('precious', at('deals.ndjson.partial'))
    await writeAll('deals.ndjson', 'new')
    expect(readFileSync(at('precious'), 'utf8')).toBe('precious')
    expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('new')
  })

  test('that is a folder is refused', async () => {
    mkdirSync(at('deals.ndjson.partial'))
    await expect(open('deals.ndjson')).rejects.toMatchObject({ code: 'usage.output-partial' })
  })
})

test('a run whose partial file was taken over by another run does not commit the half of the other', async () => {
  const first = await open('deals.ndjson')
  await first.write(Buffer.from('all of the first'))
  // Whoever does that has been told not to.
  unlinkSync(at('deals.ndjson.lock'))
  const second = await open('deals.ndjson')
  await second.write(Buffer.from('half of'))
  await expect(first.commit()).rejects.toThrow('no longer the file that this run wrote')
  expect(await first.abandon()).toBeUndefined()
  await second.commit()
  expect(readFileSync(at('deals.ndjson'), 'utf8')).toBe('half of')
})

test('a run whose partial file was removed says so', async () => {
  const destination = await open('deals.ndjson')
  unlinkSync(at('deals.ndjson.partial'))
  await expect(destination.commit()).rejects.toThrow(OutputError)
  await destination.abandon()
})

describe('refused before anything is sent:', () => {
  test('a folder', async () => {
    mkdirSync(at('data'))
    await expect(open('data')).rejects.toMatchObject({ code: 'usage.output-is-folder' })
  })

  test('a file in a folder that is not there', async () => {
    await expect(open('missing/deals.ndjson')).rejects.toMatchObject({ code: 'usage.output-folder' })
  })

  test('a file below something that is no folder', async () => {
    writeFileSync(at('file'), '')
    await expect(open('file/deals.ndjson')).rejects.toMatchObject({ code: 'usage.output-folder' })
  })

  test('a link that leads round in a circle', async () => {
    symlinkSync('b', at('a'))
    symlinkSync('a', at('b'))
    await expect(open('a')).rejects.toThrow(UsageError)
  })

  test.each(['params.ndjson', 'linked.ndjson'])('the file that is read, as %s', async (name) => {
    writeFileSync(at('params.ndjson'), '{}')
    symlinkSync('params.ndjson', at('linked.ndjson'))
    const input = { name: 'params.ndjson', stats: statSync(at('params.ndjson')) }
    await expect(open(name, [input])).rejects.toMatchObject({ code: 'usage.output-is-input' })
    expect(readFileSync(at('params.ndjson'), 'utf8')).toBe('{}')
  })

  test('a file whose partial file is read', async () => {
    writeFileSync(at('deals.ndjson.partial'), '{}')
    const input = { name: 'deals.ndjson.partial', stats: statSync(at('deals.ndjson.partial')) }
    await expect(open('deals.ndjson', [input])).rejects.toMatchObject({ code: 'usage.output-is-input' })
    expect(existsSync(at('deals.ndjson.partial'))).toBe(true)
  })
})

describe('what is no regular file is written directly:', () => {
  test('/dev/null', async () => {
    await writeAll('/dev/null', 'x')
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(existsSync('/dev/null.partial')).toBe(false)
  })

  test('a FIFO', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const read = text(createReadStream(at('pipe')))
    await writeAll('pipe', 'through the pipe')
    expect(await read).toBe('through the pipe')
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
  })

  test('/dev/full, which is full', async () => {
    const destination = await open('/dev/full')
    await expect(destination.write(Buffer.from('x'))).rejects.toThrow('the disk is full (ENOSPC)')
    expect(await destination.abandon()).toBeUndefined()
  })

  test('a FIFO whose reader goes away', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const reader = createReadStream(at('pipe'))
    const destination = await open('pipe')
    await new Promise<void>((resolve) => reader.once('close', () => resolve()).destroy())
    await expect(destination.write(Buffer.from('x'))).rejects.toThrow(BrokenPipeError)
    await destination.abandon()
  })
})
