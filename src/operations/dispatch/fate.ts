import { Bx24Error, RefusalError, refusalWords } from '../../errors.ts'
import type { JsonText } from '../../protocol/json-text.ts'
import type { Refusal, Reply } from '../../protocol/types.ts'

/** Why an item was not done, in the portal's own words where it said something. */
export interface ItemError {
  /** The portal's code, or one of ours in capitals (`OUR_CODES`). */
  readonly code: string
  readonly description: string
  /** HTTP status; `null` for commands of a batch and for what never reached the portal. */
  readonly status: number | null
}

/** What became of an item. `unknown`: it may have been carried out, and nobody can tell. */
export type Fate =
  | {
      readonly outcome: 'done'
      readonly result: JsonText
      readonly total?: number
      readonly next?: number
      readonly time?: JsonText
      /** An earlier attempt had carried it out, as the portal tells by its key. */
      readonly isReplayed?: true
    }
  | { readonly outcome: 'refused' | 'unknown'; readonly error: ItemError }

/** Codes that stand where the portal has none; documented in docs/results.md. */
export const OUR_CODES = {
  notFound: 'NOT_FOUND',
  incomplete: 'INCOMPLETE',
  notSent: 'NOT_SENT',
  halted: 'HALTED',
  noAnswer: 'NO_ANSWER',
  interrupted: 'INTERRUPTED',
  dependsOn: 'DEPENDS_ON_REFUSED',
  unresolved: 'UNRESOLVED_REFERENCE',
} as const

export function refused(code: string, description: string, status: number | null = null): Fate {
  return { outcome: 'refused', error: { code, description, status } }
}

export function unknown(code: string, description: string, status: number | null = null): Fate {
  return { outcome: 'unknown', error: { code, description, status } }
}

/** A refusal by the portal. Older methods have no code for what is missing, so it is given one. */
export function refusedBy(refusal: Refusal, status: number | undefined): Fate {
  const { apiCode, description } = refusal
  const isMissing = apiCode === '' && /^not found/i.test(description)
  return refused(isMissing ? OUR_CODES.notFound : apiCode, refusalWords(refusal), status ?? null)
}

/** What is known of a call whose answer was lost. */
export function lostBy(error: unknown): Fate {
  if (error instanceof RefusalError) {
    const { apiCode, status } = error.refusal
    return unknown(apiCode, refusalWords(error.refusal), status ?? null)
  }
  if (!(error instanceof Bx24Error))
    return unknown(OUR_CODES.interrupted, 'The run ended before the answer came.')
  return unknown(error.code === 'run.interrupted' ? OUR_CODES.interrupted : OUR_CODES.noAnswer, error.message)
}

/** A good answer, with what the portal says besides: of its pages, and of the time that it took if that is wanted. */
export function doneBy(reply: Reply, { withTime = true } = {}): Fate {
  const { result, total, next, timeText: time, isReplayed } = reply
  return {
    outcome: 'done',
    result,
    ...(total === undefined ? {} : { total }),
    ...(next === undefined ? {} : { next }),
    ...(time === undefined || !withTime ? {} : { time }),
    ...(isReplayed === undefined ? {} : { isReplayed }),
  }
}
