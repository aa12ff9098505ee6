import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OutputError, UsageError } from '../errors.ts'
import { systemCode, writeFailure } from './write-failure.ts'

/** Finds out what cannot be a journal, before anything is made beside it. @throws UsageError */
export async function refuseUnfit(path: string): Promise<void> {
  const folder = dirname(path)
  const around = await stat(folder).catch(() => undefined)
  if (around?.isDirectory() !== true) {
    throw new UsageError(
      'journal-file',
      `--journal ${path}: there is no folder ${folder}.`,
      'Create it first.',
    )
  }
  const found = await lstat(path).catch(() => undefined)
  if (found?.isFile() === false) throw unfit(path, found)
}

/**
 * Opens a file for reading and appending, or makes one for its owner's eyes alone. A symlink is not followed: in a folder
 * that others may write to, somebody else may have put it there.
 *
 * @throws UsageError, OutputError
 */
export async function openJournalFile(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  let handle: FileHandle
  try {
    handle = await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (error: unknown) {
    throw writeFailure(error, path)
  }
  const opened = await handle.stat()
  if (opened.isFile()) return handle
  await handle.close()
  throw unfit(path, opened)
}

/**
 * Cuts off what is behind `end` and adds what is missing there; answers where the file ends now. It and its name in the
 * folder are on disk then.
 *
 * @throws OutputError
 */
export async function settleEnd(
  handle: FileHandle,
  path: string,
  end: number,
  missing: Buffer,
): Promise<number> {
  try {
    await handle.truncate(end)
    if (missing.length > 0) await handle.appendFile(missing)
    await handle.sync()
  } catch (error: unknown) {
    await handle.truncate(end).catch(() => undefined)
    throw writeFailure(error, path)
  }
  await syncFolder(dirname(path))
  return end + missing.length
}

/** As many bytes as there are, up to `length`; fewer at the end of the file only. @throws OutputError */
export async function bytesAt(
  handle: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  try {
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
  } catch (error: unknown) {
    throw new OutputError(`Cannot read ${path}: ${systemCode(error) ?? 'unknown'}.`, undefined, error)
  }
  return bytes.subarray(0, filled)
}

/** Not every system can do that to a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

function unfit(path: string, found: Stats): UsageError {
  const isLink = found.isSymbolicLink()
  const what = isLink
    ? 'a symlink, which is not followed'
    : found.isDirectory()
      ? 'a folder'
      : 'no regular file'
  return new UsageError('journal-file', `--journal ${path} is ${what}.`, 'Name a new file, or a journal.')
}
