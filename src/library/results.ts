import type { Caller } from '../engine/caller.ts'
import type { Fate, ItemError } from '../operations/dispatch/fate.ts'
import { resultLine } from '../operations/result-line.ts'
import { type Id, once } from './inputs.ts'

/** An input that was done. */
export interface DoneResult<T = unknown> {
  /** Place of the input, from 1. */
  readonly line: number
  /** Id of the input as it was given; `null` if it has none. */
  readonly id: Id | null
  readonly ok: true
  readonly outcome: 'done'
  /** What the portal answered, parsed. */
  readonly result: T
  /** Rows that match, where a command of a batch is a list. */
  readonly total?: number
  /** Where its next page begins. */
  readonly next?: number
  /** What the portal says of the time that a command of a batch took, in its own names. */
  readonly time?: unknown
}

/** An input that was not done. */
export interface FailedResult {
  readonly line: number
  readonly id: Id | null
  readonly ok: false
  /** `refused`: certainly not done. `unknown`: it may have been done, and nobody can tell. */
  readonly outcome: 'refused' | 'unknown'
  /** Why: `code` is the portal's, or one of ours in capitals; `status` the HTTP status, `null` where there is none. */
  readonly error: ItemError
}

/** What became of one input: an object in the shape of the result lines of the command line. */
export type Result<T = unknown> = DoneResult<T> | FailedResult

/**
 * One result for each input, in the order of the inputs. Nothing is sent until somebody iterates, and that is possible
 * once. A failure of a single input is a result, not an exception.
 *
 * @throws what ends the run as a whole, behind the last result: UsageError for an input that cannot be right, and what the
 * source of the inputs throws, with a result for what was read by then; RefusalError (AuthError), TransportError and
 * LimitError for what concerns all inputs, of which those that are left are read and refused with `NOT_SENT`; the reason
 * of a signal that fires, without any result for what was not sent
 */
export interface Results<T = unknown> extends AsyncIterable<Result<T>> {
  /** The same as JSON text, with what the portal answered exactly as it was sent: parsing rounds long numbers. */
  texts(): AsyncGenerator<string, void, undefined>
}

/** An input with its fate. */
export interface Settled {
  readonly line: number
  readonly given: Id | null
  /** The same as JSON; `undefined` for none. */
  readonly literal: string | undefined
  readonly fate: Fate | undefined
}

/** Sends what there is to be sent and hands on what became of it, as many inputs at a time as are ready. */
export type Run = (caller: Caller, signal: AbortSignal) => AsyncGenerator<readonly Settled[], void, undefined>

/**
 * Results in both forms.
 *
 * @param open begins the run
 * @param stop once it has fired, no result is given any more; left out where results that are there are worth more than a
 * prompt end
 */
export function resultsFrom<T>(
  open: () => AsyncGenerator<readonly Settled[], void, undefined>,
  stop?: AbortSignal,
): Results<T> {
  const openOnce = once(open)
  async function* each<R>(form: (settled: Settled, fate: Fate) => R): AsyncGenerator<R, void, undefined> {
    for await (const page of openOnce()) {
      for (const settled of page) {
        stop?.throwIfAborted()
        if (settled.fate !== undefined) yield form(settled, settled.fate)
      }
    }
  }
  return {
    [Symbol.asyncIterator]: () => each(resultOf<T>),
    texts: () => each(({ line, literal }, fate) => resultLine({ line, id: literal }, fate).toString()),
  }
}

function resultOf<T>({ line, given: id }: Settled, fate: Fate): Result<T> {
  if (fate.outcome !== 'done') return { line, id, ok: false, outcome: fate.outcome, error: fate.error }
  const { result, total, next, time } = fate
  return {
    line,
    id,
    ok: true,
    outcome: 'done',
    result: result.parse() as T,
    ...(total === undefined ? {} : { total }),
    ...(next === undefined ? {} : { next }),
    ...(time === undefined ? {} : { time: time.parse() }),
  }
}
