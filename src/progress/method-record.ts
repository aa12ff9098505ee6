import type { WaitReason } from '../engine/events.ts'
import { type ChainFigures, ChainLengths } from './chain-lengths.ts'
import { type DurationFigures, Durations } from './durations.ts'
import { Span } from './span.ts'

/** What a run did with one method; requests with commands of several are those of `batch`. */
export interface MethodFigures {
  readonly method: string
  /** Attempts included that came to nothing. */
  readonly requests: number
  /** Of them, those that were refused, failed or got no answer. */
  readonly lost: number
  readonly commands: number
  /** Commands that were carried out: of a list, its pages. */
  readonly done: number
  /** Seconds that the portal billed. */
  readonly portalSeconds: number
  readonly bytesSent: number
  /** Of bodies, unpacked. */
  readonly bytesReceived: number
  readonly wireBytes: number
  /** From sending to the last byte, of requests that were answered; in ms. */
  readonly durations: DurationFigures | undefined
  readonly chains: ChainFigures | undefined
  /** Time in which at least one request was held back, by the reason. */
  readonly waitedMs: Readonly<Record<WaitReason, number>>
}

type Counters = 'requests' | 'lost' | 'commands' | 'done' | 'portalSeconds'
type Bytes = 'bytesSent' | 'bytesReceived' | 'wireBytes'

/** Adds up what is done with one method, in memory that does not grow. */
export class MethodRecord {
  readonly counters: Record<Counters | Bytes, number> = {
    requests: 0,
    lost: 0,
    commands: 0,
    done: 0,
    portalSeconds: 0,
    bytesSent: 0,
    bytesReceived: 0,
    wireBytes: 0,
  }
  readonly waits = waitSpans()
  readonly chains = new ChainLengths()
  /** Made by need: methods that are billed for commands of other requests have none. */
  #durations: Durations | undefined

  answeredIn(ms: number): void {
    this.#durations ??= new Durations()
    this.#durations.add(ms)
  }

  figures(method: string, now: number): MethodFigures {
    return {
      method,
      ...this.counters,
      durations: this.#durations?.figures,
      chains: this.chains.figures,
      waitedMs: msOf(this.waits, now),
    }
  }
}

export type WaitSpans = Readonly<Record<WaitReason, Span>>

export function waitSpans(): WaitSpans {
  return { bucket: new Span(), operating: new Span(), backoff: new Span(), outage: new Span() }
}

export function msOf(spans: WaitSpans, now: number): Record<WaitReason, number> {
  const { bucket, operating, backoff, outage } = spans
  return {
    bucket: bucket.ms(now),
    operating: operating.ms(now),
    backoff: backoff.ms(now),
    outage: outage.ms(now),
  }
}
