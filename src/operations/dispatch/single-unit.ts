import { isRepeatable } from '../../protocol/idempotency.ts'
import type { NamedCommand, Reply } from '../../protocol/types.ts'
import type { Fate } from './fate.ts'
import type { CommandResult, Item, Unit } from './unit.ts'
import { verdictOn } from './verdict.ts'

/** What a good answer means: the end, or another command for the same item. */
export type Finding =
  | { readonly kind: 'settled'; readonly fate: Fate }
  | { readonly kind: 'ask'; readonly command: NamedCommand; readonly isAlone: boolean }

export interface SingleOptions {
  readonly item: Item
  readonly command: NamedCommand
  readonly isAlone: boolean
  readonly lock?: string | undefined
  readonly isIdempotent: boolean
  /** Further attempts after trouble, where another one does no harm. */
  readonly retries: number
  /** Looks at a good answer; `isAlone` tells whether it came to a call of its own. */
  readonly find: (reply: Reply, isAlone: boolean) => Finding
}

/** One item and one command at a time: sent until there is a fate, and on to the next command if the answer asks for it. */
export function singleUnit(options: SingleOptions): Unit {
  const { item, isIdempotent, retries, find } = options
  let attempts = 0

  function unitOf(command: NamedCommand, isAlone: boolean): Unit {
    const unit: Unit = {
      items: [item],
      commands: [command],
      isAlone,
      hasMore: false,
      lock: options.lock,
      take([result]) {
        const verdict = verdictOn(result ?? ABSENT, {
          method: command.method,
          isIdempotent: isIdempotent || isRepeatable(command),
          hasAttemptsLeft: attempts < retries,
          mayHaveRun: item.mayHaveRun === true,
        })
        if (verdict.kind === 'again') {
          if (verdict.isAttempt) attempts++
          if (verdict.mayHaveRun) item.mayHaveRun = true
          return unit
        }
        const finding = verdict.kind === 'done' ? find(verdict.reply, isAlone) : verdict
        if (finding.kind === 'ask') return unitOf(finding.command, finding.isAlone)
        item.fate = finding.fate
        return undefined
      },
    }
    return unit
  }

  return unitOf(options.command, options.isAlone)
}

const ABSENT: CommandResult = { kind: 'absent' }
