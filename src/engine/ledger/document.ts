import type { OperatingState } from '../operating.ts'

/**
 * What is known of a portal's limits, by all programs of this user on this machine together. Times are Unix milliseconds;
 * they are of the clock on the wall, which may jump: whoever reads one bounds it by what can be.
 */
export interface LedgerDocument {
  readonly bucket: BucketState
  /** By program: who is held back, and what for. */
  readonly waiting: Record<string, Waiting>
  /** By `operatingKey`. */
  readonly methods: Record<string, OperatingState>
  /** What this machine knows of others; only where they share their limits over Redis. */
  machines?: Machines | undefined
}

export interface Machines {
  /** What tells this machine from others: all programs with the same ledger. */
  readonly id: string
  /** How many were seen last, this one included. */
  readonly count: number
  readonly seenAt: number
}

/** The portal's bucket as it must look by now: see `level.ts`. */
export interface BucketState {
  /** Requests in it at `at`. */
  level: number
  at: number
  /** How often the portal has said that it is full. */
  refusals: number
  /** What those that used it last took it for; 0 if nobody has. */
  places: number
  perSecond: number
}

export interface Waiting {
  /** What a person calls the program. */
  readonly who: string
  readonly method: string
  readonly reason: 'bucket' | 'operating'
  readonly since: number
  readonly until: number
}

/** A program that has not said anything for so long after the end of its wait has ended, in whatever way. */
const OVERDUE_MS = 5_000

/** What was learnt of a method is kept for a day after its last use. */
const KEPT_MS = 24 * 3_600_000

export function emptyDocument(): LedgerDocument {
  return { bucket: { level: 0, at: 0, refusals: 0, places: 0, perSecond: 0 }, waiting: {}, methods: {} }
}

/**
 * How a method under a credential is called in the ledger. Of the credential's fingerprint only 32 bits are there: enough
 * to tell the webhooks of a portal apart, and too little to find one by.
 */
export function operatingKey(credential: string, method: string): string {
  return `${credential.slice(0, 8)} ${method.toLowerCase()}`
}

/** Takes out what means nothing any more. */
export function tidy({ waiting, methods }: LedgerDocument, now: number): void {
  for (const [id, { until }] of Object.entries(waiting)) {
    // Nobody waits for longer than the window, unless the clock was set back.
    if (until + OVERDUE_MS < now || until > now + KEPT_MS) Reflect.deleteProperty(waiting, id)
  }
  for (const [key, { usedAt }] of Object.entries(methods)) {
    if (Math.abs(now - usedAt) > KEPT_MS) Reflect.deleteProperty(methods, key)
  }
}
