import { createGzip } from 'node:zlib'
import type { Destination } from './destination.ts'

/**
 * Packs what is written into one gzip member, on its way to `inner`. A write resolves when zlib has taken it, which it
 * does only while `inner` keeps up.
 */
export function gzipped(inner: Destination): Destination {
  const gzip = createGzip()
  let isEmpty = true
  const passedOn = passOn()
  // Whoever writes or ends meets the failure; until then it is nobody's.
  passedOn.catch(() => undefined)

  async function passOn(): Promise<void> {
    for await (const chunk of gzip) await inner.write(chunk as Buffer)
  }

  async function end(): Promise<void> {
    gzip.end()
    await passedOn
  }

  return {
    async write(chunk) {
      isEmpty = false
      try {
        const taken = new Promise<void>((resolve, reject) => {
          gzip.write(chunk, (error) => (error ? reject(error) : resolve()))
        })
        // A stream that was ended by a failure of `inner` may leave a write without an answer,
        await Promise.race([taken, passedOn])
      } catch (error: unknown) {
        // or answer it with words that say less than the failure itself.
        await passedOn
        throw error
      }
    },
    async commit() {
      await end()
      await inner.commit()
    },
    async abandon() {
      // The end of the member makes what is there readable; without rows nothing should be there.
      if (isEmpty) gzip.destroy()
      else await end().catch(() => undefined)
      return inner.abandon()
    },
  }
}
