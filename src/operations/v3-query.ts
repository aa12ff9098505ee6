import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { isWalkedById } from '../protocol/methods/walked-by-id.ts'
import { paramAt, withParamAt } from '../protocol/places.ts'
import type { Params } from '../protocol/types.ts'
import type { IdRange } from '../strategies/strategy.ts'
import type { Condition } from './conditions.ts'
import { refuseMissing } from './needs.ts'
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
  refuseMissing(filter === undefined ? params : withParamAt(params, filter.at, conditions), method)
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
