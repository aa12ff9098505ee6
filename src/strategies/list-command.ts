import type { ListFilter } from '../protocol/methods/list-method.ts'
import { idConditions } from '../protocol/conditions-v3.ts'
import { isMap } from '../protocol/params.ts'
import { mergedParams, paramAt, withParamAt } from '../protocol/places.ts'
import type { Command, Params, ParamMap, ParamValue } from '../protocol/types.ts'
import type { ListQuery } from './strategy.ts'

/** A call of the list: its parameters and what the walk adds to them, as the method wants them written. */
export function listCommand({ method, params }: ListQuery, added: Params): Command {
  const all = mergedParams(params, added)
  return {
    ...(method.api === 'v3' ? { api: method.api } : {}),
    method: method.method,
    params: method.positions === undefined ? all : inOrder(all, method.positions),
  }
}

/** Parameters as the user and the walk know them, with more conditions on the id in the filter, if there are any. */
export function withConditions(params: Params, filter: ListFilter | undefined, conditions: ParamMap): Params {
  if (filter === undefined || Object.keys(conditions).length === 0) return params
  const given = paramAt(params, filter.at)
  if (filter.form === 'conditions') {
    const list = Array.isArray(given) ? (given as readonly ParamValue[]) : []
    return withParamAt(params, filter.at, [...list, ...idConditions(conditions)])
  }
  return withParamAt(params, filter.at, { ...(isMap(given) ? given : {}), ...conditions })
}

/** The parameter that `start` is, under the name that the method gives it. */
export function startParam({ paging }: ListQuery['method'], value: string): Params {
  const name = paging.by === 'keyset' || paging.by === 'start' ? paging.start : undefined
  return { [name ?? 'start']: value }
}

/** Values in the order of their names, as positions from 0 on; those left out in front of others are empty. */
function inOrder(params: Params, names: readonly string[]): Params {
  const last = names.findLastIndex((name) => params[name] !== undefined)
  const values = names.slice(0, last + 1).map((name): ParamValue => params[name] ?? [])
  return Object.fromEntries(values.entries())
}
