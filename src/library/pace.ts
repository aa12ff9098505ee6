import { wholeNumber } from '../config/values.ts'
import { MOST_IN_FLIGHT } from '../protocol/limits.ts'
import { checkedNumber, type ClientSettings } from './options.ts'

/** How inputs of a kind are sent unless the caller says otherwise; the same as on the command line. */
export interface UsualPace {
  /** Requests in flight at a time. */
  readonly lanes: number
  /** At most so many, whatever the caller says. */
  readonly mostLanes?: number
  /** Most commands in the first requests, before it is known how long the portal takes for them. */
  readonly firstSize: number
  /** At least so many inputs are read before the first of them is handed on. */
  readonly window: number
}

export const READS: UsualPace = { lanes: 6, firstSize: 50, window: 500 }
export const WRITES: UsualPace = { lanes: 2, firstSize: 10, window: 500 }
export const COMMANDS: UsualPace = { lanes: 2, firstSize: 50, window: 2_000 }
/** For ids of which 50 go into a command: what two lanes have in flight, and as many again. */
export const ROWS: UsualPace = { lanes: 2, firstSize: 50, window: 10_000 }

export const SERIAL = { mostLanes: 1 } as const

/** The part of the options of a dispatch that follows from the client and from `concurrency`. */
export interface Pace {
  readonly onEvent: ClientSettings['onEvent']
  readonly batchSize: number
  readonly firstSize: number
  readonly lanes: number
  readonly retries: number
  readonly maxWaitMs: number
  readonly window: number
}

interface WithConcurrency {
  readonly concurrency?: number | undefined
}

/** Most requests in flight that the caller allows. @throws UsageError */
export function concurrencyOf(options: WithConcurrency): number | undefined {
  return checkedNumber(options, 'concurrency', wholeNumber(1, MOST_IN_FLIGHT))
}

/** @throws UsageError for a concurrency that cannot be */
export function paceOf(
  options: WithConcurrency,
  { onEvent, batchSize, retries, maxWaitMs }: ClientSettings,
  usual: UsualPace,
): Pace {
  const wished = concurrencyOf(options) ?? usual.lanes
  const lanes = Math.min(wished, usual.mostLanes ?? wished)
  return {
    onEvent,
    batchSize,
    firstSize: Math.min(batchSize, usual.firstSize),
    lanes,
    retries,
    maxWaitMs,
    window: Math.max(usual.window, 4 * lanes * batchSize),
  }
}
