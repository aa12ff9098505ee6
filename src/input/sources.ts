import { type FileHandle, open } from 'node:fs/promises'
import { UsageError } from '../errors.ts'
import type { InputSource } from './input-row.ts'

const CHUNK_BYTES = 64 * 1024

/**
 * A file that is opened when it is read, and closed when it is read no more. It can be read again; a FIFO in its place
 * cannot, and says so.
 *
 * @throws UsageError from reading, for a file that cannot be read and for a folder
 */
export function fileSource(path: string, name: string): InputSource & { readonly isRepeatable: true } {
  let times = 0
  return {
    name,
    isRepeatable: true,
    async *open() {
      times++
      const file = await openFile(path, name)
      try {
        if (times > 1) await refusePipe(file, name)
        yield* contentOf(file)
      } catch (error: unknown) {
        throw readFailure(error, `The file ${name}`)
      } finally {
        await file.close()
      }
    },
  }
}

async function openFile(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error: unknown) {
    throw readFailure(error, `The file ${name}`)
  }
}

async function* contentOf(file: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return
    // A copy: rows are stretches of it, and a pipe may give a few bytes at a time.
    yield Buffer.from(buffer.subarray(0, bytesRead))
  }
}

async function refusePipe(file: FileHandle, name: string): Promise<void> {
  if ((await file.stat()).isFile()) return
  throw new UsageError(
    'unreadable',
    `The file ${name} cannot be read a second time: it is a pipe.`,
    'Write its content into a file first.',
  )
}

/**
 * What somebody else opened, such as standard input; it can be read once. A stream is destroyed when it is read no more.
 *
 * @throws UsageError from reading, if the system does not let us
 */
export function streamSource(stream: AsyncIterable<Buffer | string>, name: string): InputSource {
  let isOpened = false
  return {
    name,
    async *open() {
      if (isOpened) throw new Error(`${name} was opened a second time`)
      isOpened = true
      try {
        for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      } catch (error: unknown) {
        throw readFailure(error, capitalised(name))
      }
    },
  }
}

/** Failures of the system in our words; all others as they are. */
function readFailure(error: unknown, subject: string): unknown {
  const { errno, code = '' } = error as NodeJS.ErrnoException
  if (typeof errno !== 'number') return error
  return code === 'EISDIR'
    ? new UsageError('unreadable', `${subject} is a folder.`, 'Name a file in it.')
    : new UsageError('unreadable', `${subject} cannot be read (${code}).`, 'Check its name and its rights.')
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1)
}
