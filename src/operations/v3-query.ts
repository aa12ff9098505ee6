import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { isWalkedById } from '../protocol/methods/walked-by-id.ts'
import { paramAt, withParamAt } from '../protocol/places.ts'
import type { Params } from '../protocol/types.ts'
import type { IdRange } from '../strategies/strategy.ts'
import type { Condition } from './conditions.ts'
import { placesOfWalk } from './places-of-walk.ts'
import { conditionsOf, fieldsIn, withoutIdBounds } from './v3-filter.ts'

/** What REST 3.0 is asked: values go as they are, since its body is JSON, and conditions as a list. */
export interface V3Query {
  readonly params: Params
  readonly range: IdRange
}

/**
 * Checks the parameters of a list of REST 3.0 and puts its conditions together; the selection is taken out.
 *
 * @throws UsageError naming what is wrong and what to write instead
 */
export function v3Query(params: Params, where: readonly Condition[], method: ListMethod): V3Query {
  const { filter, select, id, paging } = method
  for (const [name = ''] of placesOfWalk(paging)) {
    if (!(name in params)) continue
    throw new UsageError(
      'walk-owns',
      `"${name}" cannot be given: get-all reads every page of ${method.method} by itself.`,
      'Use --limit N for the first rows.',
    )
  }
  const clause = filter && paramAt(params, filter.at)
  const conditions = conditionsOf(clause, where, method)
  refuseMissing(conditions, params, method)
  const isByCursor = paging.by === 'last-row'
  if (isByCursor && id !== undefined && fieldsIn(conditions).includes(id.inFilter)) {
    throw new UsageError(
      'walk-owns',
      `${method.method} goes on by ${id.inFilter}, so that cannot be in its filter as well.`,
      `Take a method that filters by ${id.inFilter}, such as ${method.method.replace(/[^.]+$/, 'list')}.`,
    )
  }
  const { range, rest } = isWalkedById(method)
    ? withoutIdBounds(conditions, method)
    : { range: { after: undefined, upTo: undefined }, rest: conditions }
  const withoutSelect = select === undefined ? params : withParamAt(params, select, undefined)
  if (filter === undefined) return { params: withoutSelect, range }
  return {
    params: withParamAt(withoutSelect, filter.at, rest.length === 0 ? undefined : rest),
    range,
  }
}

/** Conditions without which the portal refuses. */
function refuseMissing(
  conditions: ReturnType<typeof conditionsOf>,
  params: Params,
  { method, needs }: ListMethod,
): void {
  const fields = fieldsIn(conditions)
  for (const alternatives of needs) {
    const isThere = (name: string): boolean => {
      const field = /^filter\[(.*)\]$/.exec(name)?.[1]
      return field === undefined ? name in params : fields.includes(field)
    }
    if (alternatives.some(isThere)) continue
    const [name = ''] = alternatives
    const field = /^filter\[(.*)\]$/.exec(name)?.[1]
    throw new UsageError(
      'parameter-missing',
      `${method} needs ${alternatives.join(' or ')}.`,
      field === undefined ? `Add -p ${name}=…` : `Add --where '${field} = …'.`,
    )
  }
}
