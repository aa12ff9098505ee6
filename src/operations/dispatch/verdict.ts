import { refusalWords } from '../../errors.ts'
import { failureOf } from '../../protocol/failures.ts'
import { isRead } from '../../protocol/methods/reads.ts'
import type { Reply } from '../../protocol/types.ts'
import { type Fate, lostBy, OUR_CODES, refusedBy, unknown } from './fate.ts'
import type { CommandResult } from './unit.ts'

/** What follows from what became of a command. */
export type Verdict =
  | { readonly kind: 'done'; readonly reply: Reply }
  /** It is over for this command. */
  | { readonly kind: 'settled'; readonly fate: Fate }
  /** It may be sent again: nothing was carried out, or (`mayHaveRun`) doing it twice does no harm. */
  | { readonly kind: 'again'; readonly isAttempt: boolean; readonly mayHaveRun: boolean }

export interface CommandFacts {
  readonly method: string
  /** The user says that doing it twice does no harm, or the portal sees to it. */
  readonly isIdempotent: boolean
  /** Whether another attempt is left after trouble. */
  readonly hasAttemptsLeft: boolean
  /** Whether an earlier attempt may have been carried out. */
  readonly mayHaveRun: boolean
}

/**
 * Judges by the table of failures and by whether the command may have been carried out. What was certainly not goes
 * again; what is neither certain nor repeatable is unknown for good.
 */
export function verdictOn(result: CommandResult, facts: CommandFacts): Verdict {
  const isReading = isRead(facts.method)
  const isRepeatable = facts.isIdempotent || isReading
  switch (result.kind) {
    case 'done':
      return { kind: 'done', reply: result.reply }
    case 'not-run':
      return { kind: 'again', isAttempt: false, mayHaveRun: false }
    case 'refused': {
      const { refusal, status } = result
      const failure = failureOf(refusal, status)
      if (failure.kind === 'bucket' || failure.kind === 'operating')
        return { kind: 'again', isAttempt: false, mayHaveRun: false }
      const isUncertain = failure.executed === 'unknown'
      // Access that ends within a batch is renewed when the next request is refused as a whole.
      const isPassing = failure.kind === 'passing' || (failure.kind === 'expired' && status === undefined)
      const mayGoAgain = isPassing && (isRepeatable || !isUncertain)
      if (mayGoAgain && facts.hasAttemptsLeft)
        return { kind: 'again', isAttempt: true, mayHaveRun: isUncertain && !isReading }
      const isDoubtful = (isUncertain || facts.mayHaveRun) && !isReading
      return {
        kind: 'settled',
        fate: isDoubtful
          ? unknown(refusal.apiCode, refusalWords(refusal), status ?? null)
          : refusedBy(refusal, status),
      }
    }
    case 'absent':
      if (isRepeatable && facts.hasAttemptsLeft)
        return { kind: 'again', isAttempt: true, mayHaveRun: !isReading }
      return {
        kind: 'settled',
        fate: unknown(
          OUR_CODES.noAnswer,
          `The portal answered the batch, but said nothing of this command (${facts.method}).`,
        ),
      }
    case 'lost':
      if (isRepeatable && facts.hasAttemptsLeft)
        return { kind: 'again', isAttempt: true, mayHaveRun: !isReading }
      return { kind: 'settled', fate: lostBy(result.error) }
  }
}
