import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { BrokenPipeError, OutputError } from '../../src/errors.ts'
import { standardOutput } from '../../src/output/standard-output.ts'
import { tempFolder } from '../support/temp-folder.ts'

function failingWith(code: string): Writable {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  })
  return stream.on('error', () => undefined)
}

test('a write is over only when the stream has taken it', async () => {
  let take: () => void = () => undefined
  const slow = new Writable({ write: (_chunk, _encoding, done) => void (take = done) })
  const destination = await standardOutput({ stream: slow, descriptor: undefined })
  let isOver = false
  const writing = destination.write(Buffer.from('x')).then(() => void (isOver = true))
  await new Promise(setImmediate)
  expect(isOver).toBe(false)
  take()
  await writing
  expect(isOver).toBe(true)
})

test('a reader that has gone is told apart from a full disk', async () => {
  const closed = await standardOutput({ stream: failingWith('EPIPE'), descriptor: undefined })
  await expect(closed.write(Buffer.from('x'))).rejects.toThrow(BrokenPipeError)
  // The second write meets a destroyed stream.
  await expect(closed.write(Buffer.from('x'))).rejects.toThrow(BrokenPipeError)
  const full = await standardOutput({ stream: failingWith('ENOSPC'), descriptor: undefined })
  await expect(full.write(Buffer.from('x'))).rejects.toThrow(OutputError)
})

test('nothing of it can be kept or taken back', async () => {
  const destination = await standardOutput({ stream: new PassThrough(), descriptor: undefined })
  await destination.write(Buffer.from('x'))
  expect(await destination.abandon()).toBeUndefined()
})

test('a file behind it is written past the stream, one write after the other', async () => {
  const path = join(tempFolder(), 'out')
  const descriptor = openSync(path, 'w')
  const destination = await standardOutput({ stream: failingWith('EPIPE'), descriptor })
  await destination.write(Buffer.from('1\n'))
  await destination.write(Buffer.from('2\n'))
  await destination.commit()
  closeSync(descriptor)
  expect(readFileSync(path, 'utf8')).toBe('1\n2\n')
})
