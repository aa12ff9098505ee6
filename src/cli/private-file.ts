import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { writeReason } from '../output/write-failure.ts'

/** A file to which whole lines are added: the log, or a trace. */
export interface PrivateFile {
  /** Adds `text` at once; a disk that is full loses it, which is told once and is no reason to lose rows. */
  write(text: string): void
  close(): void
}

export interface PrivateFileOptions {
  /** As the user named it. */
  readonly name: string
  /** The option that named it. */
  readonly flag: string
  readonly cwd: string
  /** Told when something could not be written for the first time. */
  readonly warn: (message: string) => void
  /** Whether what it held goes, once there is something to write; else it is added to. */
  readonly isEmptied?: boolean
}

/**
 * Opens a file for its owner's eyes alone. A symlink is not followed: in a folder that others may write to, somebody else
 * may have put it there to have a file of ours overwritten.
 *
 * @throws UsageError
 */
export function openPrivateFile(options: PrivateFileOptions): PrivateFile {
  const { name, flag, cwd, warn, isEmptied = false } = options
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  // The last two are missing on Windows, where they count as 0. Without the last, opening a FIFO that nobody reads would
  // never end.
  const flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK
  let descriptor: number
  try {
    descriptor = openSync(resolve(cwd, name), flags, 0o600)
  } catch (error: unknown) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const why = code === 'ELOOP' ? 'it is a symlink, which is not followed' : code
    throw cannotWrite(flag, name, why)
  }
  const stats = fstatSync(descriptor)
  const refusal = stats.isFile() ? closedToOthers(descriptor, stats.mode) : 'it is no regular file'
  if (refusal !== undefined) {
    closeSync(descriptor)
    throw cannotWrite(flag, name, refusal)
  }
  let holdsOld = isEmptied
  let hasLost = false
  return {
    write(text) {
      try {
        if (holdsOld) ftruncateSync(descriptor)
        holdsOld = false
        const bytes = Buffer.from(text)
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
      } catch (error: unknown) {
        if (hasLost) return
        // The warning comes here as well, if this is the log.
        hasLost = true
        warn(`${flag}: ${name} lacks something, since it could not be written: ${writeReason(error)}.`)
      }
    },
    close: () => closeSync(descriptor),
  }
}

/** What is in it may be about customers: if others can read it now, they cannot any more. */
function closedToOthers(descriptor: number, mode: number): string | undefined {
  if ((mode & 0o077) === 0) return undefined
  try {
    fchmodSync(descriptor, 0o600)
    return undefined
  } catch {
    return 'others may read it, and it belongs to somebody else'
  }
}

function cannotWrite(flag: string, name: string, why: string): UsageError {
  return new UsageError('log-file', `${flag}: ${name} cannot be written: ${why}.`)
}
