import { PAGE_ROWS, TARGET_REQUEST_SECONDS, UNKNOWN_PAGE_SECONDS } from '../../protocol/limits.ts'
import type { WalkOptions } from '../strategy.ts'
import { Lanes } from './lanes.ts'
import type { SizeFacts } from './request-size.ts'

/** Rows taken on for each lane, in flight or waiting for those in front of them: with fewer, lanes wait for the order. */
const ROWS_A_LANE = 2.5 * 50 * PAGE_ROWS

/** Rows in front that each lane is to work on before any works on those behind. */
const NEAR_ROWS_A_LANE = 1.5 * 50 * PAGE_ROWS

/** Text of rows that wait for those in front of them, or are in flight. */
const MOST_BYTES = 64 * 1024 * 1024

/** A wait at the gate that is no more than the timer's own lateness. */
const NO_WAIT_MS = 25
/** Requests of ours come further apart only for other reasons than the bucket. */
const MOST_SPACING_SECONDS = 1

/** What came of one request. */
export interface AnswerFacts {
  readonly rows: number
  readonly bytes: number
  /** Seconds that the portal worked on pages that count, and how many those are. */
  readonly seconds: number
  readonly pages: number
  /** Pages asked for. */
  readonly asked: number
  readonly firstByteMs: number | undefined
  readonly elapsedMs: number | undefined
  readonly waitedMs: number | undefined
}

/** What a walk has learnt about the portal: how long pages take, how long a request may be, and how many at a time. */
export class Pace {
  readonly #batchSize: number
  readonly #lanes: Lanes
  readonly #rowsHeld: number | undefined
  #ceiling: number
  /** The same after requests that failed, whether or not their length had to do with it. */
  #troubledCeiling = Infinity
  /** Troubles since the last good answer, those that came together counted once; and when the last of them was. */
  #troubles = 0
  #troubledAt = -Infinity
  /** What was known before requests took too long, as long as none was answered since. */
  #beforeTooMuch: { readonly ceiling: number; readonly pageSeconds: number } | undefined
  #pageSeconds = UNKNOWN_PAGE_SECONDS
  #rowBytes = 0
  #sentAt = 0
  #spacingSeconds = 0

  constructor({
    batchSize,
    concurrency,
    rowsHeld,
  }: Pick<WalkOptions, 'batchSize' | 'concurrency' | 'rowsHeld'>) {
    this.#rowsHeld = rowsHeld
    this.#batchSize = batchSize
    this.#ceiling = batchSize
    this.#lanes = new Lanes(concurrency)
  }

  /** Requests to have in flight. */
  get lanes(): number {
    return this.#lanes.count
  }

  /** Most commands in a request, for its time not to run out. */
  get ceiling(): number {
    const inTime = Math.floor(TARGET_REQUEST_SECONDS / this.#pageSeconds)
    return Math.max(1, Math.min(this.#ceiling, this.#troubledCeiling, inTime))
  }

  /** Seconds that the portal takes for a page, by its own word. */
  get pageSeconds(): number {
    return this.#pageSeconds
  }

  /** What the size of the next request rests on, besides what is to be asked for. */
  get facts(): Omit<SizeFacts, 'running' | 'openPages'> {
    const { ceiling, pageSeconds, lanes } = this
    return { ceiling, pageSeconds, lanes, spacingSeconds: this.#spacingSeconds }
  }

  /** Most rows in flight and waiting. */
  get mostRows(): number {
    return this.#rowsHeld ?? Math.min(this.lanes * ROWS_A_LANE, MOST_BYTES / Math.max(1, this.#rowBytes))
  }

  /** Rows in front that so many lanes work on before any works on those behind. */
  nearRows(lanes: number): number {
    return this.#rowsHeld ?? lanes * NEAR_ROWS_A_LANE
  }

  /** After an answer; the way back to full length goes page by page. */
  learn(answer: AnswerFacts, now: number): void {
    const {
      rows,
      bytes,
      seconds,
      pages,
      asked,
      elapsedMs = 0,
      firstByteMs = elapsedMs,
      waitedMs = 0,
    } = answer
    if (rows > 0) this.#rowBytes = bytes / rows
    if (pages > 0)
      this.#pageSeconds = Math.max(0.001, seconds > 0 ? seconds / pages : elapsedMs / 1000 / asked)
    this.#ceiling = Math.min(this.#batchSize, this.#ceiling + 1)
    this.#recover()
    const sentAt = now - elapsedMs
    const isHeldBack = waitedMs > NO_WAIT_MS
    const sinceLast = Math.abs(sentAt - this.#sentAt) / 1000
    this.#spacingSeconds = isHeldBack ? Math.min(MOST_SPACING_SECONDS, sinceLast) : 0
    this.#sentAt = sentAt
    this.#lanes.learn({
      portalSeconds: seconds,
      pages,
      firstByteSeconds: firstByteMs / 1000,
      sentAt: sentAt / 1000,
      answeredAt: now / 1000,
      isHeldBack,
    })
  }

  /** After a page in a call of its own: one more may be asked for than before. */
  learnAlone(seconds: number | undefined): void {
    if (seconds !== undefined && seconds > 0) this.#pageSeconds = Math.max(0.001, seconds)
    this.#ceiling = Math.min(this.#batchSize, this.#ceiling + 1)
    this.#recover()
  }

  /** After a request that took too long or was too large: half of what was asked, and if that does not help, fewer at a time. */
  tooMuch(pages: number, elapsedMs: number, now: number): void {
    this.trouble(elapsedMs, now)
    this.#beforeTooMuch ??= { ceiling: this.#ceiling, pageSeconds: this.#pageSeconds }
    this.#ceiling = Math.max(1, Math.floor(pages / 2))
    this.#pageSeconds = Math.max(this.#pageSeconds, elapsedMs / 1000 / pages)
  }

  /** After an outage, which had nothing to do with how much was asked at a time. */
  outageOver(): void {
    this.#troubledCeiling = Infinity
    this.#lanes.restore()
    if (this.#beforeTooMuch === undefined) return
    this.#ceiling = this.#beforeTooMuch.ceiling
    this.#pageSeconds = this.#beforeTooMuch.pageSeconds
    this.#beforeTooMuch = undefined
  }

  /** After a request that failed and is sent again: shorter ones, then fewer at a time, and so on down to single pages. */
  trouble(elapsedMs: number, now: number): void {
    const sentAt = now - elapsedMs
    if (sentAt < this.#troubledAt) return
    this.#troubledAt = now
    if (this.#troubles++ % 2 === 0) this.#troubledCeiling = Math.max(1, this.ceiling >> 1)
    else this.#lanes.halve(sentAt / 1000, now / 1000)
  }

  #recover(): void {
    this.#troubles = 0
    this.#beforeTooMuch = undefined
    this.#troubledCeiling = this.#troubledCeiling * 2 < this.#batchSize ? this.#troubledCeiling * 2 : Infinity
  }
}
