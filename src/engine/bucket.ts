import Bottleneck from 'bottleneck'
import { sleep } from '../lib/sleep.ts'

/** How often Bottleneck looks whether it may refill: a refill comes late by this much at the most. */
const REFILL_CHECK_MS = 50

/**
 * The portal's leaky bucket, seen from our side: every request takes one place, places come back at a steady rate.
 *
 * The portal lets its level fall at whole seconds whose phase we do not know, so one second's worth and one more
 * place stay unused: a burst of 47 instead of 50, then 2 a second.
 */
export class Bucket {
  readonly #limiter: Bottleneck
  readonly #placeMs: number

  constructor(portal: { readonly capacity: number; readonly drainPerSecond: number }) {
    const places = Math.max(1, Math.floor(portal.capacity - portal.drainPerSecond - 1))
    const isWhole = Number.isInteger(portal.drainPerSecond)
    this.#placeMs = 1000 / portal.drainPerSecond
    this.#limiter = new Bottleneck({
      reservoir: places,
      reservoirIncreaseMaximum: places,
      reservoirIncreaseAmount: isWhole ? portal.drainPerSecond : 1,
      // Bottleneck wants multiples of 250 ms.
      reservoirIncreaseInterval: isWhole ? 1000 : Math.ceil(this.#placeMs / 250) * 250,
      heartbeatInterval: REFILL_CHECK_MS,
    })
  }

  /** Milliseconds until a place is likely to be free; 0 if one is. */
  async waitMs(): Promise<number> {
    const places = (await this.#limiter.currentReservoir()) ?? 1
    return places > 0 ? 0 : this.#placeMs
  }

  /** Takes one place, waiting for it in the order of asking. */
  async take(signal: AbortSignal): Promise<void> {
    // Bottleneck's own timers do not keep the process alive; a run that waits must.
    const over = new AbortController()
    const hold = sleep(2 ** 31 - 1, AbortSignal.any([signal, over.signal]))
    try {
      await Promise.race([this.#limiter.schedule(() => Promise.resolve()), hold])
    } finally {
      over.abort()
      hold.catch(() => undefined)
    }
  }

  /** The portal says that its bucket is full: others behind our address use it too. */
  async fill(): Promise<void> {
    // Not by updateSettings: that stops Bottleneck's refilling for good.
    await this.#limiter.incrementReservoir(-((await this.#limiter.currentReservoir()) ?? 0))
  }
}
