import type { PortalAnswer } from './answer.ts'
import { jsonAnswer } from './answer.ts'
import type { FaultName } from './faults.ts'
import { mix, share, textHash } from './random.ts'
import { faultyAnswer, isRequestFault } from './request-faults.ts'
import { Refusal } from './refusal.ts'

/** How a page fails that has a poisoned row on it: the command alone, or the whole request that it is in. */
export const POISONS = [
  'refused-command',
  'failing-command',
  'http-500',
  'http-502',
  'html-200',
  'truncated',
  'reset-middle',
  'hang',
] as const satisfies readonly FaultName[]
type Poison = (typeof POISONS)[number]

/** Which rows are poisoned: one by its id, or a share of all of them by chance. */
export type PoisonRule =
  { readonly way: Poison; readonly id: number } | { readonly way: Poison; readonly share: number }

export const POISON_FORMS = 'WAY@ID (one row) or WAY=0.1% (of all rows)'

/** Reads `WAY@ID` or `WAY=0.1%`; undefined if it is neither. */
export function poisonRule(text: string): PoisonRule | undefined {
  const [, name, id, percent] = /^([a-z0-9-]+)(?:@(\d{1,15})|=(\d+(?:\.\d+)?)%)$/.exec(text) ?? []
  const way = POISONS.find((one) => one === name)
  if (way === undefined) return undefined
  if (id !== undefined) return { way, id: Number(id) }
  return Number(percent) <= 100 ? { way, share: Number(percent) / 100 } : undefined
}

/** Thrown by a page that takes the whole request down with it. */
export class PoisonedRequest extends Error {
  readonly way: Poison

  constructor(way: Poison) {
    super(way)
    this.way = way
  }
}

/** @throws Refusal or PoisonedRequest if one of the rows of a page is poisoned */
export function refusePoisoned(
  rules: readonly PoisonRule[],
  rows: readonly { readonly id: number }[],
  seed: number,
): void {
  const rule = rules.find((one) => rows.some(({ id }) => isPoisoned(one, id, seed)))
  if (rule === undefined) return
  if (rule.way === 'refused-command') throw new Refusal('', 'Some field is wrong')
  if (rule.way === 'failing-command')
    throw new Refusal('INTERNAL_SERVER_ERROR', 'Internal server error', 500)
  throw new PoisonedRequest(rule.way)
}

/** Whether any rule strikes the row with this id. */
export function isPoisoned(rule: PoisonRule, id: number, seed: number): boolean {
  return 'id' in rule
    ? rule.id === id
    : share(mix(seed ^ textHash(`poison ${rule.way}`), id)) < rule.share
}

/** What a request with a poisoned page in it is answered. */
export function poisonedAnswer({ way }: PoisonedRequest): PortalAnswer {
  const text = '{"result":[{"ID":"1","TITLE":"Деньги вперёд"},{"ID":"2"}],"time":{}}'
  return isRequestFault(way) ? faultyAnswer(way, jsonAnswer(200, text), '/') : jsonAnswer(200, text)
}
