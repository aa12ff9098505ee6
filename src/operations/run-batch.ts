import type { Caller } from '../engine/caller.ts'
import type { BatchCommand } from '../input/batch-file.ts'
import { changedId } from '../protocol/by-id-methods.ts'
import { whyAlone } from '../protocol/carriage.ts'
import { isRead } from '../protocol/methods/reads.ts'
import { checkedCommand } from './checked-command.ts'
import { commandGroups } from './command-groups.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { doneBy, OUR_CODES } from './dispatch/fate.ts'
import type { DispatchOptions } from './dispatch/options.ts'
import { singleUnit } from './dispatch/single-unit.ts'
import type { Item, Unit } from './dispatch/unit.ts'
import { linkedUnit } from './linked-unit.ts'

/** A command with its fate. */
export interface CommandItem extends Item {
  readonly input: BatchCommand
  /** Parameters to be sent again, if it was not done: without references to commands that were. */
  handedBack?: BatchCommand['params']
}

export interface RunBatchOptions extends Omit<DispatchOptions, 'recorder' | 'isOneMethod' | 'isSerial'> {
  /** The first command that is not done ends the run; requests go one after the other. */
  readonly halts: boolean
  /** Commands run in the order of the input, one request after the other. */
  readonly isOrdered: boolean
}

/**
 * Runs commands of any methods, packed into as few batches as may be, and hands on their fates in the order of the input.
 * Commands that refer to each other go in one request, in their order; one that refers to a command that was not done is not
 * sent.
 *
 * @throws UsageError for commands that cannot be meant, before they are sent; otherwise as `dispatch`
 */
export function runBatch(
  caller: Caller,
  commands: AsyncIterable<BatchCommand>,
  options: RunBatchOptions,
): AsyncGenerator<readonly CommandItem[], void, undefined> {
  const { halts, isOrdered, stopAfter } = options
  return dispatch(caller, unitsOf(commands, options), {
    ...options,
    isOneMethod: false,
    isSerial: halts || isOrdered,
    lanes: halts || isOrdered ? 1 : options.lanes,
    stopAfter: (item) => stopAfter?.(item) ?? (halts && item.fate?.outcome !== 'done' ? HALTED : undefined),
  }) as AsyncGenerator<readonly CommandItem[], void, undefined>
}

const HALTED = {
  error: undefined,
  code: OUR_CODES.halted,
  description: 'Not sent: a command before it was not done, and --halt was given.',
}

async function* unitsOf(
  commands: AsyncIterable<BatchCommand>,
  { isIdempotent, retries }: RunBatchOptions,
): AsyncGenerator<Unit, void, undefined> {
  for await (const group of commandGroups(checked(commands))) {
    const items = group.map((input): CommandItem => ({ ordinal: input.ordinal, input, fate: undefined }))
    const [only, ...others] = items
    if (only === undefined) continue
    if (others.length > 0) {
      yield linkedUnit(items, { isIdempotent, retries })
      continue
    }
    const { method, params } = only.input
    yield singleUnit({
      item: only,
      command: { name: `c${only.ordinal}`, method, params },
      isAlone: whyAlone(params) !== undefined,
      lock: lockOf(method, params),
      isIdempotent,
      retries,
      find: (reply) => ({ kind: 'settled', fate: doneBy(reply) }),
    })
  }
}

async function* checked(
  commands: AsyncIterable<BatchCommand>,
): AsyncGenerator<BatchCommand, void, undefined> {
  for await (const command of commands) yield checkedCommand(command)
}

/** What a write changes: the entity that its method is named for, and the id. */
function lockOf(method: string, params: BatchCommand['params']): string | undefined {
  const id = isRead(method) ? undefined : changedId(params)
  return id === undefined ? undefined : `${method.toLowerCase().split('.').slice(0, -1).join('.')} ${id}`
}
