import { relative } from 'node:path'
import { IncompleteError } from '../errors.ts'
import type { Destination } from '../output/destination.ts'
import { FailedRun } from './failed-run.ts'

export interface KeepOptions {
  readonly output: string | undefined
  readonly acceptPartial: boolean
  /** Whether any row was written. */
  readonly hasRows: boolean
  /** What was written, as a sentence begins. */
  readonly subject?: string | undefined
  readonly cwd: string
}

/**
 * Ends the destination of a run that failed, and says what became of its rows: a file is replaced only if the rows are
 * merely incomplete and the user asked for that; never by nothing at all.
 */
export async function keepRows(
  error: unknown,
  destination: Destination,
  { output, acceptPartial, hasRows, subject = 'The rows so far are', cwd }: KeepOptions,
): Promise<FailedRun> {
  if (error instanceof IncompleteError) await destination.recorder?.forget()
  if (acceptPartial && hasRows && error instanceof IncompleteError) {
    await destination.commit()
    return new FailedRun(error, [`The rows so far are in ${output ?? ''}, as --accept-partial says.`])
  }
  const partial = await destination.abandon()
  if (partial === undefined) return new FailedRun(error, [])
  const fromHere = relative(cwd, partial)
  const name = fromHere.startsWith('..') ? partial : fromHere
  return new FailedRun(error, [`${subject} in ${name}; ${output ?? ''} was left alone.`])
}
