import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Destination } from '../../src/output/destination.ts'
import { openDestination, type OutputRequest } from '../../src/output/open-destination.ts'
import { tempFolder } from '../support/temp-folder.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(tempFolder())
})

const NO_WAIT = { signal: new AbortController().signal, onWait: () => undefined }

function at(name: string): string {
  return join(folder, name)
}

function open(file: string, request: Partial<OutputRequest> = {}): Promise<Destination> {
  const stdout = { stream: new PassThrough(), descriptor: undefined }
  return openDestination({
    file,
    cwd: folder,
    pid: process.pid,
    stdout,
    inputs: [],
    waiting: NO_WAIT,
    ...request,
  })
}

async function add(file: string, content: string, isGzipped = false): Promise<void> {
  const destination = await open(file, { fileMode: 'append', isGzipped })
  await destination.write(Buffer.from(content))
  await destination.commit()
}

describe('rows are added to a file', () => {
  test('in one step, when all of them are there', async () => {
    writeFileSync(at('a'), '1\n')
    const destination = await open('a', { fileMode: 'append' })
    await destination.write(Buffer.from('2\n'))
    expect(readFileSync(at('a'), 'utf8')).toBe('1\n')
    await destination.commit()
    expect(readFileSync(at('a'), 'utf8')).toBe('1\n2\n')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('that need not be there yet', async () => {
    await add('a', '1\n')
    await add('a', '2\n')
    expect(readFileSync(at('a'), 'utf8')).toBe('1\n2\n')
  })

  test('behind a link, whose mode it keeps', async () => {
    writeFileSync(at('real'), '1\n')
    chmodSync(at('real'), 0o640)
    symlinkSync('real', at('a'))
    await add('a', '2\n')
    expect(readFileSync(at('real'), 'utf8')).toBe('1\n2\n')
    expect(statSync(at('real')).mode & 0o777).toBe(0o640)
  })

  test('or to none of it: a run that fails leaves the file as it was', async () => {
    writeFileSync(at('a'), '1\n')
    const destination = await open('a', { fileMode: 'append' })
    await destination.write(Buffer.from('2\n'))
    expect(await destination.abandon()).toBe(at('a.partial'))
    expect(readFileSync(at('a'), 'utf8')).toBe('1\n')
    expect(readFileSync(at('a.partial'), 'utf8')).toBe('1\n2\n')
  })

  test('a run without rows leaves no copy behind', async () => {
    writeFileSync(at('a'), '1\n')
    expect(await (await open('a', { fileMode: 'append' })).abandon()).toBeUndefined()
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('whose first bytes are known to whoever writes', async () => {
    writeFileSync(at('a'), 'ID,T\n1,x\n')
    writeFileSync(at('empty'), '')
    writeFileSync(at('b.gz'), gzipSync('ID\n'))
    const heads = await Promise.all([
      open('a', { fileMode: 'append' }),
      open('empty', { fileMode: 'append' }),
      open('b.gz', { fileMode: 'append', isGzipped: true }),
    ])
    expect(heads.map(({ head }) => head?.toString())).toEqual(['ID,T\n1,x\n', undefined, 'ID\n'])
    await Promise.all(heads.map((destination) => destination.abandon()))
  })

  test('unless its last line has no end', async () => {
    writeFileSync(at('a'), '{"ID":1}\n{"ID"')
    await expect(open('a', { fileMode: 'append' })).rejects.toMatchObject({ code: 'usage.append-cut' })
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('unless somebody else has written to it meanwhile', async () => {
    writeFileSync(at('a'), '1\n')
    const destination = await open('a', { fileMode: 'append' })
    await destination.write(Buffer.from('2\n'))
    writeFileSync(at('a'), '1\nthe other\n')
    await expect(destination.commit()).rejects.toThrow('was changed by somebody else')
    expect(await destination.abandon()).toBe(at('a.partial'))
    expect(readFileSync(at('a'), 'utf8')).toBe('1\nthe other\n')
  })

  test('that is packed, as a further member', async () => {
    writeFileSync(at('a.gz'), gzipSync('1\n'))
    await add('a.gz', '2\n', true)
    expect(gunzipSync(readFileSync(at('a.gz'))).toString()).toBe('1\n2\n')
  })

  test('that is packed, unless it cannot be unpacked', async () => {
    const whole = gzipSync('1\n'.repeat(1000))
    for (const broken of [whole.subarray(0, -9), Buffer.from('no gzip\n')]) {
      writeFileSync(at('a.gz'), broken)
      const opened = open('a.gz', { fileMode: 'append', isGzipped: true })
      await expect(opened).rejects.toMatchObject({ code: 'usage.append-unpack' })
    }
  })
})

describe('a file that must not be replaced', () => {
  test('is refused if it is there', async () => {
    writeFileSync(at('a'), 'old')
    await expect(open('a', { fileMode: 'create' })).rejects.toMatchObject({ code: 'usage.output-exists' })
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('is made if it is not', async () => {
    const destination = await open('a', { fileMode: 'create' })
    await destination.write(Buffer.from('new'))
    await destination.commit()
    expect(readFileSync(at('a'), 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('is not replaced either if it comes into being meanwhile', async () => {
    const destination = await open('a', { fileMode: 'create' })
    await destination.write(Buffer.from('new'))
    writeFileSync(at('a'), 'precious')
    await expect(destination.commit()).rejects.toThrow('--no-clobber protects it')
    expect(await destination.abandon()).toBe(at('a.partial'))
    expect(readFileSync(at('a'), 'utf8')).toBe('precious')
  })
})

describe('a packed file', () => {
  test('unpacks to what was written', async () => {
    const destination = await open('a.gz', { isGzipped: true })
    const chunk = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `{"ID":${n * 7919}}\n`).join(''))
    for (let n = 0; n < 20; n++) await destination.write(chunk)
    await destination.commit()
    const unpacked = gunzipSync(readFileSync(at('a.gz')))
    expect(unpacked.equals(Buffer.concat(Array.from({ length: 20 }, () => chunk)))).toBe(true)
  })

  test('without rows unpacks to nothing', async () => {
    await (await open('a.gz', { isGzipped: true })).commit()
    expect(gunzipSync(readFileSync(at('a.gz'))).toString()).toBe('')
  })

  test('of a run that failed can be unpacked as far as it goes', async () => {
    const destination = await open('a.gz', { isGzipped: true })
    await destination.write(Buffer.from('1\n'))
    expect(await destination.abandon()).toBe(at('a.gz.partial'))
    expect(gunzipSync(readFileSync(at('a.gz.partial'))).toString()).toBe('1\n')
  })

  test('of a run that failed before its first row is not left behind', async () => {
    expect(await (await open('a.gz', { isGzipped: true })).abandon()).toBeUndefined()
    expect(existsSync(at('a.gz.partial'))).toBe(false)
  })

  test('on a full disk says so, at the latest when it is committed', async () => {
    symlinkSync('/dev/full', at('a.gz'))
    const destination = await open('a.gz', { isGzipped: true })
    const noise = Buffer.alloc(1 << 20, 'x').map((_, n) => (n * 7919 * n) % 251)
    const act = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) await destination.write(Buffer.from(noise))
      await destination.commit()
    }
    await expect(act()).rejects.toThrow('the disk is full (ENOSPC)')
    expect(await destination.abandon()).toBeUndefined()
    await expect(open('/dev/full', { isGzipped: true }).then((full) => full.write(Buffer.from('x')).then(() => full.commit()))).rejects.toThrow('ENOSPC') // prettier-ignore
  })

  test('is taken no faster than it can be passed on', async () => {
    const { gzipped } = await import('../../src/output/gzip.ts')
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const destination = gzipped({
      write: () => gate,
      commit: () => Promise.resolve(),
      abandon: () => Promise.resolve(undefined),
    })
    let taken = 0
    const noise = Buffer.alloc(1 << 16)
    for (let n = 0; n < noise.length; n++) noise[n] = (n * n * 31 + (n >> 3) * 17) % 256
    const all = (async () => {
      for (let n = 0; n < 200; n++) {
        await destination.write(Buffer.from(noise.map((byte) => byte ^ n)))
        taken++
      }
      await destination.commit()
    })()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(taken).toBeLessThan(50)
    release()
    await all
    expect(taken).toBe(200)
  })
})
