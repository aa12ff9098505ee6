import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { Params } from '../protocol/types.ts'

/**
 * Parameters by name, for a method that takes them by position: `0` or the documented name, in whatever casing. Nothing
 * else may be sent along, since it would move the others.
 *
 * @throws UsageError
 */
export function namedParameters(params: Params, { method, positions }: ListMethod): Params {
  if (positions === undefined) return params
  const named = new Map<string, [string, Params[string]]>()
  for (const [given, value] of Object.entries(params)) {
    const name =
      positions[Number(given)] ?? positions.find((one) => one.toLowerCase() === given.toLowerCase())
    if (name === undefined) {
      throw new UsageError(
        'position',
        `${method} takes its parameters by position, and knows no "${given}": ${positions.join(', ')}.`,
        'Leave it out, or give it by one of these names.',
      )
    }
    if (named.has(name)) {
      throw new UsageError('parameter-twice', `Parameter ${name} is given twice.`, 'Keep one of them.')
    }
    named.set(name, [name, value])
  }
  return Object.fromEntries(named.values())
}
