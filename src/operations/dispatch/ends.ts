import { Bx24Error } from '../../errors.ts'
import { failureOf, refusalError } from '../../protocol/failures.ts'
import { lostBy, OUR_CODES, refused, unknown } from './fate.ts'
import type { Stop } from './options.ts'
import type { CommandResult, Item, Unit } from './unit.ts'

/** A run that ends because of an error that concerns all its inputs. */
export function stoppedBy(error: unknown): Stop {
  const why = error instanceof Bx24Error ? error.message : 'the run broke off'
  return { error, code: OUR_CODES.notSent, description: `Not sent: ${why}` }
}

/** A refusal that every other call of the method would meet as well: asking on would only collect more of them. */
export function refusalOfAll({ commands }: Unit, results: readonly CommandResult[]): Stop | undefined {
  for (const [index, result] of results.entries()) {
    if (result.kind !== 'refused' || failureOf(result.refusal, result.status).concernsAll !== true) continue
    const method = commands[index]?.method ?? ''
    return stoppedBy(refusalError({ ...result.refusal, status: result.status, method }))
  }
  return undefined
}

/** The fates of inputs that will not be sent any more. */
export function settleUnsent(items: Iterable<Item>, { code, description }: Stop): void {
  for (const item of items) {
    item.fate ??= item.mayHaveRun === true ? unknown(code, description) : refused(code, description)
  }
}

/** The answer was lost, and nobody will ask again: nothing is left of the unit. */
export function lostUnit({ items }: Unit, error: unknown): Unit | undefined {
  for (const item of items) item.fate ??= lostBy(error)
  return undefined
}

/** Something of ours has failed while these were in flight: nobody knows what became of them. */
export function breakOff(units: readonly Unit[]): void {
  for (const { items } of units) {
    for (const item of items) item.fate ??= unknown(OUR_CODES.interrupted, 'The run broke off.')
  }
}
