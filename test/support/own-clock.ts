import { setMaxListeners } from 'node:events'
import { vi } from 'vitest'

interface Alarm {
  readonly at: number
  readonly ring: () => void
}

/** A clock that jumps to the next thing to happen; `Date` follows it. Real timers are left alone. */
export class OwnClock {
  readonly #alarms: Alarm[] = []

  /** Resolves after so many seconds; rejects at once if the signal fires. */
  sleep(seconds: number, signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal)
    return new Promise((resolve, reject) => {
      const broken = (): void => {
        this.#alarms.splice(this.#alarms.indexOf(alarm), 1)
        reject(signal.reason as Error)
      }
      const alarm: Alarm = {
        at: Date.now() + seconds * 1000,
        ring() {
          signal.removeEventListener('abort', broken)
          resolve()
        },
      }
      this.#alarms.push(alarm)
      if (signal.aborted) broken()
      else signal.addEventListener('abort', broken, { once: true })
    })
  }

  /**
   * Runs `work` as fast as it goes.
   *
   * @throws what `work` throws; an error if it waits for nothing that could happen
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
    try {
      const over = new AbortController()
      const done = work().finally(() => {
        over.abort()
      })
      done.catch(() => undefined)
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve))
        if (over.signal.aborted) return await done
        this.#next()
      }
    } finally {
      vi.useRealTimers()
    }
  }

  #next(): void {
    const [first] = this.#alarms.sort((left, right) => left.at - right.at)
    if (first === undefined) throw new Error('everybody waits, and nothing is going to happen')
    this.#alarms.shift()
    vi.setSystemTime(Math.max(Date.now(), first.at))
    first.ring()
  }
}
