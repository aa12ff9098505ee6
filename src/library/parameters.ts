import { UsageError } from '../errors.ts'
import { type Condition, type Operator } from '../operations/conditions.ts'
import { type UserParameters } from '../operations/list-query.ts'
import { bracketName, isMap } from '../protocol/params.ts'
import { type ParamMap, type ParamValue } from '../protocol/types.ts'

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
  if (!isMap(params)) throw wrong('The parameters', 'must be an object.')
  if (select !== undefined && !isListOfTexts(select)) throw wrong('select', 'must be a list of names.')
  const plain = Object.entries(params).map(([name, value]) => [name, plainValue([name], value)])
  return {
    params: Object.fromEntries(plain) as ParamMap,
    where: where.map(({ field, operator, value }): Condition => ({ field, operator, value: operand(value) })),
    select,
  }
}

function operand(value: Where['value']): string | readonly string[] {
  return Array.isArray(value) ? value.map(String) : textOf(value as string | number | Date)
}

function textOf(value: string | number | Date): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one !== '')
  )
}

/**
 * A value as JSON can carry it. What it cannot carry is refused: left out, as JSON.stringify does it, a condition would
 * be gone and the portal would answer with all rows.
 */
function plainValue(path: readonly string[], value: unknown): ParamValue {
  const name = bracketName(path)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? refuse(name) : value.toISOString()
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(name)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => plainValue([...path, String(index)], item))
  if (!isMap(value)) return refuse(name)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, plainValue([...path, key], item)]),
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
