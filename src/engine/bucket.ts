import Bottleneck from 'bottleneck'
import { sleep } from '../lib/sleep.ts'

/** How often Bottleneck looks whether it may refill: a refill comes late by this much at the most. */
const REFILL_CHECK_MS = 20

/** Refills come in whole places, and no more often than this. */
const SHORTEST_REFILL_MS = 50

/**
 * The portal's leaky bucket, seen from our side: every request takes one place, places come back at a steady rate.
 */
export class Bucket {
  readonly #limiter: Bottleneck
  readonly #placeMs: number
  /** Who has ever asked, and who of them waits no longer. */
  #asked = 0
  #gone = 0

  constructor({ places, perSecond }: { readonly places: number; readonly perSecond: number }) {
    this.#placeMs = 1000 / perSecond
    const refillMs = Math.max(SHORTEST_REFILL_MS, Math.ceil(this.#placeMs))
    this.#limiter = new Bottleneck({
      reservoir: places,
      reservoirIncreaseMaximum: places,
      reservoirIncreaseAmount: Math.max(1, Math.floor((perSecond * refillMs) / 1000)),
      reservoirIncreaseInterval: refillMs,
      heartbeatInterval: REFILL_CHECK_MS,
    })
  }

  /**
   * Takes one place, waiting for it in the order of asking. Tells, if it has to wait, for how many milliseconds that is
   * likely to be.
   */
  async take(signal: AbortSignal, onWait?: (ms: number) => void): Promise<void> {
    // Bottleneck's own timers do not keep the process alive; a run that waits must.
    const over = new AbortController()
    const hold = sleep(2 ** 31 - 1, AbortSignal.any([signal, over.signal]))
    const ahead = this.#asked++
    let isQueued = false
    try {
      if (onWait !== undefined) await Promise.race([this.#tellWait(ahead, onWait), hold])
      isQueued = true
      await Promise.race([this.#limiter.schedule(() => Promise.resolve(this.#gone++)), hold])
    } finally {
      if (!isQueued) this.#gone++
      over.abort()
      hold.catch(() => undefined)
    }
  }

  async #tellWait(ahead: number, onWait: (ms: number) => void): Promise<void> {
    const places = (await this.#limiter.currentReservoir()) ?? 1
    const missing = ahead - this.#gone + 1 - places
    if (missing > 0) onWait(missing * this.#placeMs)
  }

  /** The portal says that its bucket is full: others behind our address use it too. */
  async fill(): Promise<void> {
    // Not by updateSettings: that stops Bottleneck's refilling for good.
    await this.#limiter.incrementReservoir(-((await this.#limiter.currentReservoir()) ?? 0))
  }
}
