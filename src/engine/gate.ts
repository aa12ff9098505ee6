import { LimitError } from '../errors.ts'
import { sleep } from '../lib/sleep.ts'
import type { Limits } from '../protocol/limits.ts'
import { Bucket } from './bucket.ts'
import type { EventListener } from './events.ts'
import { holdBack } from './hold-back.ts'
import { OperatingWindow } from './operating.ts'

/** What a request asks of the portal's limits. */
export interface Demand {
  readonly host: string
  /** Identity of the credential: operating time is counted by it. */
  readonly credential: string
  /** Methods that the request may be billed to; for a batch its commands' methods and `batch` itself. */
  readonly methods: readonly string[]
  /** Seconds that the portal is expected to work on it. */
  readonly expectedSeconds: number
  /** Since when (Unix ms) this call has been kept waiting by refusals; counts towards the longest wait. */
  readonly limitedSince: number | undefined
}

/** What the portal said about its limits with an answer, or how it refused. */
export interface Usage {
  /** Seconds billed by method. */
  readonly billed: ReadonlyMap<string, number>
  /** The portal's own counters by method. */
  readonly counters: ReadonlyMap<string, { operatingSeconds: number; operatingResetAt: number | undefined }>
  /** Methods refused for their operating time. */
  readonly blocked: readonly string[]
  readonly isBucketFull: boolean
}

export const NO_USAGE: Usage = { billed: new Map(), counters: new Map(), blocked: [], isBucketFull: false }

/** The right to send one request; what came of it is reported once. */
export interface Permit {
  report(usage: Usage): Promise<void>
}

/** Every attempt passes here before it is sent: first the methods' operating time, then the bucket. */
export interface Gate {
  /** @throws LimitError if a wait would outlast the longest allowed; the reason of `signal` if that fires */
  acquire(demand: Demand, signal: AbortSignal): Promise<Permit>
  /** Seconds that may be asked of all these methods, with so many asked for already, before there is a long wait. */
  secondsLeft(credential: string, methods: readonly string[], askedSeconds: number): number
}

/** The gate of one process: buckets by host, operating time by credential and method. */
export function localGate(limits: Limits, maxWaitMs: number, onEvent: EventListener): Gate {
  const buckets = new Map<string, Bucket>()
  const windows = new Map<string, OperatingWindow>()

  function windowOf(credential: string, method: string): OperatingWindow {
    const key = `${credential} ${method.toLowerCase()}`
    let window = windows.get(key)
    if (window === undefined) windows.set(key, (window = new OperatingWindow(limits.operatingSeconds)))
    return window
  }

  function bucketOf(host: string): Bucket | undefined {
    if (limits.bucket === undefined) return undefined
    let bucket = buckets.get(host)
    if (bucket === undefined) buckets.set(host, (bucket = new Bucket(limits.bucket)))
    return bucket
  }

  async function waitForOperatingTime(demand: Demand, signal: AbortSignal): Promise<void> {
    const since = demand.limitedSince ?? Date.now()
    for (;;) {
      const now = Date.now()
      const [until, method] = demand.methods
        .map((name) => [windowOf(demand.credential, name).freeAt(demand.expectedSeconds, now), name] as const)
        .reduce((latest, one) => (one[0] > latest[0] ? one : latest))
      if (until <= now) return
      if (until - since > maxWaitMs) throw outOfPatience(method, until, maxWaitMs)
      await holdBack(onEvent, { method, reason: 'operating', until }, () => sleep(until - now, signal))
    }
  }

  async function waitForBucket(demand: Demand, signal: AbortSignal): Promise<void> {
    const bucket = bucketOf(demand.host)
    if (bucket === undefined || bucket.takeAtOnce()) return
    const method = demand.methods[0] ?? ''
    const isServed = new AbortController()
    const held = { isTold: false }
    const onWait = (ms: number): void => {
      if (isServed.signal.aborted) return
      held.isTold = true
      onEvent({ type: 'waiting', method, reason: 'bucket', until: Date.now() + ms })
    }
    const patience = sleep(maxWaitMs, AbortSignal.any([signal, isServed.signal])).then(() => {
      throw bucketOutOfPatience(demand.host, maxWaitMs)
    })
    try {
      await Promise.race([bucket.take(signal, onWait), patience])
    } finally {
      isServed.abort()
      if (held.isTold) onEvent({ type: 'waited', method, reason: 'bucket' })
      patience.catch(() => undefined)
    }
  }

  return {
    secondsLeft(credential, methods, askedSeconds) {
      const now = Date.now()
      return Math.min(...methods.map((method) => windowOf(credential, method).left(askedSeconds, now)))
    },

    async acquire(demand, signal) {
      await waitForOperatingTime(demand, signal)
      const { credential, methods, expectedSeconds } = demand
      const reservations = methods.map((method) => {
        const window = windowOf(credential, method)
        return { method, window, reservation: window.reserve(expectedSeconds) }
      })
      const settle = (usage: Usage): void => {
        const now = Date.now()
        for (const { method, window, reservation } of reservations) {
          window.settle(reservation, usage.billed.get(method) ?? 0, now)
        }
      }
      try {
        await waitForBucket(demand, signal)
      } catch (error) {
        settle(NO_USAGE)
        throw error
      }
      return {
        async report(usage) {
          settle(usage)
          const now = Date.now()
          for (const [method, counter] of usage.counters) {
            windowOf(credential, method).observe(counter.operatingSeconds, counter.operatingResetAt, now)
          }
          for (const method of usage.blocked) windowOf(credential, method).block(now)
          if (usage.isBucketFull) await bucketOf(demand.host)?.fill()
        },
      }
    },
  }
}

function bucketOutOfPatience(host: string, maxWaitMs: number): LimitError {
  return new LimitError(
    `${host} was not asked within ${Math.round(maxWaitMs / 1000)} s (--max-wait), to keep to its requests a second.`,
    'Raise --tps or --max-wait, or run again when fewer programs use the portal.',
  )
}

function outOfPatience(method: string, until: number, maxWaitMs: number): LimitError {
  return new LimitError(
    `${method} has used up its operating time; the portal would let it go on at ${new Date(until).toISOString()}.`,
    `That is longer than --max-wait allows (${Math.round(maxWaitMs / 1000)} s). Run again later, ask for fewer fields, or allow a longer wait.`,
    until,
  )
}
