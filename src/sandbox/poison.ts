import type { FaultName } from './faults.ts'
import { mix, share, textHash } from './random.ts'
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

/** All ways in which rows are unlike others; a `hidden` one is counted, and left out of every page with other rows. */
export const WAYS = [...POISONS, 'hidden'] as const
type Way = (typeof WAYS)[number]

/** Which rows are poisoned: one by its id, or a share of all of them by chance. */
export type PoisonRule =
  { readonly way: Way; readonly id: number } | { readonly way: Way; readonly share: number }

export const POISON_FORMS = 'WAY@ID (one row) or WAY=0.1% (of all rows)'

/** Reads `WAY@ID` or `WAY=0.1%`; undefined if it is neither. */
export function poisonRule(text: string): PoisonRule | undefined {
  const [, name, id, percent] = /^([a-z0-9-]+)(?:@(\d{1,15})|=(\d+(?:\.\d+)?)%)$/.exec(text) ?? []
  const way = WAYS.find((one) => one === name)
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

/** The rows of a page that are shown. @throws Refusal or PoisonedRequest if one of them is poisoned */
export function shownRows<T extends { readonly id: number }>(
  rules: readonly PoisonRule[],
  rows: readonly T[],
  seed: number,
): readonly T[] {
  let shown = rows
  for (const rule of rules) {
    const isHit = ({ id }: T): boolean => isPoisoned(rule, id, seed)
    if (!rows.some(isHit)) continue
    if (rule.way === 'hidden') shown = rows.length > 1 ? shown.filter((row) => !isHit(row)) : shown
    else if (rule.way === 'refused-command') throw new Refusal('', 'Some field is wrong')
    else if (rule.way === 'failing-command')
      throw new Refusal('INTERNAL_SERVER_ERROR', 'Internal server error', 500)
    else throw new PoisonedRequest(rule.way)
  }
  return shown
}

function isPoisoned(rule: PoisonRule, id: number, seed: number): boolean {
  return 'id' in rule ? rule.id === id : share(mix(seed ^ textHash(`poison ${rule.way}`), id)) < rule.share
}
