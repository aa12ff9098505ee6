import { LockedError, OutputError } from '../errors.ts'
import { type Holder, isElsewhere, isGone, readHolder } from '../lib/lock-holder.ts'
import { takeLock } from '../lib/lock.ts'
import { monotonicMs } from '../lib/monotonic.ts'
import { sleep } from '../lib/sleep.ts'
import { systemCode } from '../lib/system-code.ts'

/** Longer than a request to the authorization server may take, so that whoever is at it is waited for. */
const PATIENCE_MS = 90_000
/** A lock of another host or container, whose processes cannot be seen, was left behind if it stays for so long. */
const ABANDONED_MS = 60_000
/** Between two looks, at random, so that nobody comes too late every time. */
const LOOK_MS = { least: 20, spread: 30 }

/**
 * Does `work` while no other process does the same with `path`, which `path.lock` says. Whoever was killed at it is not
 * waited for.
 *
 * @throws LockedError if another process is at it for too long; OutputError if the lock cannot be written; the reason of
 * `signal`, while it waits; what `work` throws
 */
export async function whileLocked<T>(
  path: string,
  pid: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const lock = `${path}.lock`
  let seen: string | undefined
  let seenSince = monotonicMs()
  const isLeft = async (holder: Holder, us: Holder): Promise<boolean> =>
    (await isGone(holder, us)) ||
    (isElsewhere(holder, us) && holder.id === seen && monotonicMs() - seenSince > ABANDONED_MS)
  const startedAt = monotonicMs()
  for (;;) {
    signal.throwIfAborted()
    const taken = await takeLock(lock, pid, isLeft).catch((error: unknown) => {
      const code = systemCode(error)
      if (code === undefined) throw error
      throw new OutputError(`Cannot write to ${lock}: ${code}.`, undefined, error)
    })
    if (taken.kind === 'ours') {
      try {
        return await work()
      } finally {
        await taken.lock.release()
      }
    }
    const id = taken.kind === 'held' ? taken.holder.id : 'unreadable'
    if (id !== seen) seenSince = monotonicMs()
    seen = id
    if (monotonicMs() - startedAt > PATIENCE_MS) throw heldTooLong(path, lock)
    await looked(lock, id, signal)
  }
}

/** Waits while the same process is at it, for a second at the most: a look is cheaper than an attempt. */
async function looked(lock: string, id: string, signal: AbortSignal): Promise<void> {
  const until = monotonicMs() + 1_000
  while (monotonicMs() < until) {
    await sleep(LOOK_MS.least + Math.random() * LOOK_MS.spread, signal)
    const holder = await readHolder(lock)
    if (holder === undefined || (typeof holder === 'object' ? holder.id : holder) !== id) return
  }
}

function heldTooLong(path: string, lock: string): LockedError {
  return new LockedError(
    `Another process has been renewing the access in ${path} for ${PATIENCE_MS / 1000} s.`,
    `See whether it hangs; if surely none is at it, remove ${lock}.`,
  )
}
