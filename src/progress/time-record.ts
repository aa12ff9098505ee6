import type { RunEvent, WaitReason } from '../engine/events.ts'
import { type MethodFigures, MethodRecord, msOf, waitSpans } from './method-record.ts'
import { type SliceFigures, Slices } from './slices.ts'
import { Span } from './span.ts'
import { type Use, usesOf } from './time-use.ts'

/** Where the time of a run went. */
export interface TimeFigures {
  readonly durationMs: number
  /** Every moment counted once; adds up to the duration. */
  readonly usedMs: Readonly<Record<Use, number>>
  /** Time in which at least one request was held back, by the reason; these may overlap. */
  readonly waitedMs: Readonly<Record<WaitReason, number>>
  /** The same, whatever the reason. */
  readonly heldMs: number
  /** Time in which the output was about to take rows, whatever else went on. */
  readonly consumerMs: number
  /** Time since it was first given some. */
  readonly sinceFirstWriteMs: number
  /** Requests in flight, on the average of the time in which any was. */
  readonly meanInFlight: number
  readonly mostInFlight: number
  /** Time that requests were in flight, added up: those that were answered, and those that came to nothing. */
  readonly answeredMs: number
  readonly lostMs: number
  readonly slices: SliceFigures
  /** In the order in which they were first asked. */
  readonly methods: readonly MethodFigures[]
}

/** Methods that are told apart; what a run calls besides counts as one. */
const MOST_METHODS = 100
const OTHER_METHODS = 'other methods'

/**
 * Takes down when requests are held back, in flight and answered, and when the output takes its time. Needs the same
 * memory for a million requests as for a hundred.
 */
export class TimeRecord {
  readonly #startedAt: number
  readonly #waits = waitSpans()
  readonly #held = new Span()
  readonly #flight = new Span()
  readonly #writing = new Span()
  readonly #slices = new Slices()
  readonly #methods = new Map<string, MethodRecord>()
  readonly #usedMs = { bucket: 0, operating: 0, backoff: 0, outage: 0, portal: 0, consumer: 0, other: 0 }
  /** Up to when time is accounted for. */
  #at: number
  #wait: { readonly until: number; readonly reason: WaitReason } | undefined
  #firstWriteAt: number | undefined
  #inFlightMs = 0
  #mostInFlight = 0
  #answeredMs = 0
  #lostMs = 0

  constructor(startedAt: number) {
    this.#startedAt = this.#at = startedAt
  }

  get inFlight(): number {
    return this.#flight.going
  }

  /** What is waited for, if anything is held back: of several waits the longest. */
  get wait(): { readonly until: number; readonly reason: WaitReason } | undefined {
    return this.#wait
  }

  /** Time in which at least one request was held back. */
  heldMs(now: number): number {
    return this.#held.ms(now)
  }

  /** Time in which the output was taking rows. */
  writingMs(now: number): number {
    return this.#writing.ms(now)
  }

  /** The output is given something to take; by and by it tells with `written` that it has. */
  writing(now: number): void {
    this.#passTo(now)
    this.#writing.begin(now)
    this.#firstWriteAt ??= now
  }

  written(now: number): void {
    this.#passTo(now)
    this.#writing.end(now)
  }

  take(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'waiting':
      case 'waited': {
        this.#passTo(now)
        const spans = [this.#waits[event.reason], this.#held, this.#method(event.method).waits[event.reason]]
        if (event.type === 'waited') {
          for (const span of spans) span.end(now)
          if (this.#held.going === 0) this.#wait = undefined
        } else {
          for (const span of spans) span.begin(now)
          if (event.until > (this.#wait?.until ?? 0)) this.#wait = event
        }
        return
      }
      case 'sent': {
        this.#passTo(now)
        this.#flight.begin(now)
        this.#mostInFlight = Math.max(this.#mostInFlight, this.inFlight)
        this.#slices.sent(now - this.#startedAt, event.commands)
        const { counters, chains } = this.#method(event.method)
        counters.requests++
        counters.commands += event.commands
        counters.bytesSent += event.bytes
        chains.add(event.commands)
        return
      }
      case 'answered': {
        this.#passTo(now)
        this.#flight.end(now)
        this.#answeredMs += event.elapsedMs
        const method = this.#method(event.method)
        method.answeredIn(event.elapsedMs)
        method.counters.bytesReceived += event.bytes
        method.counters.wireBytes += event.wireBytes
        for (const [name, seconds] of event.billed) this.#method(name).counters.portalSeconds += seconds
        for (const [name, count] of event.done) this.#method(name).counters.done += count
        return
      }
      case 'lost':
        this.#passTo(now)
        this.#flight.end(now)
        if (event.isBrokenOff) return
        this.#lostMs += event.elapsedMs
        this.#method(event.method).counters.lost++
        return
      case 'page':
        this.#slices.rows(now - this.#startedAt, event.rows)
        return
      case 'retrying':
      case 'failed-items':
      case 'unreadable':
      case 'outage':
      case 'recovered':
      case 'recognised':
      case 'outlook':
      case 'sharing':
      case 'moved':
        return
    }
  }

  figures(now: number): TimeFigures {
    this.#passTo(now)
    const flightMs = this.#flight.ms(now)
    return {
      durationMs: Math.max(0, now - this.#startedAt),
      usedMs: { ...this.#usedMs },
      waitedMs: msOf(this.#waits, now),
      heldMs: this.#held.ms(now),
      consumerMs: this.writingMs(now),
      sinceFirstWriteMs: Math.max(0, now - (this.#firstWriteAt ?? now)),
      meanInFlight: flightMs === 0 ? 0 : this.#inFlightMs / flightMs,
      mostInFlight: this.#mostInFlight,
      answeredMs: this.#answeredMs,
      lostMs: this.#lostMs,
      slices: this.#slices.figures(now - this.#startedAt),
      methods: [...this.#methods].map(([name, method]) => method.figures(name, now)),
    }
  }

  /** Accounts for the time since the last change, in which all stayed as it is. */
  #passTo(now: number): void {
    const ms = now - this.#at
    if (ms <= 0) return
    const { bucket, operating, backoff, outage } = this.#waits
    const moment = {
      inFlight: this.inFlight,
      held: {
        bucket: bucket.going,
        operating: operating.going,
        backoff: backoff.going,
        outage: outage.going,
      },
      isWriting: this.#writing.going > 0,
    }
    for (const [use, share] of usesOf(moment)) this.#usedMs[use] += ms * share
    this.#inFlightMs += ms * this.inFlight
    this.#slices.passed(this.#at - this.#startedAt, now - this.#startedAt, this.inFlight)
    this.#at = now
  }

  #method(name: string): MethodRecord {
    const key = this.#methods.has(name) || this.#methods.size < MOST_METHODS ? name : OTHER_METHODS
    let method = this.#methods.get(key)
    if (method === undefined) this.#methods.set(key, (method = new MethodRecord()))
    return method
  }
}
