import { UsageError } from '../errors.ts'
import type { InputId } from '../input/input-row.ts'
import { wellFormed } from '../protocol/params.ts'
import { type Id, idLiteral, type Inputs } from './inputs.ts'

/** An id with what it was given as. */
export interface GivenId extends InputId {
  readonly given: Id
}

/** Nothing is handed back in the writing of the input: there is none. */
const NO_WRITING = Buffer.alloc(0)

/** Ids as operations read them. @throws UsageError, when it is read, for what is no id */
export async function* idInputs(ids: Inputs<Id>): AsyncGenerator<GivenId, void, undefined> {
  let line = 0
  for await (const given of ids) {
    line++
    if (!isId(given)) {
      throw new UsageError(
        'input-id',
        `Line ${line} of the ids is no id.`,
        'An id is a text with something in it, a whole number, or a bigint if it has more than 15 digits.',
      )
    }
    yield { line, given, literal: idLiteral(given), text: wellFormed(String(given)), raw: NO_WRITING }
  }
}

/** Callers in JavaScript may give anything. */
export function isId(given: unknown): given is Id {
  if (typeof given === 'string') return given.trim() !== ''
  return typeof given === 'bigint' || Number.isSafeInteger(given)
}
