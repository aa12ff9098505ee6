import { UsageError } from '../errors.ts'
import { type Condition, type Operator, OPERATORS } from '../operations/conditions.ts'
import type { UserParameters } from '../operations/list-query.ts'
import { bracketName } from '../protocol/params.ts'
import type { ParamMap, ParamValue } from '../protocol/types.ts'

/** A value on its way to the portal; a Date goes as ISO text. */
export type InputValue =
  string | number | bigint | boolean | Date | readonly InputValue[] | { readonly [key: string]: InputValue }

/** Parameters of a method in the portal's own names: `{ filter: { '>=DATE_CREATE': '2026-01-01' } }`. */
export type InputParams = Readonly<Record<string, InputValue>>

/** One condition, ANDed with the others and with `filter` of the parameters. */
export interface Where {
  readonly field: string
  readonly operator: Operator
  /** A list for `in` and `not-in`. */
  readonly value: string | number | Date | readonly (string | number)[]
}

/** What the caller gave, in the form that the command line makes of its words. @throws UsageError */
export function userParameters(
  params: InputParams,
  where: readonly Where[],
  select: readonly string[] | undefined,
): UserParameters {
  if (!isPlain(params)) throw wrong('The parameters', 'must be a plain object.')
  if (!Array.isArray(where)) throw wrong('where', 'must be a list of conditions.')
  if (select !== undefined && !isListOfTexts(select)) throw wrong('select', 'must be a list of names.')
  const plain = Object.entries(params).map(([name, value]) => [name, plainValue([name], value, [params])])
  return { params: Object.fromEntries(plain) as ParamMap, where: where.map(condition), select }
}

function condition(given: unknown, index: number): Condition {
  const name = `where[${index}]`
  if (!isPlain(given)) throw wrong(name, 'must be an object with field, operator and value.')
  const { field, operator, value } = given
  if (typeof field !== 'string' || !/^[A-Za-z_]\w*$/.test(field))
    throw wrong(`${name}.field`, 'must be a name.')
  if (!isOperator(operator)) throw wrong(`${name}.operator`, `must be one of ${OPERATORS.join(' ')}.`)
  const isListed = operator === 'in' || operator === 'not-in'
  if (!isListed) return { field, operator, value: operand(value, `${name}.value`) }
  if (!Array.isArray(value) || value.length === 0)
    throw wrong(`${name}.value`, 'must be a list that is not empty.')
  const operands = value.map((one: unknown, at) => operand(one, `${name}.value[${at}]`))
  return { field, operator, value: operands }
}

/** Anything else would become a text such as "undefined", and the condition would mean something else, or nothing. */
function operand(value: unknown, name: string): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  if (typeof value === 'string' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw wrong(name, 'must be a text, a number or a date.')
}

function isOperator(value: unknown): value is Operator {
  return OPERATORS.includes(value as Operator)
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one !== '')
  )
}

/** A Map, or whatever else keeps its contents elsewhere, would look like an object without anything in it. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * A value as JSON can carry it. What it cannot carry is refused: left out, as JSON.stringify does it, a condition would
 * be gone and the portal would answer with all rows. `above` are the objects that it stands in.
 */
function plainValue(path: readonly string[], value: unknown, above: readonly unknown[]): ParamValue {
  const name = bracketName(path)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? refuse(name) : value.toISOString()
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(name)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (above.includes(value)) throw wrong(name, 'holds itself.')
  const within = [...above, value]
  if (Array.isArray(value))
    return value.map((item, index) => plainValue([...path, String(index)], item, within))
  if (!isPlain(value)) return refuse(name)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, plainValue([...path, key], item, within)]),
  )
}

function refuse(name: string): never {
  throw wrong(name, 'has a value that cannot be sent.')
}

function wrong(name: string, what: string): UsageError {
  return new UsageError(
    'parameter-type',
    `${name} ${what}`,
    'Leave out what is undefined instead of passing it.',
  )
}
