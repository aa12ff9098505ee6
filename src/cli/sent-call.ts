import { Bx24Error, EXIT } from '../errors.ts'
import type { Context } from './context.ts'
import { FailedRun } from './failed-run.ts'
import { nextStep } from './next-command.ts'

/** What is known of the only call of a run, for whoever thinks of sending it again after a failure. */
export class SentCall {
  readonly #method: string
  readonly #isRepeatable: boolean
  #outcome: 'not carried out' | 'unknown' | 'done' = 'not carried out'
  #errorCode: string | undefined

  /** @param isRepeatable whether doing it twice does no harm, so that there is nothing to warn of */
  constructor(method: string, isRepeatable: boolean) {
    this.#method = method
    this.#isRepeatable = isRepeatable
  }

  /** As an engine tells it. */
  readonly onDoubt = (mayHaveRun: boolean): void => {
    this.#outcome = mayHaveRun ? 'unknown' : 'not carried out'
  }

  /** There is an answer, which stands for `error`. */
  answered(error: Bx24Error | undefined): void {
    if (error === undefined) this.#outcome = 'done'
    // A refusal for good, or no portal at all.
    else if (error.exitCode === EXIT.failed) this.#outcome = 'not carried out'
  }

  /** What to do next, for the report of the run. */
  next(exitCode: number, { argv }: Pick<Context, 'argv'>): string | undefined {
    return this.#warning() ?? nextStep(exitCode, argv, this.#errorCode)
  }

  /** The failure of the run with the warning that belongs to it. */
  noted(failure: unknown): unknown {
    const [cause, notes] = failure instanceof FailedRun ? [failure.cause, failure.notes] : [failure, []]
    if (cause instanceof Bx24Error) this.#errorCode = cause.code
    const warning = this.#warning()
    if (warning === undefined) return failure
    return new FailedRun(cause, [...notes, warning])
  }

  #warning(): string | undefined {
    if (this.#isRepeatable || this.#outcome === 'not carried out') return undefined
    return this.#outcome === 'done'
      ? `${this.#method} was carried out; do not send it again for the sake of its answer.`
      : `${this.#method} may have been carried out: look into the portal before you send it again.`
  }
}
