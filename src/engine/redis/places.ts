import { monotonicMs } from '../../lib/monotonic.ts'
import { sleep } from '../../lib/sleep.ts'
import type { LedgerDocument } from '../ledger/document.ts'
import type { Places } from '../ledger/ledger.ts'
import { REFUSED_MORE, type SharedBucket } from '../ledger/level.ts'
import type { RedisBucket } from './bucket.ts'

/** A polite program looks so often whether others have left the bucket emptier. */
const LOOK_MS = 100

/** What counts requests just now: the bucket in Redis, or, while that is away, the ledger of this machine. */
export interface Counting {
  /** `undefined` while Redis is away. */
  bucket(): RedisBucket | undefined
  /** The places of this machine alone. */
  alone(): Places
  /** Tells of this program what all may see, in the background. */
  readonly note: (act: (document: LedgerDocument) => void) => void
  readonly holder: string
  readonly who: string
}

/** The places that this program takes in the bucket that machines share. */
export class RedisPlaces implements Places {
  readonly #counting: Counting
  readonly #shared: SharedBucket
  /** Requests of ours that wait and have said so. */
  #told = 0
  #filling: Promise<void> | undefined
  /** One request of a polite program at a time looks how full the bucket is. */
  #turn: Promise<void> = Promise.resolve()

  constructor(counting: Counting, shared: SharedBucket) {
    this.#counting = counting
    this.#shared = shared
  }

  /** Redis is never asked without waiting. */
  takeAtOnce(): boolean {
    return this.#counting.bucket() === undefined && this.#counting.alone().takeAtOnce()
  }

  async take(method: string, signal: AbortSignal, onWait: (until: number) => void): Promise<void> {
    for (;;) {
      const bucket = this.#counting.bucket()
      if (bucket === undefined) return this.#counting.alone().take(method, signal, onWait)
      await this.#leaveRoom(bucket, signal)
      if (await this.#takeIn(bucket, method, signal, onWait)) return
    }
  }

  async fill(): Promise<void> {
    const bucket = this.#counting.bucket()
    if (bucket === undefined) return this.#counting.alone().fill()
    this.#counting.note((document) => document.bucket.refusals++)
    // Refusals come together; one is enough.
    this.#filling ??= this.#fillIn(bucket).finally(() => (this.#filling = undefined))
    await this.#filling
  }

  close(): void {
    if (this.#counting.bucket() === undefined) this.#counting.alone().close()
  }

  async #fillIn(bucket: RedisBucket): Promise<void> {
    try {
      const tooMany = (await bucket.free()) + REFUSED_MORE
      if (tooMany > 0) await bucket.add(-tooMany)
    } catch {
      // Redis has gone; then all count from a full bucket anyway.
    }
  }

  async #takeIn(
    bucket: RedisBucket,
    method: string,
    signal: AbortSignal,
    onWait: (until: number) => void,
  ): Promise<boolean> {
    const { holder, who, note } = this.#counting
    const since = Date.now()
    const wait = { isTold: false }
    try {
      return await bucket.take(signal, (until) => {
        wait.isTold = true
        this.#told++
        onWait(until)
        note(({ waiting }) => (waiting[holder] = { who, method, reason: 'bucket', since, until }))
      })
    } finally {
      if (wait.isTold && --this.#told === 0) note(({ waiting }) => Reflect.deleteProperty(waiting, holder))
    }
  }

  /**
   * Waits while others have filled the bucket above the part of a polite program; no longer than until its next place by
   * its own rate, so that it has its turn all the same.
   */
  async #leaveRoom(bucket: RedisBucket, signal: AbortSignal): Promise<void> {
    const { places, ceiling, perSecond } = this.#shared
    if (ceiling >= places) return
    const longestMs = (1000 / perSecond) * (places / ceiling)
    const turn = this.#turn.then(async () => {
      const until = monotonicMs() + longestMs
      while (monotonicMs() < until && !signal.aborted) {
        if ((await bucket.free().catch(() => places)) > places - ceiling) return
        await sleep(LOOK_MS)
      }
    })
    this.#turn = turn
    await turn
    signal.throwIfAborted()
  }
}
