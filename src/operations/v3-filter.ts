import { UsageError } from '../errors.ts'
import { conditionOf } from '../protocol/conditions-v3.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { bracketName, isMap } from '../protocol/params.ts'
import type { ParamMap, ParamValue } from '../protocol/types.ts'
import type { IdRange } from '../strategies/strategy.ts'
import { checkSpelling } from './check-spelling.ts'
import type { Condition } from './conditions.ts'
import { typeName } from './type-name.ts'

type Conditions = readonly ParamValue[]

const EXAMPLE = `Write --where 'id > 100', or -P 'filter=[["id",">",100]]'.`

/**
 * The conditions of a filter of REST 3.0: those that are given as such go out as they are, those in the writing of the
 * older interface (`{">id": 5}`) and of `--where` are translated.
 *
 * @throws UsageError for what REST 3.0 has no words for
 */
export function conditionsOf(
  clause: ParamValue | undefined,
  where: readonly Condition[],
  method: ListMethod,
): Conditions {
  if (method.filter === undefined) {
    if (where.length === 0) return []
    throw new UsageError(
      'no-filter',
      `${method.method} is not known to have a filter.`,
      'Give its parameters in its own names, such as -p name=…',
    )
  }
  const given = listOf(clause, method)
  for (const condition of given) refuseEmpty(condition)
  return [...given, ...where.map((condition) => translated(condition, method))]
}

/** Bounds on the id become the ends of the walk; whatever else is said of it stays. */
export function withoutIdBounds(
  conditions: Conditions,
  { id }: ListMethod,
): { readonly range: IdRange; readonly rest: Conditions } {
  let after: number | undefined
  let upTo: number | undefined
  const rest = conditions.filter((condition) => {
    if (!Array.isArray(condition) || condition.length !== 3 || condition[0] !== id?.inFilter) return true
    const [, operator, value] = condition as readonly ParamValue[]
    const bound = value === undefined ? undefined : wholeNumber(value)
    if (bound === undefined) return true
    if (operator === '>') after = Math.max(after ?? 0, bound)
    else if (operator === '>=') after = Math.max(after ?? 0, bound - 1)
    else if (operator === '<=') upTo = Math.min(upTo ?? Infinity, bound)
    else if (operator === '<') upTo = Math.min(upTo ?? Infinity, bound - 1)
    else return true
    return false
  })
  return { range: { after, upTo }, rest }
}

/** The fields that conditions speak of, those in groups as well. */
export function fieldsIn(conditions: Conditions): string[] {
  return conditions.flatMap((condition) => {
    if (isMap(condition))
      return Array.isArray(condition['conditions']) ? fieldsIn(condition['conditions']) : []
    if (!Array.isArray(condition)) return []
    const [field] = condition as Conditions
    return typeof field === 'string' ? [field] : fieldsIn(condition)
  })
}

function listOf(clause: ParamValue | undefined, method: ListMethod): Conditions {
  if (clause === undefined) return []
  if (isMap(clause)) return fromMap(clause, method)
  const name = bracketName(method.filter?.at ?? [])
  if (!Array.isArray(clause)) {
    throw new UsageError(
      'clause-type',
      `"${name}" must be a list of conditions, not ${typeName(clause)}.`,
      EXAMPLE,
    )
  }
  // A condition alone is as good as a list of one.
  const list: Conditions = typeof clause[0] === 'string' ? [clause] : clause
  const wrong = list.find((condition) => !isMap(condition) && !isCondition(condition))
  if (wrong === undefined) return list
  throw new UsageError(
    'clause-type',
    `"${name}" has ${JSON.stringify(wrong)} in it, which is no condition of REST 3.0.`,
    EXAMPLE,
  )
}

function isCondition(value: ParamValue): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  if (typeof value[0] !== 'string')
    return value.every((inner: ParamValue) => isCondition(inner) || isMap(inner))
  return value.length === 2 || (value.length === 3 && typeof value[1] === 'string')
}

/** `{">id": 5}` as conditions. @throws UsageError for what cannot be said so, or not without a guess */
function fromMap(map: ParamMap, method: ListMethod): Conditions {
  // A group of conditions alone.
  if ('conditions' in map) return [map]
  return Object.entries(map).map(([key, value]) => {
    const condition = conditionOf(key, value)
    if (condition === undefined || isMap(value)) {
      throw new UsageError(
        'clause-type',
        `"${bracketName([...(method.filter?.at ?? []), key])}" cannot be said in REST 3.0, whose filter is a list of conditions with = != > >= < <= in between.`,
        EXAMPLE,
      )
    }
    const [field, ...rest] = condition
    return [checkSpelling(field, method, {}), ...rest]
  })
}

function translated({ field, operator, value }: Condition, method: ListMethod): ParamValue {
  if (operator === '~' || operator === 'not-in') {
    throw new UsageError(
      'operator',
      `The filter of ${method.method} has no "${operator}": REST 3.0 compares with = != > >= < <= and in.`,
      'Filter the output instead.',
    )
  }
  return [checkSpelling(field, method, {}), operator, value]
}

/** Of nothing the portal would make no condition at all. */
function refuseEmpty(condition: ParamValue): void {
  if (!Array.isArray(condition) || typeof condition[0] !== 'string') return
  const value: unknown = condition.at(-1)
  if (!Array.isArray(value) || value.length > 0) return
  throw new UsageError(
    'empty-value',
    `The condition ${JSON.stringify(condition)} compares with nothing.`,
    'Leave it out, or say what it should hold.',
  )
}

function wholeNumber(value: ParamValue): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}
