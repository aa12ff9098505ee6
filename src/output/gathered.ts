import type { Destination } from './destination.ts'

/** So many bytes go out at once: every write costs a trip to another thread and back. */
const GATHERED_BYTES = 512 * 1024

/**
 * Gathers small writes into large ones on their way to `inner`; for files, where nobody waits for a page. A failure of
 * `inner` shows with a later write, or with `commit` at the latest.
 */
export function gathered(inner: Destination): Destination {
  const room = Buffer.allocUnsafeSlow(GATHERED_BYTES)
  let length = 0

  async function flush(): Promise<void> {
    if (length === 0) return
    const chunk = room.subarray(0, length)
    length = 0
    await inner.write(chunk)
  }

  return {
    async write(chunk) {
      if (length + chunk.length > room.length) await flush()
      if (chunk.length > room.length) return inner.write(chunk)
      chunk.copy(room, length)
      length += chunk.length
    },
    async commit() {
      await flush()
      await inner.commit()
    },
    async abandon() {
      await flush().catch(() => undefined)
      return inner.abandon()
    },
  }
}
