import { comparableDate } from '../clock.ts'
import { type Field, comparesAs } from '../data/fields.ts'
import { type Value, elements, isArray, toInt, toText } from '../values.ts'

export type Operator =
  'equal' | 'greater' | 'at-least' | 'less' | 'at-most' | 'in' | 'contains' | 'like' | 'between'

export interface Prefix {
  readonly operator: Operator
  readonly isNegated: boolean
}

/** What stands in front of a field name in a filter. */
export const PREFIXES: ReadonlyMap<string, Prefix> = new Map([
  ['!><', { operator: 'between', isNegated: true }],
  ['!=%', { operator: 'like', isNegated: true }],
  ['!%=', { operator: 'like', isNegated: true }],
  ['><', { operator: 'between', isNegated: false }],
  ['>=', { operator: 'at-least', isNegated: false }],
  ['<=', { operator: 'at-most', isNegated: false }],
  ['!=', { operator: 'equal', isNegated: true }],
  ['!@', { operator: 'in', isNegated: true }],
  ['!%', { operator: 'contains', isNegated: true }],
  ['=%', { operator: 'like', isNegated: false }],
  ['%=', { operator: 'like', isNegated: false }],
  ['!', { operator: 'equal', isNegated: true }],
  ['=', { operator: 'equal', isNegated: false }],
  ['>', { operator: 'greater', isNegated: false }],
  ['<', { operator: 'less', isNegated: false }],
  ['@', { operator: 'in', isNegated: false }],
  ['%', { operator: 'contains', isNegated: false }],
  ['*', { operator: 'contains', isNegated: false }],
  ['', { operator: 'equal', isNegated: false }],
])

type Comparable = string | number | null

/** A test of one stored value; a field of several values passes if one of them does. */
export function valueTest(
  field: Field,
  prefix: Prefix,
  given: Value,
): (stored: Value | undefined) => boolean {
  const single = singleTest(field, prefix.operator, given)
  return (stored) => {
    const holds = isArray(stored)
      ? elements(stored).some((element) =>
          single(comparable(field, isArray(element) ? element.get('VALUE') : element)),
        )
      : single(comparable(field, stored))
    return holds !== prefix.isNegated
  }
}

function singleTest(field: Field, operator: Operator, given: Value): (stored: Comparable) => boolean {
  if (operator === 'contains' || operator === 'like') {
    const words = elements(given).map((one) => toText(one).toLowerCase())
    if (operator === 'contains') return (stored) => words.some((word) => textOf(stored).includes(word))
    const patterns = words.map(likePattern)
    return (stored) => patterns.some((pattern) => pattern.test(textOf(stored)))
  }
  if (operator === 'between') {
    const [from, to] = elements(given).map((one) => wanted(field, one))
    return (stored) => stored !== null && stored >= (from ?? '') && stored <= (to ?? '')
  }
  if (operator === 'in' || (operator === 'equal' && isArray(given))) {
    const tests = elements(given).map((one) => equalTo(wanted(field, one)))
    return (stored) => tests.some((test) => test(stored))
  }
  const bound = wanted(field, given)
  switch (operator) {
    case 'equal':
      return equalTo(bound)
    case 'greater':
      return (stored) => stored !== null && stored > bound
    case 'at-least':
      return (stored) => stored !== null && stored >= bound
    case 'less':
      return (stored) => stored !== null && stored < bound
    case 'at-most':
      return (stored) => stored !== null && stored <= bound
  }
}

/** Equal to nothing or zero holds for nulls too. */
function equalTo(bound: string | number): (stored: Comparable) => boolean {
  if (bound === 0 || bound === '') return (stored) => stored === null || stored === bound
  return (stored) => stored === bound
}

/** The filter's value in the form it is compared in. An array where one value belongs is cast, as PHP casts it. */
export function wanted(field: Field, given: Value): string | number {
  const kind = comparesAs(field)
  if (kind === 'number') return isArray(given) ? toInt(given) : Number.parseFloat(toText(given)) || 0
  if (field.type === 'boolean') return truth(given)
  return kind === 'date' ? comparableDate(toText(given)) : toText(given).toLowerCase()
}

function comparable(field: Field, stored: Value | undefined): Comparable {
  if (stored === undefined || stored === null || (stored === '' && comparesAs(field) !== 'text')) return null
  if (field.type === 'boolean') return truth(stored)
  if (comparesAs(field) === 'number') return Number.parseFloat(toText(stored)) || 0
  return comparesAs(field) === 'date' ? toText(stored) : toText(stored).toLowerCase()
}

function truth(value: Value): string {
  return ['1', 'y', 'true'].includes(toText(value).toLowerCase()) ? '1' : '0'
}

function textOf(stored: Comparable): string {
  return stored === null ? '' : String(stored)
}

function likePattern(pattern: string): RegExp {
  const parts = pattern.split('%').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^]*')}$`)
}

/** How two rows compare in an order; nothing sorts before everything, as in MySQL. */
export function compareStored(field: Field, left: Value | undefined, right: Value | undefined): number {
  const one = comparable(field, isArray(left) ? null : left)
  const other = comparable(field, isArray(right) ? null : right)
  if (one === other) return 0
  if (one === null) return -1
  if (other === null) return 1
  return one < other ? -1 : 1
}
