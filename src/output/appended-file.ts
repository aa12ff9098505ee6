import type { Stats } from 'node:fs'
import { constants, copyFile, open, stat } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { OutputError, UsageError } from '../errors.ts'
import { openFailure, systemCode, writeFailure } from './write-failure.ts'

/** As much of a file as its header may take. */
const HEAD_BYTES = 1 << 20
const LINE_FEED = 0x0a

/**
 * The first bytes of a file that rows are to be added to, unpacked if it is packed; `undefined` if it is empty.
 *
 * @throws UsageError if its last line has no end, so that the first new row would become a part of it, or if a packed
 * file cannot be unpacked to its end
 */
export async function headOf(path: string, isGzipped: boolean): Promise<Buffer | undefined> {
  const { head, last } = isGzipped ? await readPacked(path) : await readPlain(path)
  if (last !== undefined && last !== LINE_FEED) {
    throw new UsageError(
      'append-cut',
      `--append: the last line of ${path} has no end; it may be cut short.`,
      'Repair the file first. If the line is whole, a line break behind it is all that is missing.',
    )
  }
  return head.length === 0 ? undefined : head
}

async function readPlain(path: string): Promise<{ head: Buffer; last: number | undefined }> {
  try {
    const handle = await open(path, 'r')
    try {
      const { size } = await handle.stat()
      const head = Buffer.alloc(Math.min(size, HEAD_BYTES))
      await handle.read(head, 0, head.length, 0)
      const end = Buffer.alloc(1)
      const { bytesRead } = await handle.read(end, 0, 1, Math.max(0, size - 1))
      return { head, last: bytesRead === 0 ? undefined : end[0] }
    } finally {
      await handle.close()
    }
  } catch (error: unknown) {
    throw openFailure(error, path)
  }
}

/** Unpacks all of it: whatever is added behind a broken member could never be read again. */
async function readPacked(path: string): Promise<{ head: Buffer; last: number | undefined }> {
  const chunks: Buffer[] = []
  let size = 0
  let last: number | undefined
  const { createGunzip } = await import('node:zlib')
  const file = createReadStream(path)
  const unpacked = createGunzip()
  file.once('error', (error) => unpacked.destroy(error))
  try {
    for await (const chunk of file.pipe(unpacked)) {
      const bytes = chunk as Buffer
      if (size < HEAD_BYTES) chunks.push(bytes)
      size += bytes.length
      last = bytes.at(-1) ?? last
    }
  } catch (error: unknown) {
    if (systemCode(error)?.startsWith('Z_') !== true) throw openFailure(error, path)
    throw new UsageError(
      'append-unpack',
      `--append: ${path} cannot be unpacked, so rows behind what is there could not be read again.`,
      'Repair the file first, or write to another one.',
    )
  } finally {
    file.destroy()
  }
  return { head: Buffer.concat(chunks), last }
}

/** Copies FILE to where the new rows will be added; the copy must not be there yet. @throws OutputError */
export async function copyTo(partial: string, path: string): Promise<void> {
  try {
    await copyFile(path, partial, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (error: unknown) {
    throw writeFailure(error, partial)
  }
}

/** The copy would undo what somebody else has written to FILE since. @throws OutputError */
export async function refuseIfChanged(path: string, found: Stats | undefined): Promise<void> {
  const now = await stat(path).catch(() => undefined)
  if (now?.ino === found?.ino && now?.size === found?.size && now?.mtimeMs === found?.mtimeMs) return
  throw new OutputError(
    `${path} was changed by somebody else while the rows were read.`,
    'The rows are in the partial file, behind what FILE held at the start.',
  )
}
