import type { Portal } from '../../src/sandbox/portal.ts'

/** A request as it came to the portal. Times are Unix milliseconds on the portal's clock. */
export interface Arrival {
  readonly sentAt: number
  /** Requests without an answer then, this one included. */
  readonly inFlight: number
  readonly answeredAt: number
  readonly status: number
}

/** Notes all requests to a portal from now on, in the order in which they are answered. */
export function trafficOf(portal: Portal): readonly Arrival[] {
  const arrivals: Arrival[] = []
  const handle = portal.handle.bind(portal)
  let pending = 0
  portal.handle = async (request) => {
    if (request.path.startsWith('/_sandbox/')) return handle(request)
    const sentAt = Date.now()
    const inFlight = ++pending
    try {
      const { status, ...answer } = await handle(request)
      arrivals.push({ sentAt, inFlight, answeredAt: Date.now(), status })
      return { status, ...answer }
    } finally {
      pending--
    }
  }
  return arrivals
}

/** Status of a request that the portal gave up, as it does after a minute. */
const CUT = 504

/** What a run did with the portal's lanes. */
export interface LaneUse {
  /** Requests in flight when each was sent, in the order of sending. */
  readonly inFlight: readonly number[]
  readonly cuts: number
  /** Requests that were cut although they were sent when the first cut was known. */
  readonly cutsAfterFirst: number
}

export function laneUse(arrivals: readonly Arrival[]): LaneUse {
  const cuts = arrivals.filter(({ status }) => status === CUT)
  const firstKnownAt = Math.min(...cuts.map(({ answeredAt }) => answeredAt))
  return {
    inFlight: [...arrivals].sort((one, other) => one.sentAt - other.sentAt).map(({ inFlight }) => inFlight),
    cuts: cuts.length,
    cutsAfterFirst: cuts.filter(({ sentAt }) => sentAt > firstKnownAt).length,
  }
}

/** `1 1 2x3 4 8x12`: numbers in their order, those that repeat only once. */
export function inRuns(numbers: readonly number[]): string {
  const runs: { readonly value: number; times: number }[] = []
  for (const value of numbers) {
    const latest = runs.at(-1)
    if (latest?.value === value) latest.times++
    else runs.push({ value, times: 1 })
  }
  return runs.map(({ value, times }) => (times === 1 ? String(value) : `${value}x${times}`)).join(' ')
}
