import { LockedError } from '../errors.ts'
import { type Lock, takeLock } from '../lib/lock.ts'
import { plainText } from './plain-text.ts'
import { writeFailure } from './write-failure.ts'

export type FileLock = Lock

/**
 * Takes FILE for this process alone, by `FILE.lock`. What a process that has ended left behind is taken over; `pid` is
 * that of this process.
 *
 * @throws LockedError if another process holds it, or may hold it; OutputError if the lock cannot be written
 */
export async function lockFile(path: string, pid: number): Promise<FileLock> {
  const lock = `${path}.lock`
  const taken = await takeLock(lock, pid).catch((error: unknown) => {
    throw writeFailure(error, lock)
  })
  switch (taken.kind) {
    case 'ours':
      return taken.lock
    case 'held':
      throw new LockedError(
        `${path} is in use by another run: process ${taken.holder.pid} on ${plainText(taken.holder.host)}.`,
        taken.isCertain
          ? 'Wait until that has ended, or give each run a file of its own.'
          : `From here it cannot be seen whether that has ended. If it surely has, remove ${lock}.`,
      )
    case 'unreadable':
      throw new LockedError(
        `${path} may be in use by another run: ${lock} is there, but does not say whose it is.`,
        `If surely no run uses it, remove ${lock}.`,
      )
  }
}
