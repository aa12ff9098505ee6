import type { EventListener } from '../../engine/events.ts'
import type { Item } from './unit.ts'

export interface DispatchOptions {
  /** Stops the run: nothing more is sent, what is in flight gets a few seconds to end. */
  readonly signal: AbortSignal
  readonly onEvent: EventListener
  /** Most commands in a request, 1–50. */
  readonly batchSize: number
  /** Most commands in the first requests, until it is known how long they take. */
  readonly firstSize: number
  /** Most requests in flight. */
  readonly lanes: number
  /** Requests in a row that may fail before the run is given up. */
  readonly retries: number
  /** Longest time in which limits let nothing through. */
  readonly maxWaitMs: number
  /** Doing a write twice does no harm, says the user. */
  readonly isIdempotent: boolean
  /** All commands call the same method, so that a refusal that concerns the method ends the run. */
  readonly isOneMethod: boolean
  /** Inputs are sent in their order, one request after the other, and a refused one holds the others back. */
  readonly isSerial: boolean
  /** Most inputs that are read and not yet handed on. */
  readonly window: number
  /** Writes down what is sent and what became of it; `undefined`: nobody does. */
  readonly recorder?: Recorder | undefined
  /** Looks at each fate; an answer ends the run, as after a failure that concerns all. */
  readonly stopAfter?: ((item: Item) => Stop | undefined) | undefined
}

/** Why a run ends before its input does, and what is said of inputs that were not sent. */
export interface Stop {
  /** Thrown at the end; `undefined` if the fates say it all. */
  readonly error: unknown
  readonly code: string
  readonly description: string
}

/** Takes down, in a place that outlives the process, what is about to happen and what has happened. */
export interface Recorder {
  /** Resolves when it is safe that these are about to be sent. */
  sent(items: readonly Item[]): Promise<void>
  /** These were certainly not carried out. */
  unsent(items: readonly Item[]): Promise<void>
  settled(items: readonly Item[]): Promise<void>
}
