import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readRows } from '../../src/input/read-rows.ts'
import { fileSource, streamSource } from '../../src/input/sources.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { collected } from './in-chunks.ts'

async function content(source: { open(): AsyncIterable<Buffer> }): Promise<string> {
  return Buffer.concat(await collected(source.open())).toString()
}

/** Whether this process has the file open. */
function isOpen(path: string): boolean {
  return readdirSync('/proc/self/fd').some((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === path
    } catch {
      return false
    }
  })
}

describe('a file', () => {
  test('can be read again, and is closed each time', async () => {
    const path = join(tempFolder(), 'rows.ndjson')
    const text = '{"ID":1}\n'.repeat(20_000)
    writeFileSync(path, text)
    const source = fileSource(path, 'rows.ndjson')
    expect(source.isRepeatable).toBe(true)
    expect(source.name).toBe('rows.ndjson')
    for (let time = 0; time < 2; time++) {
      expect(await content(source)).toBe(text)
      if (process.platform === 'linux') expect(isOpen(path)).toBe(false)
    }
  })

  test('hands over chunks that nothing changes any more', async () => {
    const path = join(tempFolder(), 'rows')
    writeFileSync(path, Buffer.concat([Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b')]))
    const chunks = await collected(fileSource(path, 'rows').open())
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks[0]?.every((byte) => byte === 0x61)).toBe(true)
  })

  test.skipIf(process.platform !== 'linux').each(['rows.ndjson', 'rows.ndjson.gz'])(
    'is closed when its rows are left early: %s',
    async (name) => {
      const path = join(tempFolder(), name)
      const lines = Buffer.from('{"ID":1}\n'.repeat(200_000))
      writeFileSync(path, name.endsWith('.gz') ? gzipSync(lines, { level: 0 }) : lines)
      const options = { format: undefined, encoding: 'utf-8', delimiter: undefined }
      const { rows } = await readRows(fileSource(path, name), options)
      for await (const { line } of rows) {
        expect(isOpen(path)).toBe(true)
        if (line === 3) break
      }
      expect(isOpen(path)).toBe(false)
    },
  )

  test('that is missing is refused when it is read', async () => {
    const source = fileSource(join(tempFolder(), 'missing.csv'), 'missing.csv')
    await expect(content(source)).rejects.toMatchObject({
      code: 'usage.unreadable',
      exitCode: 2,
      message: 'The file missing.csv cannot be read (ENOENT).',
      hint: 'Check its name and its rights.',
    })
  })

  test.each(['rows', 'rows.gz'])('that is missing is no packed file that is cut short: %s', async (name) => {
    const source = fileSource(join(tempFolder(), name), name)
    const options = { format: undefined, encoding: 'utf-8', delimiter: undefined }
    await expect(readRows(source, options)).rejects.toMatchObject({ code: 'usage.unreadable' })
  })

  test.skipIf(process.platform === 'win32')('that is a folder is refused', async () => {
    await expect(content(fileSource(tempFolder(), 'data'))).rejects.toMatchObject({
      code: 'usage.unreadable',
      message: 'The file data is a folder.',
    })
  })

  test.skipIf(process.platform === 'win32')('that is a pipe can be read once', async () => {
    const path = join(tempFolder(), 'pipe')
    execFileSync('mkfifo', [path])
    const source = fileSource(path, 'pipe')
    const [text] = await Promise.all([content(source), writeFile(path, 'x\n')])
    expect(text).toBe('x\n')
    const again = Promise.all([content(source), writeFile(path, 'y\n').catch(() => undefined)])
    await expect(again).rejects.toMatchObject({
      code: 'usage.unreadable',
      message: 'The file pipe cannot be read a second time: it is a pipe.',
    })
  })
})

describe('a stream', () => {
  test('is read once, as bytes', async () => {
    const source = streamSource(Readable.from(['é', Buffer.from('ü')]), 'standard input')
    expect(source.name).toBe('standard input')
    expect(await content(source)).toBe('éü')
    await expect(content(source)).rejects.toThrow('standard input was opened a second time')
  })

  test('is destroyed when it is left early', async () => {
    const stream = Readable.from(['a', 'b', 'c'])
    for await (const chunk of streamSource(stream, 'standard input').open()) {
      expect(chunk.toString()).toBe('a')
      break
    }
    expect(stream.destroyed).toBe(true)
  })

  test.each([
    ['EISDIR', 'Standard input is a folder.'],
    ['EIO', 'Standard input cannot be read (EIO).'],
  ])('that the system does not let us read is refused: %s', async (code, message) => {
    const stream = new Readable({
      read() {
        this.destroy(Object.assign(new Error(code), { code, errno: -5 }))
      },
    })
    await expect(content(streamSource(stream, 'standard input'))).rejects.toMatchObject({
      code: 'usage.unreadable',
      message,
    })
  })

  test('passes on what others throw', async () => {
    const failure = new Error('stopped')
    const stream = new Readable({
      read() {
        this.destroy(failure)
      },
    })
    await expect(content(streamSource(stream, 'standard input'))).rejects.toBe(failure)
  })
})
