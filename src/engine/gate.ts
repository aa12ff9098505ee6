import { LimitError } from '../errors.ts'
import { sleep } from '../lib/sleep.ts'
import type { Limits, Rate } from '../protocol/limits.ts'
import { Bucket } from './bucket.ts'
import type { EventListener } from './events.ts'
import { holdBack } from './hold-back.ts'
import { type LedgerDocument, operatingKey } from './ledger/document.ts'
import { changed, type Ledger, ownLedger, type Places } from './ledger/ledger.ts'
import { freeRate, LedgerPlaces } from './ledger/places.ts'
import { MOST_IN_FLIGHT_MS, newOperatingState, OperatingWindow, type Reservation } from './operating.ts'

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
  /** Told before each wait for operating time what is left of it; ends the wait by throwing. */
  readonly onHeldBack?: ((leftSeconds: number) => void) | undefined
}

/** What the portal said about its limits with an answer, or how it refused. */
export interface Usage {
  /** Seconds billed by method. */
  readonly billed: ReadonlyMap<string, number>
  /** The portal's own counters by method. */
  readonly counters: ReadonlyMap<string, { operatingSeconds: number; operatingResetAt: number | undefined }>
  /** The counters are of a call in no batch. */
  readonly isDirect: boolean
  /** Methods refused for their operating time. */
  readonly blocked: readonly string[]
  readonly isBucketFull: boolean
}

export const NO_USAGE: Usage = {
  billed: new Map(),
  counters: new Map(),
  isDirect: false,
  blocked: [],
  isBucketFull: false,
}

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
  /** When (Unix ms) the method may work for so many seconds: now, or when to look again. */
  freeAt(credential: string, method: string, seconds: number): number
  /** What the limits let out from the beginning on. */
  readonly bucket: Limits['bucket']
  /** Gives back what was taken of the limits and not used. */
  readonly close: () => void
}

export interface GateOptions {
  readonly limits: Limits
  /** Longest single wait for a limit. */
  readonly maxWaitMs: number
  readonly onEvent: EventListener
  /** What is known of the portal's limits; if left out, what is found out here. */
  readonly ledger?: Ledger | undefined
}

/** The gate to one portal: a bucket of this run's own, and what the ledger says of everybody's. */
export function openGate({ limits, maxWaitMs, onEvent, ledger = ownLedger() }: GateOptions): Gate {
  const { bucket: rate, shared } = limits
  const places = placesIn(ledger, shared)
  const bucket = rate === undefined || isKeptBy(shared, places, rate) ? undefined : new Bucket(rate)
  /** When the portal has last worked for this run, by method: as long as it does, nobody's patience ends. */
  const servedAt = new Map<string, number>()

  function windowIn({ methods }: LedgerDocument, credential: string, method: string): OperatingWindow {
    const state = (methods[operatingKey(credential, method)] ??= newOperatingState())
    return new OperatingWindow(limits.operatingSeconds, state)
  }

  /** Reserves the time, or says until when it cannot be had, and which method is in the way. */
  function reserve(document: LedgerDocument, demand: Demand, since: number): Reserved | InTheWay {
    const now = Date.now()
    const { credential, methods, expectedSeconds } = demand
    const windows = methods.map((method) => ({ method, window: windowIn(document, credential, method) }))
    const [until, method] = windows
      .map(({ method, window }) => [window.freeAt(expectedSeconds, now), method] as const)
      .reduce((latest, one) => (one[0] > latest[0] ? one : latest))
    const { waiting } = document
    const { holder, who } = ledger
    if (until > now) {
      waiting[holder] = { who, method, reason: 'operating', since, until }
      const leftSeconds = Math.min(...windows.map(({ window }) => window.left(0, now)))
      return { until, method, leftSeconds }
    }
    if (waiting[holder]?.reason === 'operating') Reflect.deleteProperty(waiting, holder)
    const reservations = windows.map(({ method, window }) => ({
      method,
      reservation: window.reserve(expectedSeconds, holder, now + MOST_IN_FLIGHT_MS),
    }))
    return { reservations }
  }

  async function waitForOperatingTime(demand: Demand, signal: AbortSignal): Promise<Reserved> {
    const since = demand.limitedSince ?? Date.now()
    for (;;) {
      const found = await changed(ledger, (document) => reserve(document, demand, since))
      if ('reservations' in found) return found
      try {
        await waitUntilFree(found, demand, signal)
      } catch (error) {
        // Whoever gives up is not to be listed as waiting; what else of this program waits says so again.
        await changed(ledger, ({ waiting }) => Reflect.deleteProperty(waiting, ledger.holder))
        throw error
      }
    }
  }

  async function waitUntilFree(
    { until, method, leftSeconds }: InTheWay,
    demand: Demand,
    signal: AbortSignal,
  ): Promise<void> {
    demand.onHeldBack?.(leftSeconds)
    // It may be others who are served first, or refused: every wait is one of its own.
    const from = Math.max(demand.limitedSince ?? Date.now(), servedAt.get(method) ?? 0)
    if (until - from > maxWaitMs) throw outOfPatience(method, until, maxWaitMs)
    await holdBack(onEvent, { method, reason: 'operating', until }, () => sleep(until - Date.now(), signal))
  }

  async function waitForBucket(demand: Demand, signal: AbortSignal): Promise<void> {
    const isOwnTaken = bucket === undefined || bucket.takeAtOnce()
    if (isOwnTaken && (places === undefined || places.takeAtOnce())) return
    const method = demand.methods[0] ?? ''
    const over = new AbortController()
    const held = { isTold: false }
    const onWait = (until: number): void => {
      if (over.signal.aborted) return
      held.isTold = true
      onEvent({ type: 'waiting', method, reason: 'bucket', until })
    }
    const ending = AbortSignal.any([signal, over.signal])
    const patience = sleep(maxWaitMs, ending).then(() => {
      throw bucketOutOfPatience(demand.host, maxWaitMs)
    })
    const take = async (): Promise<void> => {
      if (!isOwnTaken) await bucket.take(ending, (ms) => onWait(Date.now() + ms))
      if (!held.isTold) await places?.take(method, ending, onWait)
      else await places?.take(method, ending, () => undefined)
    }
    const taken = take()
    try {
      await Promise.race([taken, patience])
    } finally {
      over.abort()
      if (held.isTold) onEvent({ type: 'waited', method, reason: 'bucket' })
      patience.catch(() => undefined)
      taken.catch(() => undefined)
    }
  }

  function settle(document: LedgerDocument, demand: Demand, { reservations }: Reserved, usage: Usage): void {
    const now = Date.now()
    const { credential } = demand
    for (const { method, reservation } of reservations) {
      const window = windowIn(document, credential, method)
      const billedSeconds = usage.billed.get(method) ?? 0
      window.settle(reservation, billedSeconds, now)
      if (billedSeconds > 0) servedAt.set(method, now)
      if (usage.billed.size > 0 && !usage.blocked.includes(method)) window.trust(now)
    }
    for (const [method, { operatingSeconds, operatingResetAt }] of usage.counters) {
      const window = windowIn(document, credential, method)
      window.observe(operatingSeconds, operatingResetAt, now, usage.isDirect)
    }
    for (const method of usage.blocked) windowIn(document, credential, method).block(now)
  }

  return {
    bucket: freeRate(limits, ledger),

    secondsLeft(credential, methods, askedSeconds) {
      if (limits.operatingSeconds === Infinity) return Infinity
      const now = Date.now()
      // What this program saw last is from before its own request, and others send meanwhile.
      const document = ledger.look()
      return Math.min(
        ...methods.map((method) =>
          windowIn(document, credential, method).left(askedSeconds, now, ledger.holder),
        ),
      )
    },

    freeAt(credential, method, seconds) {
      const now = Date.now()
      if (limits.operatingSeconds === Infinity) return now
      return windowIn(ledger.look(), credential, method).freeAt(seconds, now)
    },

    async acquire(demand, signal) {
      const reserved = await waitForOperatingTime(demand, signal)
      const report = async (usage: Usage): Promise<void> => {
        await changed(ledger, (document) => settle(document, demand, reserved, usage))
      }
      try {
        await waitForBucket(demand, signal)
      } catch (error) {
        await report(NO_USAGE)
        throw error
      }
      return {
        async report(usage) {
          await report(usage)
          if (!usage.isBucketFull) return
          await places?.fill()
          await bucket?.fill()
        },
      }
    },

    close: () => places?.close(),
  }
}

function placesIn(ledger: Ledger, shared: Limits['shared']): Places | undefined {
  if (shared === undefined || !ledger.isShared) return undefined
  return ledger.openPlaces?.(shared) ?? new LedgerPlaces(ledger, shared)
}

/** Whether this run keeps to its own rate anyway, since all programs together do. */
function isKeptBy(shared: Limits['shared'], places: Places | undefined, own: Rate): boolean {
  // Elsewhere the first who came may have said what all together do.
  if (shared === undefined || !(places instanceof LedgerPlaces)) return false
  return shared.ceiling <= own.places && shared.perSecond <= own.perSecond
}

interface Reserved {
  readonly reservations: readonly { readonly method: string; readonly reservation: Reservation }[]
}

interface InTheWay {
  readonly until: number
  readonly method: string
  readonly leftSeconds: number
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
