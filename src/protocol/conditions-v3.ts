import type { ParamMap, ParamValue } from './types.ts'

/** How REST 3.0 writes the comparisons that keys of the older interface begin with. It has no others. */
const OPERATORS: Readonly<Record<string, string>> = {
  '': '=',
  '=': '=',
  '!': '!=',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '@': 'in',
  '><': 'between',
}

/** Field, comparison and value. */
export type ConditionV3 = readonly [field: string, operator: string, value: ParamValue]

/** `["id", ">", 5]` for `{">id": 5}`; `undefined` if REST 3.0 has no such comparison, or the key is none. */
export function conditionOf(key: string, value: ParamValue): ConditionV3 | undefined {
  const [, prefix = '', field = ''] = /^(\W*)([A-Za-z].*)$/s.exec(key) ?? []
  const operator = Object.hasOwn(OPERATORS, prefix) ? OPERATORS[prefix] : undefined
  if (operator === undefined || field === '' || /^logic$/i.test(field)) return undefined
  return [field, operator === '=' && Array.isArray(value) ? 'in' : operator, value]
}

/** The same for what a walk asks, whose values are ids: REST 3.0 has them as numbers. */
export function idConditions(conditions: ParamMap): readonly ParamValue[] {
  return Object.entries(conditions).flatMap(([key, value]) => {
    const condition = conditionOf(key, asNumbers(value))
    return condition === undefined ? [] : [condition]
  })
}

function asNumbers(value: ParamValue): ParamValue {
  if (Array.isArray(value)) return value.map(asNumbers)
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
}
