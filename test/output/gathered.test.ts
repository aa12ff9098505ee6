import { expect, test } from 'vitest'
import { OutputError } from '../../src/errors.ts'
import type { Destination } from '../../src/output/destination.ts'
import { gathered } from '../../src/output/gathered.ts'

const PAGE_BYTES = 100_000

/** A destination that notes what is done to it, and fails to write from `failsAt` on. */
function noting(failsAt = Infinity): { inner: Destination; done: string[]; written: () => Buffer } {
  const chunks: Buffer[] = []
  const done: string[] = []
  const inner: Destination = {
    write(chunk) {
      if (chunks.length >= failsAt) return Promise.reject(new OutputError('the disk is full'))
      chunks.push(Buffer.from(chunk))
      done.push('write')
      return Promise.resolve()
    },
    commit: () => Promise.resolve(void done.push('commit')),
    abandon() {
      done.push('abandon')
      return Promise.resolve('kept')
    },
  }
  return { inner, done, written: () => Buffer.concat(chunks) }
}

/** One buffer for all pages, as whoever writes them uses it. */
function* pages(count: number): Generator<Buffer> {
  const page = Buffer.alloc(PAGE_BYTES)
  for (let number = 0; number < count; number++) yield page.fill(number)
}

test('many small writes become a few large ones, with all bytes in their order', async () => {
  const { inner, done, written } = noting()
  const destination = gathered(inner)
  for (const page of pages(23)) await destination.write(page)
  await destination.commit()
  expect(written().equals(Buffer.concat([...pages(23)].map((_, at) => Buffer.alloc(PAGE_BYTES, at))))).toBe(
    true,
  )
  expect(done.at(-1)).toBe('commit')
  expect(done.length).toBeLessThan(8)
})

test('what is larger than all that is gathered goes through in its turn', async () => {
  const { inner, written } = noting()
  const destination = gathered(inner)
  await destination.write(Buffer.from('a'))
  await destination.write(Buffer.alloc(3_000_000, 'b'))
  await destination.write(Buffer.from('c'))
  await destination.commit()
  expect(written().toString()).toBe(`a${'b'.repeat(3_000_000)}c`)
})

test('a failure shows at the end at the latest, and nothing is committed then', async () => {
  const { inner, done } = noting(0)
  const destination = gathered(inner)
  await destination.write(Buffer.from('row\n'))
  await expect(destination.commit()).rejects.toThrow('the disk is full')
  expect(done).toEqual([])
})

test('what was gathered is kept when the run fails, as far as it can be', async () => {
  const sound = noting()
  const destination = gathered(sound.inner)
  await destination.write(Buffer.from('row\n'))
  expect(await destination.abandon()).toBe('kept')
  expect([sound.written().toString(), sound.done]).toEqual(['row\n', ['write', 'abandon']])
  const full = noting(0)
  const other = gathered(full.inner)
  await other.write(Buffer.from('row\n'))
  expect(await other.abandon()).toBe('kept')
})
