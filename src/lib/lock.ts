import { constants } from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { type Holder, isElsewhere, isGone, readHolder, thisProcess } from './lock-holder.ts'
import { sweepLeftovers } from './lock-leftovers.ts'
import { systemCode } from './system-code.ts'

/** A lock that this process holds. */
export interface Lock {
  /** Lets others have it; a lock that cannot be removed is taken over once this process has ended. */
  release(): Promise<void>
}

/** What came of trying to take a lock. */
export type Taken =
  | { readonly kind: 'ours'; readonly lock: Lock }
  /** `isCertain`: it is known to be held; else its holder cannot be seen from here, and may have ended. */
  | { readonly kind: 'held'; readonly holder: Holder; readonly isCertain: boolean }
  /** There is one that does not say whose it is. */
  | { readonly kind: 'unreadable' }

/** Whether a lock was left behind by its holder. */
export type IsLeft = (holder: Holder, us: Holder) => Promise<boolean>

/**
 * Makes the lock file `lock` for this process alone, once. What a process that has ended left behind is taken over; `pid`
 * is that of this process.
 *
 * @throws whatever the system says where the lock cannot be written
 */
export async function takeLock(lock: string, pid: number, isLeft: IsLeft = isGone): Promise<Taken> {
  const us = await thisProcess(pid)
  const taken = await take(lock, us, isLeft)
  if ('kind' in taken) return taken
  return { kind: 'ours', lock: { release: () => release(lock, taken) } }
}

/**
 * Whoever finds a lock left behind first takes a lock on the right to replace it, whose name is made from the id of the
 * one to be replaced. With that in hand nobody else can replace it, so that it is enough to look once more whether it is
 * still there. The new lock then takes its place in one step: there is no moment without a lock.
 */
async function take(
  lock: string,
  us: Holder,
  isLeft: IsLeft,
): Promise<Holder | Exclude<Taken, { kind: 'ours' }>> {
  for (;;) {
    if (await create(lock, us)) return us
    const holder = await readHolder(lock)
    if (holder === undefined) continue
    if (holder === 'unreadable') return { kind: 'unreadable' }
    if (!(await isLeft(holder, us))) {
      return { kind: 'held', holder, isCertain: !isElsewhere(holder, us) && holder.startedAt !== undefined }
    }
    const right = `${lock}.${holder.id}`
    const heir = await take(right, await thisProcess(us.pid), isLeft)
    if ('kind' in heir) return heir
    const current = await readHolder(lock)
    if (typeof current === 'object' && current.id === holder.id) {
      await rename(right, lock)
      return heir
    }
    await unlink(right)
  }
}

/** Makes the lock file, with its content from the first moment on; `false` if there is one. */
async function create(lock: string, us: Holder): Promise<boolean> {
  const draft = `${lock}.${us.id}.new`
  await writeNew(draft, us)
  try {
    await link(draft, lock)
    return true
  } catch (error: unknown) {
    if (systemCode(error) === 'EEXIST') return false
    // Not every file system knows links. Without them the lock may be seen empty, which counts as held.
    return await writeNew(lock, us)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

/** Writes a file that must not be there yet; `false` if it is. */
async function writeNew(path: string, us: Holder): Promise<boolean> {
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
    throw error
  }
}

async function release(lock: string, us: Holder): Promise<void> {
  const holder = await readHolder(lock)
  if (typeof holder === 'object' && holder.id === us.id) await unlink(lock).catch(() => undefined)
  await sweepLeftovers(lock, us)
}
