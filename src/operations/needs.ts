import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { bracketPath, isMap } from '../protocol/params.ts'
import { paramAt } from '../protocol/places.ts'
import type { Params, ParamValue } from '../protocol/types.ts'

/** Says what a method is not given although it needs it. @param params with the conditions in their filter @throws UsageError */
export function refuseMissing(params: Params, { method, needs }: ListMethod): void {
  for (const alternatives of needs) {
    const isGiven = alternatives.some((names) => names.split('+').every((name) => isThere(params, name)))
    if (isGiven) continue
    const near = Object.keys(params).find((name) =>
      alternatives.some((wanted) => wanted.toLowerCase() === name.toLowerCase()),
    )
    throw new UsageError(
      'parameter-missing',
      `${method} needs ${alternatives.map((names) => names.split('+').join(' and ')).join(' or ')}${near === undefined ? '' : ` (in this casing, not "${near}")`}.`,
      `Add ${(alternatives[0] ?? '')
        .split('+')
        .map((name) => `-p '${name}=…'`)
        .join(' ')}`,
    )
  }
}

/** Whether a parameter is given; a condition on a field is one in whatever comparison, unless the name has one. */
function isThere(params: Params, name: string): boolean {
  const path = bracketPath(name)
  if (paramAt(params, path) !== undefined) return true
  const field = path.at(-1) ?? ''
  if (path.length === 1 || /^\W/.test(field)) return false
  return fieldsOf(paramAt(params, path.slice(0, -1))).includes(field)
}

/** The fields that a filter speaks of, at its top level. */
function fieldsOf(filter: ParamValue | undefined): string[] {
  if (isMap(filter)) return Object.keys(filter).map((key) => key.replace(/^\W+/, ''))
  if (!Array.isArray(filter)) return []
  return filter.flatMap((condition: ParamValue) =>
    Array.isArray(condition) && typeof condition[0] === 'string' ? [condition[0]] : [],
  )
}
