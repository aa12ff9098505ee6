import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './system-code.ts'

/**
 * Puts `text` in the place of a file, or makes it, for its owner's eyes alone: on the disk as a whole when this returns,
 * and the old text as a whole if it does not. Done without a turn of the event loop, for what must not get lost in between.
 * A symlink stays; what it leads to is replaced. Only one process may do this at a time.
 *
 * @throws whatever the system says
 */
export function replaceFile(path: string, text: string): void {
  const target = realPath(path)
  const draft = `${target}.new`
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  forget(draft)
  const file = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } catch (error: unknown) {
    forget(draft)
    throw error
  } finally {
    closeSync(file)
  }
  try {
    renameSync(draft, target)
  } catch (error: unknown) {
    forget(draft)
    throw error
  }
  syncFolder(dirname(target))
}

/** The new name is on the disk only when the folder is. Not every system lets folders be opened. */
export function syncFolder(path: string): void {
  let folder: number | undefined
  try {
    folder = openSync(path, constants.O_RDONLY)
    fsyncSync(folder)
  } catch (error: unknown) {
    if (systemCode(error) === undefined) throw error
  } finally {
    if (folder !== undefined) closeSync(folder)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error: unknown) {
    if (systemCode(error) === 'ENOENT') return path
    throw error
  }
}

function forget(path: string): void {
  try {
    unlinkSync(path)
  } catch (error: unknown) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
