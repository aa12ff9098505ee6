import { UsageError } from '../errors.ts'
import type { BatchCommand as InputCommand } from '../input/batch-file.ts'
import { runBatch } from '../operations/run-batch.ts'
import { commandObject } from '../protocol/command-string.ts'
import { JsonText } from '../protocol/json-text.ts'
import { wellFormed } from '../protocol/params.ts'
import { isId } from './ids.ts'
import { checkInputs, type Id, idLiteral, type Inputs } from './inputs.ts'
import { checkedFlag, checkSignal, type ClientSettings, refuseUnknown } from './options.ts'
import { COMMANDS, paceOf, SERIAL } from './pace.ts'
import { type CallParams, plainParams } from './parameters.ts'
import type { Run } from './results.ts'

/** One command; `$result[ID][FIELD]` in its parameters takes a value from the answer of an earlier one. */
export interface BatchCommand {
  /** By which others refer to it; its place, from 1, if left out. */
  readonly id?: Id
  readonly method: string
  readonly params?: CallParams
}

export interface BatchOptions {
  /** The first command that is not done ends the run; requests then go one after the other. */
  readonly halt?: boolean | undefined
  /** Doing a command twice does no harm: one that was not answered is sent again. */
  readonly idempotent?: boolean | undefined
  /** Most requests in flight at a time, 1 to 50; 2 if left out, 1 with `halt`. */
  readonly concurrency?: number | undefined
  /** Ends the sending; what it was aborted with is thrown behind the results of what was sent. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: readonly (keyof BatchOptions)[] = ['halt', 'idempotent', 'concurrency', 'signal']

/** A command with the id that it was given with. */
interface GivenCommand extends InputCommand {
  readonly given: Id
}

/** Runs commands of any methods. @throws UsageError at once for what cannot be right */
export function batchRun(
  commands: Inputs<BatchCommand>,
  options: BatchOptions,
  settings: ClientSettings,
): Run {
  checkInputs(commands, 'The commands')
  refuseUnknown(options, OPTIONS)
  checkSignal(options)
  const halts = checkedFlag(options, 'halt')
  const isIdempotent = checkedFlag(options, 'idempotent')
  const pace = paceOf(options, settings, halts ? { ...COMMANDS, ...SERIAL } : COMMANDS)
  return async function* (caller, signal) {
    const dispatch = { ...pace, signal, halts, isOrdered: halts, isIdempotent }
    for await (const items of runBatch(caller, commandInputs(commands), dispatch)) {
      yield items.map(({ input, fate }) => {
        // Commands are handed back with all that they came with.
        const { line, idLiteral: literal, given } = input as GivenCommand
        return { line, literal, given, fate }
      })
    }
  }
}

async function* commandInputs(commands: Inputs<BatchCommand>): AsyncGenerator<GivenCommand, void, undefined> {
  let line = 0
  for await (const command of commands) yield commandInput(command, ++line)
}

/** The command as reading it from a file of JSON would give it, so that it is checked and sent in the same way. */
function commandInput(command: BatchCommand, line: number): GivenCommand {
  const where = `Line ${line} of the commands`
  try {
    const json = JsonText.of(Buffer.from(JSON.stringify(plainParams(command, 'The command'))))
    const given = idOf(command, line)
    const { method, params } = commandObject(json, ['id', 'method', 'params'], 'It')
    return { line, given, id: wellFormed(String(given)), idLiteral: idLiteral(given), method, params }
  } catch (error: unknown) {
    throw error instanceof UsageError ? error.at(where) : error
  }
}

function idOf(command: BatchCommand, line: number): Id {
  const given: unknown = 'id' in command ? command.id : line
  if (isId(given)) return given
  throw new UsageError('batch-command', 'The id is no text and no whole number.', 'Write id: "a" or id: 7.')
}
