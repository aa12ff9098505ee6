import { BrokenPipeError, IncompleteError, OutputError } from '../errors.ts'
import type { Item } from '../operations/dispatch/unit.ts'
import type { Context } from './context.ts'
import { FailedRun } from './failed-run.ts'

/** What became of calls that may have changed something, for the case that the output does not take their result lines. */
export class SentCalls {
  #carriedOut = 0
  #unknown = 0
  #told = 0

  /** An item has its fate. */
  settled({ fate }: Item): void {
    if (fate?.outcome === 'done') this.#carriedOut++
    if (fate?.outcome === 'unknown') this.#unknown++
  }

  /** The output has taken the lines of these. */
  wrote(items: readonly Item[]): void {
    this.#told += items.filter(({ fate }) => fate?.outcome !== 'refused').length
  }

  /** The failure of the run with what nobody else would say; a reader that has left is told on standard error. */
  noted(failure: unknown, { messages }: Pick<Context, 'messages'>): unknown {
    const [cause, notes] = failure instanceof FailedRun ? [failure.cause, failure.notes] : [failure, []]
    const untold = this.#carriedOut + this.#unknown - this.#told
    if (untold <= 0 || cause instanceof IncompleteError) return failure
    const note =
      `${this.#carriedOut.toLocaleString('en-US')} calls were carried out, ` +
      `${this.#unknown.toLocaleString('en-US')} are of unknown outcome; the output lacks the lines of ${untold.toLocaleString('en-US')} of them.`
    if (cause instanceof BrokenPipeError) {
      messages.warn(`${note} The same input would carry them out again.`)
      return failure
    }
    return new FailedRun(cause, [...notes, note])
  }
}

/** Whether a run ended since its output took no more: then nothing that it handed back is whole. */
export function isOutputFailure(exitCode: number): boolean {
  return [new OutputError('').exitCode, new BrokenPipeError().exitCode].includes(exitCode)
}
