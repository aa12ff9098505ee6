import { type Bx24Error, OutageError } from '../errors.ts'
import { sleep } from '../lib/sleep.ts'
import type { EventListener } from './events.ts'
import { holdBack } from './hold-back.ts'
import { afterAnswer, afterFailure, afterVainLook, type PortalFailure, UNKNOWN_HEALTH } from './outage.ts'

/** Longer than anybody looks. */
const MOST_MS = 3_600_000

/** What a look at the portal has found: `undefined` if it answers again, else how it fails. */
export type Look = (signal: AbortSignal) => Promise<{ readonly retryAfterMs: number | undefined } | undefined>

export interface BreakerOptions {
  readonly host: string
  /** How long an outage is waited out; 0: not at all. */
  readonly patienceMs: number
  readonly look: Look
  readonly onEvent: EventListener
}

/**
 * Keeps requests from a portal that is down. After a run of failures none is sent; one of those that wait looks every now
 * and then, by a request of its own, whether the portal answers again, and all go on when it does. So no request is used
 * up by an outage, no write is put at risk to find out, and what fails for itself alone is soon seen to.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #health = UNKNOWN_HEALTH
  #lastError: Bx24Error | undefined
  #isLooking = false
  #change = new AbortController()

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  /** Nothing is sent now. */
  get isOpen(): boolean {
    return this.#health.outage !== undefined
  }

  /** The portal has answered somebody. What was sent before an outage says nothing of how it is now. */
  answered(): void {
    if (!this.isOpen) this.#health = afterAnswer()
  }

  /** The portal as a whole has failed. */
  failed(error: Bx24Error, failure: PortalFailure): void {
    if (this.#options.patienceMs <= 0) return
    this.#lastError = error
    this.#health = afterFailure(this.#health, failure, Date.now(), Math.random())
  }

  /**
   * Waits as long as the portal is down. Says whether it was: a run of failures may also have other reasons, and then the
   * first look finds the portal well.
   *
   * @throws OutageError if that lasts too long; the reason of `signal`
   */
  async pass(method: string, signal: AbortSignal): Promise<boolean> {
    const { host, patienceMs, onEvent } = this.#options
    let wasDown = false
    for (;;) {
      const { outage } = this.#health
      if (outage === undefined) return wasDown
      const { since, looks, nextLookAt } = outage
      wasDown ||= looks > 0
      const givenUpAt = since + patienceMs
      const until = Math.min(nextLookAt, givenUpAt)
      await holdBack(onEvent, { method, reason: 'outage', until }, () =>
        this.#isLooking ? this.#othersLook(signal) : this.#takeTurn(until, signal),
      )
      if (this.#health.outage?.since === since && Date.now() >= givenUpAt)
        throw new OutageError(host, since, this.#lastError)
    }
  }

  async #othersLook(signal: AbortSignal): Promise<void> {
    const change = this.#change.signal
    await sleep(MOST_MS, AbortSignal.any([signal, change])).catch(() => signal.throwIfAborted())
  }

  /** Looks when it is time to. Whoever else waits is told, also if this one is broken off, and takes the next turn. */
  async #takeTurn(until: number, signal: AbortSignal): Promise<void> {
    this.#isLooking = true
    try {
      await sleep(until - Date.now(), signal)
      const failure = await this.#options.look(signal)
      if (failure === undefined) this.#recovered()
      else this.#lookedInVain(failure.retryAfterMs)
    } finally {
      this.#isLooking = false
      this.#tell()
    }
  }

  #recovered(): void {
    const { outage } = this.#health
    this.#health = afterAnswer()
    const { host, onEvent } = this.#options
    if (outage !== undefined && outage.looks > 0) onEvent({ type: 'recovered', host, since: outage.since })
  }

  #lookedInVain(retryAfterMs: number | undefined): void {
    const { host, onEvent } = this.#options
    this.#health = afterVainLook(this.#health, retryAfterMs, Date.now(), Math.random())
    const { outage } = this.#health
    if (outage?.looks !== 1 || this.#lastError === undefined) return
    const { since, nextLookAt } = outage
    onEvent({ type: 'outage', host, since, until: nextLookAt, error: this.#lastError })
  }

  #tell(): void {
    const told = this.#change
    this.#change = new AbortController()
    told.abort()
  }
}
