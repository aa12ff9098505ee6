import type { RunEvent } from '../engine/events.ts'

/** An error that was met, and how often. */
export interface ErrorCount {
  readonly code: string
  readonly message: string
  readonly count: number
}

/** What a run has come to so far. */
export interface Tally {
  readonly rows: number
  /** Of them, inputs that the portal refused, and those of which nobody knows whether they were carried out. */
  readonly refused: number
  readonly unknown: number
  readonly requests: number
  readonly retries: number
  /** Seconds that the portal worked, by the method that it bills. */
  readonly portalSeconds: ReadonlyMap<string, number>
  readonly bytesSent: number
  /** Of bodies, unpacked. */
  readonly bytesReceived: number
  /** The same as they came over the wire. */
  readonly wireBytes: number
  /** Where the walk stands: the last id, or a number of rows for a walk by offset. */
  readonly lastId: number | undefined
  /** Errors that were followed by another attempt; the distinct ones, the first few. */
  readonly errors: readonly ErrorCount[]
}

export const EMPTY_TALLY: Tally = {
  rows: 0,
  refused: 0,
  unknown: 0,
  requests: 0,
  retries: 0,
  portalSeconds: new Map(),
  bytesSent: 0,
  bytesReceived: 0,
  wireBytes: 0,
  lastId: undefined,
  errors: [],
}

/** More distinct errors than anybody reads. */
const MOST_ERRORS = 10

/** The tally after one more event. */
export function count(tally: Tally, event: RunEvent): Tally {
  switch (event.type) {
    case 'page':
      return { ...tally, rows: tally.rows + event.rows, lastId: event.cursor }
    case 'sent':
      return { ...tally, requests: tally.requests + 1, bytesSent: tally.bytesSent + event.bytes }
    case 'answered':
      return {
        ...tally,
        bytesReceived: tally.bytesReceived + event.bytes,
        wireBytes: tally.wireBytes + event.wireBytes,
        portalSeconds: added(tally.portalSeconds, event.billed),
      }
    case 'retrying':
      return {
        ...tally,
        retries: tally.retries + 1,
        errors: withError(tally.errors, event.error),
      }
    case 'failed-items': {
      const { refused, unknown } = event
      return { ...tally, refused: tally.refused + refused, unknown: tally.unknown + unknown }
    }
    case 'lost':
    case 'waiting':
    case 'waited':
    case 'unreadable':
    case 'outage':
    case 'recovered':
    case 'recognised':
    case 'outlook':
    case 'sharing':
    case 'moved':
      return tally
  }
}

/** The distinct errors with one more. */
export function withError(
  errors: readonly ErrorCount[],
  { code, message }: { readonly code: string; readonly message: string },
): readonly ErrorCount[] {
  const known = errors.findIndex((one) => one.code === code && one.message === message)
  if (known >= 0) return errors.map((one, at) => (at === known ? { ...one, count: one.count + 1 } : one))
  return errors.length < MOST_ERRORS ? [...errors, { code, message, count: 1 }] : errors
}

function added(sums: ReadonlyMap<string, number>, more: ReadonlyMap<string, number>): Map<string, number> {
  const result = new Map(sums)
  for (const [method, seconds] of more) result.set(method, (result.get(method) ?? 0) + seconds)
  return result
}
