import { constants } from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { LockedError } from '../errors.ts'
import { type Holder, isElsewhere, isGone, readHolder, thisProcess } from './lock-holder.ts'
import { sweepLeftovers } from './lock-leftovers.ts'
import { plainText } from './plain-text.ts'
import { systemCode, writeFailure } from './write-failure.ts'

export interface FileLock {
  /** Lets others have it; a lock that cannot be removed is taken over once this process has ended. */
  release(): Promise<void>
}

/**
 * Takes FILE for this process alone, by `FILE.lock`. What a process that has ended left behind is taken over; `pid` is
 * that of this process.
 *
 * @throws LockedError if another process holds it, or may hold it; OutputError if the lock cannot be written
 */
export async function lockFile(path: string, pid: number): Promise<FileLock> {
  const lock = `${path}.lock`
  const us = await take(lock, path, pid)
  return {
    async release() {
      const holder = await readHolder(lock)
      if (typeof holder === 'object' && holder.id === us.id) await unlink(lock).catch(() => undefined)
      await sweepLeftovers(lock, us)
    },
  }
}

/**
 * Whoever finds a lock left behind first takes a lock on the right to replace it, whose name is made from the id of the
 * one to be replaced. With that in hand nobody else can replace it, so that it is enough to look once more whether it is
 * still there. The new lock then takes its place in one step: there is no moment without a lock.
 */
async function take(lock: string, path: string, pid: number): Promise<Holder> {
  const us = await thisProcess(pid)
  for (;;) {
    if (await create(lock, us)) return us
    const holder = await readHolder(lock)
    if (holder === undefined) continue
    if (holder === 'unreadable') throw unreadable(lock, path)
    if (!(await isGone(holder, us))) throw held(holder, us, lock, path)

    const right = `${lock}.${holder.id}`
    const heir = await take(right, path, pid)
    const current = await readHolder(lock)
    if (typeof current === 'object' && current.id === holder.id) {
      await guarded(lock, () => rename(right, lock))
      return heir
    }
    await guarded(right, () => unlink(right))
  }
}

/** Makes the lock file, with its content from the first moment on; `false` if there is one. */
async function create(lock: string, us: Holder): Promise<boolean> {
  const draft = `${lock}.${us.id}.new`
  await writeNew(draft, us, lock)
  try {
    await link(draft, lock)
    return true
  } catch (error: unknown) {
    if (systemCode(error) === 'EEXIST') return false
    // Not every file system knows links. Without them the lock may be seen empty, which counts as held.
    return await writeNew(lock, us, lock)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

/** Writes a file that must not be there yet; `false` if it is. `lock` is the name that people know. */
async function writeNew(path: string, us: Holder, lock: string): Promise<boolean> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  try {
    const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(us)}\n`)
      await handle.sync()
    } catch (error: unknown) {
      await unlink(path).catch(() => undefined)
      throw error
    } finally {
      await handle.close()
    }
    return true
  } catch (error: unknown) {
    if (systemCode(error) === 'EEXIST') return false
    throw writeFailure(error, lock)
  }
}

async function guarded(where: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error: unknown) {
    throw writeFailure(error, where)
  }
}

function held(holder: Holder, us: Holder, lock: string, path: string): LockedError {
  const isCertain = !isElsewhere(holder, us) && holder.startedAt !== undefined
  return new LockedError(
    `${path} is in use by another run: process ${holder.pid} on ${plainText(holder.host)}.`,
    isCertain
      ? 'Wait until that has ended, or give each run a file of its own.'
      : `From here it cannot be seen whether that has ended. If it surely has, remove ${lock}.`,
  )
}

function unreadable(lock: string, path: string): LockedError {
  return new LockedError(
    `${path} may be in use by another run: ${lock} is there, but does not say whose it is.`,
    `If surely no run uses it, remove ${lock}.`,
  )
}
