import type { WaitReason } from '../engine/events.ts'

/**
 * What a moment of a run went to: a wait for one of the limits, for the next attempt or for the end of an outage, the
 * portal, the output
 * (`consumer`), or nothing of these (`other`: our own work, or an input that brings nothing).
 */
export type Use = WaitReason | 'portal' | 'consumer' | 'other'

/** What goes on at a moment. */
export interface Moment {
  readonly inFlight: number
  /** Requests that are ready and held back, by the reason. */
  readonly held: Readonly<Record<WaitReason, number>>
  /** Whether the output is about to take something. */
  readonly isWriting: boolean
}

/**
 * What a moment goes to, as shares that add up to 1. A request that a limit holds back could be in flight, so the limit is
 * what counts, however many others are; an outage holds back all. One that waits for its next attempt leaves the others alone and counts as one of
 * them. While requests are in flight the output holds nothing up.
 */
export function usesOf({ inFlight, held, isWriting }: Moment): readonly (readonly [Use, number])[] {
  if (held.outage > 0) return [['outage', 1]]
  if (held.operating > 0) return [['operating', 1]]
  if (held.bucket > 0) return [['bucket', 1]]
  if (held.backoff > 0) {
    const all = held.backoff + inFlight
    return [
      ['backoff', held.backoff / all],
      ['portal', inFlight / all],
    ]
  }
  if (inFlight > 0) return [['portal', 1]]
  return [[isWriting ? 'consumer' : 'other', 1]]
}
