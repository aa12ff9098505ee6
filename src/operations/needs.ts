import { UsageError } from '../errors.ts'
import type { ListFilter, ListMethod } from '../protocol/methods/list-method.ts'
import { bracketName, bracketPath, isMap } from '../protocol/params.ts'
import { paramAt } from '../protocol/places.ts'
import type { Params, ParamValue } from '../protocol/types.ts'
import { fieldsIn } from './v3-filter.ts'

/** Says what a method is not given although it needs it. @param params with the conditions in their filter @throws UsageError */
export function refuseMissing(params: Params, { method, needs, filter }: ListMethod): void {
  for (const alternatives of needs) {
    const isGiven = alternatives.some((names) => names.split('+').every((name) => isThere(params, name)))
    if (isGiven) continue
    const near = Object.keys(params).find((name) =>
      alternatives.some((wanted) => wanted.toLowerCase() === name.toLowerCase()),
    )
    const [first = ''] = alternatives
    throw new UsageError(
      'parameter-missing',
      `${method} needs ${alternatives.map(inWords).join(' or ')}${near === undefined ? '' : ` (in this casing, not "${near}")`}.`,
      `Add ${first
        .split('+')
        .map((name) => optionFor(name, filter))
        .join(' ')}`,
    )
  }
}

function inWords(names: string): string {
  return names.split('+').join(' and ')
}

/** How a parameter is given on the command line: what belongs into the filter as a condition. */
function optionFor(name: string, filter: ListFilter | undefined): string {
  const path = bracketPath(name)
  const isCondition = filter !== undefined && path.length > 1 && bracketName(filter.at) === path[0]
  const field = (path.at(-1) ?? '').replace(/^\W+/, '')
  return isCondition ? `--where '${field} = …'.` : `-p ${name}=…`
}

/** Whether a parameter is given; a condition on a field is one in whatever comparison, unless the name has one. */
function isThere(params: Params, name: string): boolean {
  const path = bracketPath(name)
  if (paramAt(params, path) !== undefined) return true
  const field = path.at(-1) ?? ''
  if (path.length === 1 || /^\W/.test(field)) return false
  return fieldsOf(paramAt(params, path.slice(0, -1))).includes(field)
}

/** The fields that a filter speaks of: at the top level of a map, anywhere in conditions of REST 3.0. */
function fieldsOf(filter: ParamValue | undefined): string[] {
  if (isMap(filter)) return Object.keys(filter).map((key) => key.replace(/^\W+/, ''))
  return Array.isArray(filter) ? fieldsIn(filter) : []
}
