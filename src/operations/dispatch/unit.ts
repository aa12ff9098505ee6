import { isRead } from '../../protocol/methods/reads.ts'
import type { NamedCommand, Outcome } from '../../protocol/types.ts'
import type { Fate } from './fate.ts'

/** One input and, once it is known, what became of it. */
export interface Item {
  /** Its place among all inputs, from 0; fates are handed on in this order. */
  readonly ordinal: number
  /** Set once. */
  fate: Fate | undefined
  /** It was sent and may have been carried out, and it is to be sent again since that does no harm. */
  mayHaveRun?: boolean
}

/** What became of one command that was sent. */
export type CommandResult =
  | Exclude<Outcome, { kind: 'refused' }>
  | (Extract<Outcome, { kind: 'refused' }> & { readonly status: number | undefined })
  /** A command before it was refused and stopped the batch: it was certainly not carried out. */
  | { readonly kind: 'not-run' }
  /** The answer to the whole request was lost; it may have been carried out. */
  | { readonly kind: 'lost'; readonly error: unknown }

/**
 * Commands that go together in one request, and the items that they are for. What can stand alone is a unit of one command.
 * The names of commands are unique in the run, so that units can share a batch: `c` and the ordinal of the item.
 */
export interface Unit {
  readonly items: readonly Item[]
  /** 1 to 50; none if the items are settled already. */
  readonly commands: readonly NamedCommand[]
  /** A batch cannot carry it: it goes in a call of its own. */
  readonly isAlone: boolean
  /** Further commands follow once these are answered: what comes behind the unit waits for them if the order is strict. */
  readonly hasMore: boolean
  /** Units with the same lock are never in flight together, and keep their order. */
  readonly lock: string | undefined
  /**
   * Takes what became of the commands, in their order: gives items their fate and answers the unit that is left to be
   * asked, which may be this one again, or `undefined` if all its items have their fate.
   */
  take(results: readonly CommandResult[]): Unit | undefined
}

/** Items that need no call. */
export function settledUnit(items: readonly Item[]): Unit {
  return { items, commands: [], isAlone: false, hasMore: false, lock: undefined, take: () => undefined }
}

/** Notes that what is sent of these may have been carried out by an earlier attempt, where it is no read. */
export function noteDoubt(units: readonly Unit[]): void {
  for (const { items, commands } of units) {
    const names = new Set(commands.filter(({ method }) => !isRead(method)).map(({ name }) => name))
    for (const item of items)
      if (item.fate === undefined && names.has(`c${item.ordinal}`)) item.mayHaveRun = true
  }
}

/** Whether an item has no fate, and no attempt for it may have been carried out. */
export function isCertainlyUnsent({ fate, mayHaveRun }: Item): boolean {
  return fate === undefined && mayHaveRun !== true
}
