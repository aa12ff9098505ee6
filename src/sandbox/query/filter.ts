import { type Field, type Row, comparesAs, fieldValue } from '../data/fields.ts'
import { jsonText } from '../php-json.ts'
import { Refusal } from '../refusal.ts'
import { type Value, elements, isArray, isEmpty, toText } from '../values.ts'
import { PREFIXES, type Prefix, valueTest, wanted } from './comparison.ts'

/** How one family of methods reads a filter. */
export interface FilterDialect {
  readonly prefixes: ReadonlySet<string>
  /** `drop`: a condition on an unknown field is silently lost. */
  readonly unknownField: 'drop' | 'refuse'
  /** What becomes of an array, or of nothing, in `>ID` and its kin. */
  readonly arrayComparison: 'cast' | 'refuse'
  /** Nested groups with `logic: OR`. */
  readonly hasGroups: boolean
  fieldOf(name: string): Field | undefined
}

/** Which rows a filter lets through: bounds on the id, which cost nothing, and tests, which must look at rows. */
export interface Selection {
  readonly least: number
  readonly most: number
  /** Only these ids, ascending. */
  readonly ids: readonly number[] | undefined
  readonly tests: readonly ((row: Row) => boolean)[]
  readonly hasTextSearch: boolean
  /** The same for the same filter; a key for what was worked out. */
  readonly key: string
}

export const EVERYTHING: Selection = {
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  ids: undefined,
  tests: [],
  hasTextSearch: false,
  key: '',
}

type Draft = { -readonly [Key in keyof Selection]: Selection[Key] } & { tests: ((row: Row) => boolean)[] }

/** Reads a filter. @throws Refusal where the dialect refuses unknown fields or arrays in comparisons */
export function readFilter(filter: Value | undefined, dialect: FilterDialect): Selection {
  const draft: Draft = { ...EVERYTHING, tests: [] }
  if (!isArray(filter)) return draft
  draft.key = jsonText(filter)
  for (const [key, value] of filter.entries()) {
    if (dialect.hasGroups && isArray(value) && /^\d+$/.test(key)) draft.tests.push(groupTest(value, dialect))
    else narrow(draft, key, value, dialect)
  }
  return draft
}

function narrow(draft: Draft, key: string, value: Value, dialect: FilterDialect): void {
  const condition = readCondition(key, value, dialect)
  if (condition === undefined) return
  const { field, prefix } = condition
  if (prefix.operator === 'contains' || prefix.operator === 'like') draft.hasTextSearch = true
  if (field.name === 'ID' && !prefix.isNegated && narrowIds(draft, field, prefix, value)) return
  const test = valueTest(field, prefix, value)
  draft.tests.push((row) => test(fieldValue(row, field)))
}

/** Turns a condition on the id into bounds; false if it is of another kind. */
function narrowIds(draft: Draft, field: Field, prefix: Prefix, value: Value): boolean {
  if (prefix.operator === 'in' || (prefix.operator === 'equal' && isArray(value))) {
    const given = new Set(elements(value).map((one) => Number(wanted(field, one))))
    const before = draft.ids
    draft.ids = [...given].filter((id) => before?.includes(id) ?? true).sort((left, right) => left - right)
    return true
  }
  const bound = Number(wanted(field, value))
  switch (prefix.operator) {
    case 'equal':
      draft.least = Math.max(draft.least, bound)
      draft.most = Math.min(draft.most, bound)
      return true
    case 'greater':
      draft.least = Math.max(draft.least, Math.floor(bound) + 1)
      return true
    case 'at-least':
      draft.least = Math.max(draft.least, Math.ceil(bound))
      return true
    case 'less':
      draft.most = Math.min(draft.most, Math.ceil(bound) - 1)
      return true
    case 'at-most':
      draft.most = Math.min(draft.most, Math.floor(bound))
      return true
    case 'contains':
    case 'like':
    case 'between':
      return false
  }
}

interface Condition {
  readonly field: Field
  readonly prefix: Prefix
}

function readCondition(key: string, value: Value, dialect: FilterDialect): Condition | undefined {
  const sign = [...PREFIXES.keys()].find((one) => dialect.prefixes.has(one) && key.startsWith(one)) ?? ''
  const name = key.slice(sign.length)
  const prefix = PREFIXES.get(sign)
  const field = dialect.fieldOf(name)
  if (field === undefined || prefix === undefined) {
    if (dialect.unknownField === 'drop') return undefined
    throw new Refusal('INVALID_ARG_VALUE', `Invalid filter: field '${name}' is not allowed in filter`)
  }
  const isComparison = ['greater', 'at-least', 'less', 'at-most'].includes(prefix.operator)
  const isBlank = comparesAs(field) === 'number' && (isArray(value) || toText(value) === '')
  if (dialect.arrayComparison === 'refuse' && isComparison && (isArray(value) || isBlank)) {
    throw new Refusal('INVALID_ARG_VALUE', `Invalid filter: field '${name}' has invalid value`)
  }
  return { field, prefix }
}

/** A nested group: all conditions, or any with `logic: OR`. */
function groupTest(group: Value, dialect: FilterDialect): (row: Row) => boolean {
  if (!isArray(group)) return () => true
  const tests: ((row: Row) => boolean)[] = []
  let isAny = false
  for (const [key, value] of group.entries()) {
    if (key.toLowerCase() === 'logic') isAny = toText(value).toUpperCase() === 'OR'
    else if (isArray(value) && /^\d+$/.test(key)) tests.push(groupTest(value, dialect))
    else {
      const condition = readCondition(key, value, dialect)
      if (condition === undefined) continue
      const test = valueTest(condition.field, condition.prefix, value)
      tests.push((row) => test(fieldValue(row, condition.field)))
    }
  }
  if (tests.length === 0 || isEmpty(group)) return () => true
  return isAny ? (row) => tests.some((test) => test(row)) : (row) => tests.every((test) => test(row))
}
