import type { Caller } from '../engine/caller.ts'
import type { EventListener } from '../engine/events.ts'
import type { Reply } from '../protocol/types.ts'
import { recognise, type Settled } from '../strategies/recognise/recognise.ts'
import type { CheckedQuery } from './list-query.ts'
import { shapeText } from './shape-options.ts'

/** A query whose method is known by now, and whom to ask: the first page has been asked for already. */
export interface RecognisedList {
  readonly checked: CheckedQuery
  readonly caller: Caller
}

/**
 * Looks at a list that the table does not know, and tells what was seen of it.
 *
 * @throws UsageError that names the option which settles what is not clear, NotUnderstoodError if there are no rows; what
 * the caller throws
 */
export async function recognisedList(
  caller: Caller,
  checked: CheckedQuery,
  shape: Settled | undefined,
  signal: AbortSignal,
  onEvent: EventListener,
): Promise<RecognisedList> {
  const { query } = checked
  const { method, first } = await recognise(caller, query, shape ?? {}, signal)
  onEvent({
    type: 'recognised',
    method: method.method,
    shape: shapeText(method),
    isProven: method.isUnknown !== true,
  })
  return { checked: { ...checked, query: { ...query, method } }, caller: remembering(caller, checked, first) }
}

/** Answers a call for the first page without asking for it again, once. */
function remembering(caller: Caller, { query }: CheckedQuery, first: Reply): Caller {
  let kept: Reply | undefined = first
  const asked = ['', '0'].map((start) =>
    JSON.stringify(start === '' ? query.params : { ...query.params, start }),
  )
  return {
    ...(caller.bucket === undefined ? {} : { bucket: caller.bucket }),
    secondsLeft: (method, seconds) => caller.secondsLeft?.(method, seconds) ?? Infinity,
    call(command, options) {
      const reply = kept
      const isFirst = reply !== undefined && asked.includes(JSON.stringify(command.params))
      if (!isFirst) return caller.call(command, options)
      kept = undefined
      return Promise.resolve(reply)
    },
    batch: (commands, options) => caller.batch(commands, options),
  }
}
