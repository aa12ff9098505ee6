import { UsageError } from '../errors.ts'
import type { FilterPrefix, ListMethod } from '../protocol/methods/list-method.ts'
import type { ParamMap, ParamValue } from '../protocol/types.ts'

export const OPERATORS = ['=', '!=', '>', '>=', '<', '<=', '~', 'in', 'not-in'] as const
export type Operator = (typeof OPERATORS)[number]

/** One `--where`: `in` and `not-in` compare with a list, the others with a text. */
export interface Condition {
  readonly field: string
  readonly operator: Operator
  readonly value: string | readonly string[]
}

/** The portal's prefix for each comparison. */
const PREFIXES: Readonly<Record<Operator, FilterPrefix>> = {
  '=': '',
  '!=': '!',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '~': '%',
  in: '@',
  'not-in': '!@',
}

/** A prefix that the method does not know would be dropped, and the condition with it. */
function prefixFor(operator: Operator, method: ListMethod): FilterPrefix {
  const prefix = PREFIXES[operator]
  const prefixes = method.filter?.prefixes ?? []
  if (prefixes.includes(prefix)) return prefix
  if (operator === '=' && prefixes.includes('=')) return '='
  // A list without a prefix means one of it, wherever there is no prefix for that.
  if (operator === 'in') return ''
  throw new UsageError(
    'operator',
    `The filter of ${method.method} has no "${operator}".`,
    'Filter the output instead.',
  )
}

/** The filter with the conditions added to it. @throws UsageError where two speak of the same */
export function withWhere(filter: ParamMap, where: readonly Condition[], method: ListMethod): ParamMap {
  if (where.length > 0 && method.filter === undefined) {
    throw new UsageError(
      'no-filter',
      `${method.method} is not known to have a filter.`,
      'Give its parameters in its own names, such as -p PARENT=1.',
    )
  }
  const merged: Record<string, ParamValue> = { ...filter }
  for (const { field, operator, value } of where) {
    const key = prefixFor(operator, method) + field
    if (Object.keys(merged).some((taken) => comparable(taken) === comparable(key))) {
      throw new UsageError('condition-twice', `There are two conditions on ${key}.`, 'Keep one of them.')
    }
    merged[key] = value
  }
  return merged
}

/** Keys that mean the same condition: casing is folded in places, and no prefix means equal. */
function comparable(key: string): string {
  return key.toLowerCase().replace(/^=/, '')
}
