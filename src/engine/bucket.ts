import Bottleneck from 'bottleneck'
import { sleep } from '../lib/sleep.ts'

/** How often Bottleneck looks whether it may refill: a refill comes late by this much at the most. */
const REFILL_CHECK_MS = 20

/** Refills come in whole places, and no more often than this. */
const SHORTEST_REFILL_MS = 50

/**
 * So many places are kept in hand, unless there are few: Bottleneck gives a place after some turns of the event loop, which
 * are long while answers come in, and a portal that waits for its next request does nothing.
 */
const MOST_IN_HAND = 8
const FEW_PLACES = 32

/** Whoever waits for a place. */
type Waiter = () => void

/**
 * The portal's leaky bucket, seen from our side: every request takes one place, places come back at a steady rate.
 */
export class Bucket {
  /** What is not in hand. */
  readonly #limiter: Bottleneck
  readonly #placeMs: number
  readonly #mostInHand: number
  #inHand: number
  readonly #waiting: Waiter[] = []
  /** Places that Bottleneck was asked for and has not given yet. */
  #asked = 0

  constructor({ places, perSecond }: { readonly places: number; readonly perSecond: number }) {
    this.#mostInHand = places < FEW_PLACES ? 0 : MOST_IN_HAND
    this.#inHand = this.#mostInHand
    this.#placeMs = 1000 / perSecond
    const reservoir = places - this.#mostInHand
    const refillMs = Math.max(SHORTEST_REFILL_MS, Math.ceil(this.#placeMs))
    this.#limiter = new Bottleneck({
      reservoir,
      reservoirIncreaseMaximum: reservoir,
      reservoirIncreaseAmount: Math.max(1, Math.floor((perSecond * refillMs) / 1000)),
      reservoirIncreaseInterval: refillMs,
      heartbeatInterval: REFILL_CHECK_MS,
    })
  }

  /** Takes a place if that is possible without waiting. */
  takeAtOnce(): boolean {
    if (this.#inHand === 0) return false
    this.#inHand--
    this.#askForPlaces()
    return true
  }

  /**
   * Takes one place, waiting for it in the order of asking. Tells, if it has to wait, for how many milliseconds that is
   * likely to be.
   */
  async take(signal: AbortSignal, onWait?: (ms: number) => void): Promise<void> {
    if (this.takeAtOnce()) return
    // Bottleneck's own timers do not keep the process alive; a run that waits must.
    const over = new AbortController()
    const hold = sleep(2 ** 31 - 1, AbortSignal.any([signal, over.signal]))
    let waiter: Waiter = () => undefined
    const served = new Promise<void>((resolve) => (waiter = resolve))
    this.#waiting.push(waiter)
    try {
      if (onWait !== undefined) await Promise.race([this.#tellWait(this.#waiting.length, onWait), hold])
      this.#askForPlaces()
      await Promise.race([served, hold])
    } finally {
      const at = this.#waiting.indexOf(waiter)
      if (at >= 0) this.#waiting.splice(at, 1)
      over.abort()
      hold.catch(() => undefined)
    }
  }

  /** The portal says that its bucket is full: others behind our address use it too. */
  async fill(): Promise<void> {
    this.#inHand = 0
    // Not by updateSettings: that stops Bottleneck's refilling for good.
    await this.#limiter.incrementReservoir(-((await this.#limiter.currentReservoir()) ?? 0))
  }

  async #tellWait(ahead: number, onWait: (ms: number) => void): Promise<void> {
    const missing = ahead - ((await this.#limiter.currentReservoir()) ?? 1)
    if (missing > 0) onWait(missing * this.#placeMs)
  }

  /** Asks for as many as are waited for, and as are missing in hand. */
  #askForPlaces(): void {
    while (this.#asked < this.#waiting.length + this.#mostInHand - this.#inHand) {
      this.#asked++
      void this.#limiter.schedule(() => {
        this.#give()
        return Promise.resolve()
      })
    }
  }

  /** Hands a place to whoever has waited longest, or keeps it. */
  #give(): void {
    this.#asked--
    const first = this.#waiting.shift()
    if (first !== undefined) first()
    else if (this.#inHand < this.#mostInHand) this.#inHand++
    else void this.#limiter.incrementReservoir(1)
  }
}
