import type { Destination } from './destination.ts'
import type { FileLock } from './lock-file.ts'

/** The same destination, whose lock is let go of when it has ended. */
export function locked(inner: Destination, lock: FileLock): Destination {
  return {
    head: inner.head,
    recorder: inner.recorder,
    write: (chunk) => inner.write(chunk),
    async commit() {
      // If this fails, `abandon` is to follow.
      await inner.commit()
      await lock.release()
    },
    async abandon() {
      try {
        return await inner.abandon()
      } finally {
        await lock.release()
      }
    },
  }
}
