import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './system-code.ts'

/**
 * Completes what a process that was killed had begun: a new text that is whole takes the place of the file. Only one
 * process may do this at a time.
 *
 * @throws whatever the system says, but for a text that cannot be read
 */
export function completeReplacement(path: string, isWhole: (text: string) => boolean): void {
  const target = realPath(path)
  let text: string
  try {
    // Somebody may have put another file there since.
    if (statSync(draftOf(target)).mtimeMs < statSync(target).mtimeMs) return
    text = readFileSync(draftOf(target), 'utf8')
  } catch (error: unknown) {
    if (systemCode(error) === undefined) throw error
    return
  }
  if (isWhole(text)) renameSync(draftOf(target), target)
}

/** A file that is about to be replaced. */
export interface Replacement {
  /**
   * Puts `text` in the place of the file: on the disk as a whole when this returns, and the old text as a whole if it
   * throws. Done without a turn of the event loop, for what must not get lost in between; of a process that is killed
   * behind the first write, `completeReplacement` brings the text back.
   *
   * @throws whatever the system says
   */
  put(text: string): void
  /** Leaves the file as it was; of no effect behind `put`. */
  drop(): void
}

/**
 * Makes ready to replace a file, or to make it, for its owner's eyes alone: the room for `bytes` is taken now, so that a
 * full disk or a folder that is closed to us shows before there is anything to lose. A symlink stays; what it leads to is
 * replaced. Only one process may do this at a time.
 *
 * @throws whatever the system says
 */
export function openReplacement(path: string, bytes = 4096): Replacement {
  const target = realPath(path)
  const draft = draftOf(target)
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  remove(draft)
  const file = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  let isOpen = true
  function end(): void {
    if (isOpen) closeSync(file)
    isOpen = false
  }
  function drop(): void {
    if (!isOpen) return
    end()
    remove(draft)
  }
  function fill(text: Buffer): void {
    for (let at = 0; at < text.length;) at += writeSync(file, text, at, text.length - at, at)
    ftruncateSync(file, text.length)
    fsyncSync(file)
  }
  try {
    fill(Buffer.alloc(bytes, '\n'))
  } catch (error: unknown) {
    drop()
    throw error
  }
  return {
    drop,
    put(text) {
      try {
        fill(Buffer.from(text))
        renameSync(draft, target)
      } catch (error: unknown) {
        drop()
        throw error
      }
      end()
      syncFolder(dirname(target))
    },
  }
}

function draftOf(target: string): string {
  return `${target}.new`
}

/** The new name is on the disk only when the folder is. Not every system lets folders be opened. */
function syncFolder(path: string): void {
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

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error: unknown) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
