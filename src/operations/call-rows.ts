import type { Caller } from '../engine/caller.ts'
import type { Journal, JournalRow } from '../output/journal.ts'
import { hasReference } from '../protocol/batch-v3.ts'
import { changedId } from '../protocol/by-id-methods.ts'
import { whyAlone } from '../protocol/carriage.ts'
import { type IdempotencyKeys, KEY_VALID_MS, keyOf, isRepeatable, newKeys } from '../protocol/idempotency.ts'
import { JsonText } from '../protocol/json-text.ts'
import { isRead, NOT_IN_BATCH } from '../protocol/methods/reads.ts'
import type { ApiVersion, IdempotencyKey, Params } from '../protocol/types.ts'
import { dispatch } from './dispatch/dispatch.ts'
import type { DispatchOptions, Recorder } from './dispatch/options.ts'
import { doneBy, OUR_CODES, unknown } from './dispatch/fate.ts'
import { singleUnit } from './dispatch/single-unit.ts'
import { type Item, settledUnit, type Unit } from './dispatch/unit.ts'
import { fateOfLine, type InputFacts, resultLine } from './result-line.ts'

/** One call to make: whole parameters, and what the result line says of it. */
export interface CallInput extends InputFacts {
  readonly params: Params
  /** The input as it stood, to be handed back if it is refused. */
  readonly raw: Buffer
}

/** A call with its fate. */
export interface CallItem extends Item {
  readonly input: CallInput
}

export interface CallOptions extends Omit<DispatchOptions, 'recorder' | 'isOneMethod' | 'stopAfter'> {
  readonly stopAfter?: ((item: CallItem) => ReturnType<NonNullable<DispatchOptions['stopAfter']>>) | undefined
  /** What an earlier run with the same journal did is not done again. */
  readonly journal?: Journal | undefined
  /** REST 3.0 in place of the older one: writes go in calls of their own, with keys that make them repeatable. */
  readonly api?: ApiVersion | undefined
  /** Tells inputs apart by their content. */
  readonly digest: (input: CallInput) => string
}

/**
 * Calls `method` once for each input, packed into batches, and hands on the fates in the order of the inputs. A write whose
 * answer was lost is not sent again; what was certainly not carried out is. Inputs that change the same thing are never
 * in flight together.
 *
 * @throws as `dispatch`
 */
export function callRows(
  caller: Caller,
  method: string,
  inputs: AsyncIterable<CallInput>,
  options: CallOptions,
): AsyncGenerator<readonly CallItem[], void, undefined> {
  const { journal, stopAfter } = options
  const recorder = journal === undefined ? undefined : journalling(journal, options.digest)
  return dispatch(caller, unitsOf(method, inputs, options), {
    ...options,
    isOneMethod: true,
    recorder,
    stopAfter: stopAfter as DispatchOptions['stopAfter'],
  }) as AsyncGenerator<readonly CallItem[], void, undefined>
}

async function* unitsOf(
  method: string,
  inputs: AsyncIterable<CallInput>,
  { journal, digest, isIdempotent, retries, batchSize, api = 'v2' }: CallOptions,
): AsyncGenerator<Unit, void, undefined> {
  const isKeyed = api === 'v3' && !isRead(method)
  const isNeverBatched = batchSize === 1 || NOT_IN_BATCH.has(method.toLowerCase()) || isKeyed
  const isAlone = api === 'v3' ? hasReference : (params: Params): boolean => whyAlone(params) !== undefined
  const keys = isKeyed ? (journal?.keys ?? newKeys()) : undefined
  let ordinal = 0
  for await (const input of inputs) {
    const item: CallItem = { ordinal, input, fate: undefined }
    const row = { ordinal, digest: digest(input) }
    const known = await journal?.recall(row)
    ordinal++
    const idempotency = keys === undefined ? undefined : keyFor(keys, row, known !== undefined)
    const command = { name: `c${item.ordinal}`, method, params: input.params, api, idempotency }
    if (known?.state === 'sent' && isRepeatable(command)) {
      // Under the same key: if the portal has done it, it says so again.
      item.mayHaveRun = true
    } else if (known !== undefined) {
      item.fate =
        known.state === 'settled'
          ? fateOfLine(JsonText.of(known.line))
          : unknown(
              OUR_CODES.interrupted,
              'A run before this one sent it, and was ended before the answer came.',
            )
      yield settledUnit([item])
      continue
    }
    yield singleUnit({
      item,
      command,
      isAlone: isNeverBatched || isAlone(input.params),
      lock: changedId(input.params),
      isIdempotent,
      retries,
      find: (reply) => ({ kind: 'settled', fate: doneBy(reply, { withTime: false }) }),
    })
  }
}

/** A key for a row; one that was sent by an earlier run has its time from the beginning of the journal. */
function keyFor(
  { seed, since }: IdempotencyKeys,
  { ordinal, digest }: JournalRow,
  wasSent: boolean,
): IdempotencyKey {
  return { key: keyOf(seed, ordinal, digest), validUntil: (wasSent ? since : Date.now()) + KEY_VALID_MS }
}

/** Writes into the journal what is about to be sent, and then what became of it. */
function journalling(journal: Journal, digest: (input: CallInput) => string): Recorder {
  return {
    sent: (items) =>
      journal.sent(
        (items as readonly CallItem[]).map(({ ordinal, input }) => ({ ordinal, digest: digest(input) })),
      ),
    unsent: (items) => journal.unsent(items.map(({ ordinal }) => ordinal)),
    async settled(items) {
      for (const { ordinal, input, fate } of items as readonly CallItem[]) {
        if (fate === undefined) continue
        const { bytes, start, end } = resultLine(input, fate)
        await journal.settled(ordinal, bytes.subarray(start, end))
      }
    },
  }
}
