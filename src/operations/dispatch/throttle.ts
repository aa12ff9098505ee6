import { Bx24Error, EXIT, LimitError, TransportError } from '../../errors.ts'
import { nextDelayMs } from '../../lib/backoff.ts'
import { failureOf } from '../../protocol/failures.ts'
import { RequestSize } from './request-size.ts'
import type { CommandResult } from './unit.ts'

/** What came of one request, as far as it says how to go on. */
export interface Answer {
  readonly results: readonly CommandResult[]
  /** Seconds that the portal worked on it. */
  readonly seconds: number
  /** Commands in it. */
  readonly count: number
  /** When it was handed over to be sent, Unix ms. */
  readonly sentAt: number
  /** It was repeated already, as often as is allowed, before its answer was given up as lost. */
  readonly isRepeatable: boolean
}

export type Advice =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'hold-back'; readonly ms: number }
  | { readonly kind: 'give-up'; readonly error: unknown }

export interface ThrottleOptions {
  readonly batchSize: number
  readonly firstSize: number
  readonly lanes: number
  readonly retries: number
  readonly maxWaitMs: number
}

/**
 * How large requests may be, how many at a time, and when to give up: after trouble smaller ones, after more of it fewer at
 * a time; larger ones and more after good answers.
 */
export class Throttle {
  readonly #options: ThrottleOptions
  readonly #size: RequestSize
  #lanes: number
  #failuresInARow = 0
  #failedAt = -Infinity
  #limitedSince: number | undefined

  constructor(options: ThrottleOptions) {
    this.#options = options
    this.#size = new RequestSize(options.batchSize, options.firstSize)
    this.#lanes = options.lanes
  }

  /** Commands in a request. */
  get size(): number {
    return this.#size.value
  }

  /** Requests in flight. */
  get lanes(): number {
    return this.#lanes
  }

  /** Seconds that the portal is expected to take for a command. */
  get commandSeconds(): number {
    return this.#size.commandSeconds
  }

  learn({ results, seconds, count, isRepeatable, sentAt }: Answer, now: number): Advice {
    const lost = results.find((result) => result.kind === 'lost')
    const isDone = results.some(({ kind }) => kind === 'done')
    if (isDone) this.#limitedSince = undefined
    else if (results.some(isLimitRefusal)) return this.#withPatience(now)
    if (lost === undefined && (isDone || results.some(isFinalRefusal))) {
      this.#failuresInARow = 0
      this.#size.learn(seconds, count)
      this.#lanes = Math.min(this.#options.lanes, this.#lanes + 1)
      return { kind: 'go-on' }
    }
    this.#size.halve(count)
    // What was sent before the last failure came has failed of the same.
    if (sentAt >= this.#failedAt) {
      if (this.#failuresInARow++ > 0) this.#lanes = Math.max(1, Math.floor(this.#lanes / 2))
      this.#failedAt = now
    }
    // A request that asked too much says nothing about the next one, which is smaller.
    const isTooMuch = lost?.error instanceof TransportError && lost.error.isTooMuch && count > 1
    const isTriedEnough =
      lost !== undefined && isRepeatable ? !isTooMuch : this.#failuresInARow > this.#options.retries
    return isTriedEnough
      ? { kind: 'give-up', error: lost?.error ?? noAnswers() }
      : { kind: 'hold-back', ms: nextDelayMs(this.#failuresInARow, Math.random()) }
  }

  /** The gate waits for limits by itself; this bounds how often it may do so for nothing. */
  #withPatience(now: number): Advice {
    const { maxWaitMs } = this.#options
    this.#limitedSince ??= now
    if (now - this.#limitedSince <= maxWaitMs) return { kind: 'go-on' }
    const error = new LimitError(
      `The portal let nothing through for longer than --max-wait (${Math.round(maxWaitMs / 1000)} s) allows.`,
      'Other programs at this address or with this webhook may be using up the limits. Run again later.',
    )
    return { kind: 'give-up', error }
  }
}

function isLimitRefusal(result: CommandResult): boolean {
  if (result.kind !== 'refused') return false
  const { kind } = failureOf(result.refusal, result.status)
  return kind === 'operating' || kind === 'bucket'
}

function isFinalRefusal(result: CommandResult): boolean {
  return result.kind === 'refused' && failureOf(result.refusal, result.status).kind !== 'passing'
}

function noAnswers(): Bx24Error {
  return new Bx24Error(
    'portal.no-answer',
    'The portal answers batches without saying anything of their commands.',
    EXIT.temporary,
    { hint: 'Run again later.' },
  )
}
