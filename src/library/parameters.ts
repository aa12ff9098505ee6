import { UsageError } from '../errors.ts'
import { type Condition, type Operator, OPERATORS } from '../operations/conditions.ts'
import type { UserParameters } from '../operations/list-query.ts'
import { bracketName, wellFormed } from '../protocol/params.ts'
import type { ParamMap, ParamValue } from '../protocol/types.ts'

/** A value on its way to the portal; a Date goes as ISO text. */
export type InputValue =
  string | number | bigint | boolean | Date | readonly InputValue[] | { readonly [key: string]: InputValue }

/** Parameters of a method in the portal's own names: `{ filter: { '>=DATE_CREATE': '2026-01-01' } }`. */
export type InputParams = Readonly<Record<string, InputValue>>

/** A value of a call that may change something: there null stands for itself. */
export type CallValue = InputValue | null | readonly CallValue[] | { readonly [key: string]: CallValue }

/** Parameters of a call that may change something: `{ id: 5, fields: { TITLE: 'New', COMPANY_ID: null } }`. */
export type CallParams = Readonly<Record<string, CallValue>>

/** PHP reads no JSON that is nested deeper; of such a body it would take no parameters at all. */
const DEEPEST = 500

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
  if (!Array.isArray(where)) throw wrong('where', 'must be a list of conditions.')
  if (select !== undefined && !isListOfTexts(select)) throw wrong('select', 'must be a list of names.')
  return { params: plainParams(params), where: where.map(condition), select }
}

/**
 * Parameters as JSON can carry them: dates as ISO text, bigints as their digits.
 *
 * @param what names the whole in messages
 * @throws UsageError for what is no plain object, and for values that cannot be sent, `undefined` among them
 */
export function plainParams(params: unknown, what = 'The parameters'): ParamMap {
  if (!isPlain(params)) throw wrong(what, 'must be a plain object.')
  return plainMap([], params, [params])
}

/** The same for a body, which may also be a list of parameters by position. @throws UsageError */
export function plainBody(body: unknown): ParamValue {
  return Array.isArray(body) ? plainValue(['The body'], body, []) : plainParams(body, 'The body')
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
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value === 'boolean' || value === null) return value
  if (above.includes(value)) throw wrong(name, 'holds itself.', 'Leave that out.')
  if (path.length > DEEPEST) {
    throw wrong(path[0] ?? '', `is nested deeper than ${DEEPEST} levels.`, 'Send less of it.')
  }
  const within = [...above, value]
  if (Array.isArray(value)) {
    // Holes are values too, namely undefined.
    return Array.from(value, (item: unknown, index) => plainValue([...path, String(index)], item, within))
  }
  return isPlain(value) ? plainMap(path, value, within) : refuse(name)
}

function plainMap(
  path: readonly string[],
  map: Readonly<Record<string, unknown>>,
  within: readonly unknown[],
): ParamMap {
  return Object.fromEntries(
    Object.entries(map).map(([key, item]) => [wellFormed(key), plainValue([...path, key], item, within)]),
  )
}

function refuse(name: string): never {
  throw wrong(name, 'has a value that cannot be sent.')
}

function wrong(name: string, what: string, hint?: string): UsageError {
  return new UsageError(
    'parameter-type',
    `${name} ${what}`,
    hint ?? 'Leave out what is undefined instead of passing it.',
  )
}
