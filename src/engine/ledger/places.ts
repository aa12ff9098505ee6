import Bottleneck from 'bottleneck'
import { sleep } from '../../lib/sleep.ts'
import type { Limits } from '../../protocol/limits.ts'
import {
  fill,
  giveBack,
  levelAt,
  type SharedBucket,
  type Slot,
  type Taken,
  takeIfFree,
  takePlaces,
} from './level.ts'
import { changed, type Ledger, type Places } from './ledger.ts'

/** Places in hand are good for so long: later, what they stand for has left the bucket. */
const IN_HAND_MS = 100

/** Most places to take with one change of the ledger. */
const MOST_IN_HAND = 8

/** What the limits let out from now on: other programs may have used up some of it. */
export function freeRate({ bucket, shared }: Limits, ledger: Ledger): Limits['bucket'] {
  if (bucket === undefined || shared === undefined || !ledger.isShared) return bucket
  const free = Math.floor(shared.ceiling - levelAt(ledger.look().bucket, shared, Date.now()))
  return { ...bucket, places: Math.max(0, Math.min(bucket.places, free)) }
}

/**
 * The places that this program takes in the bucket that it shares with others. Whoever sends many requests takes several
 * places at a time, twice as many each time as long as they are used up at once; so a request seldom waits for the disk.
 * Where the bucket is full, requests of this program wait in the order of asking, and programs take turns.
 */
export class LedgerPlaces implements Places {
  readonly #ledger: Ledger
  readonly #shared: SharedBucket
  #inHand = 0
  #takenAt = 0
  #levelBefore = 0
  #handful = 1
  /** Requests of ours that wait, the one included whose turn it is. */
  #waiting = 0
  /** One request at a time asks for a place that is not free. */
  readonly #turns = new Bottleneck({ maxConcurrent: 1 })

  constructor(ledger: Ledger, shared: SharedBucket) {
    this.#ledger = ledger
    this.#shared = shared
  }

  /** Takes one that is in hand, or free in the ledger with nobody else at it. */
  takeAtOnce(): boolean {
    if (this.#waiting > 0) return false
    if (this.#useHand()) return true
    const now = Date.now()
    const isFresh = now - this.#takenAt < IN_HAND_MS && this.#inHand === 0
    const wanted = isFresh ? Math.min(MOST_IN_HAND, this.#handful * 2) : 1
    const left = this.#letGo()
    const done = this.#ledger.tryChange(({ bucket }) => {
      if (left !== undefined) giveBack(bucket, this.#shared, left, now)
      return takeIfFree(bucket, this.#shared, wanted, now)
    })
    if (done?.value === undefined) return false
    const { places, levelBefore } = done.value
    this.#handful = places
    this.#takenAt = now
    this.#levelBefore = levelBefore
    this.#inHand = places - 1
    return true
  }

  async take(method: string, signal: AbortSignal, onWait: (until: number) => void): Promise<void> {
    if (this.takeAtOnce()) return
    const ahead = this.#waiting++
    const since = Date.now()
    try {
      if (ahead > 0) onWait(this.#until(ahead))
      await this.#turns.schedule(() => this.#takeTurn(method, since, signal, onWait))
    } finally {
      this.#waiting--
    }
  }

  async fill(): Promise<void> {
    this.#inHand = 0
    await changed(this.#ledger, ({ bucket }) => fill(bucket, this.#shared, Date.now()))
  }

  close(): void {
    const left = this.#letGo()
    if (left === undefined) return
    this.#ledger.tryChange(({ bucket }) => giveBack(bucket, this.#shared, left, Date.now()))
  }

  #useHand(): boolean {
    const age = Date.now() - this.#takenAt
    if (this.#inHand === 0 || age < 0 || age >= IN_HAND_MS) return false
    this.#inHand--
    return true
  }

  #letGo(): Taken | undefined {
    if (this.#inHand === 0) return undefined
    const left = { places: this.#inHand, takenAt: this.#takenAt, levelBefore: this.#levelBefore }
    this.#inHand = 0
    return left
  }

  /** When so many places will be free, by what was seen last. */
  #until(places: number): number {
    const now = Date.now()
    const { bucket } = this.#ledger.seen()
    const over = levelAt(bucket, this.#shared, now) + places - this.#shared.ceiling
    return now + (Math.max(0, over) / this.#shared.perSecond) * 1000
  }

  async #takeTurn(
    method: string,
    since: number,
    signal: AbortSignal,
    onWait: (until: number) => void,
  ): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const slot = await this.#takeSlot(method, since)
      if (slot.waitMs <= 0) return
      const now = Date.now()
      onWait(now + slot.waitMs)
      try {
        await sleep(slot.waitMs, signal)
      } catch (error: unknown) {
        await changed(this.#ledger, ({ bucket, waiting }) => {
          Reflect.deleteProperty(waiting, this.#ledger.holder)
          giveBack(bucket, this.#shared, slot, Date.now())
        })
        throw error
      }
      // The portal may have refused another program meanwhile; then all wait anew.
      if (this.#ledger.look().bucket.refusals === slot.refusals) return
    }
  }

  #takeSlot(method: string, since: number): Slot | Promise<Slot> {
    return changed(this.#ledger, ({ bucket, waiting }) => {
      const now = Date.now()
      const slot = takePlaces(bucket, this.#shared, 1, now)
      const { holder, who } = this.#ledger
      if (slot.waitMs > 0)
        waiting[holder] = { who, method, reason: 'bucket', since, until: now + slot.waitMs }
      else Reflect.deleteProperty(waiting, holder)
      return slot
    })
  }
}
