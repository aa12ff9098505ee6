import type { Caller } from '../engine/caller.ts'
import { AuthError, RefusalError } from '../errors.ts'
import { nearest } from '../lib/nearest.ts'
import { isMap } from '../protocol/params.ts'
import { paramAt } from '../protocol/places.ts'
import type { ParamValue } from '../protocol/types.ts'
import type { ListQuery } from '../strategies/strategy.ts'
import { entityFields } from './entity-fields.ts'
import { fieldsIn } from './v3-filter.ts'

/**
 * A refusal that names a field of the filter or the selection, with a hint at what that field is called. The fields are
 * asked for then only, in one call.
 */
export async function withFieldHint(
  error: unknown,
  caller: Caller,
  query: ListQuery,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof RefusalError) || error instanceof AuthError) return error
  if (query.method.fields === undefined) return error
  const said = textOf(error)
  const named = fieldsOf(query).filter((field) => isIn(said, field))
  if (named.length === 0) return error
  const fields = await entityFields(caller, query.method, query.params, signal)().catch(() => undefined)
  const names = fields?.map(({ name }) => name) ?? []
  const unknown = named.find((field) => names.length > 0 && !names.includes(field))
  if (unknown === undefined) return error
  const { method } = query.method
  const meant = nearest(unknown, names)
  const hint =
    meant === undefined
      ? `${method} has no field ${unknown}; bx24 raw ${query.method.fields.method} shows what it has.`
      : `${method} has no field ${unknown}; did you mean ${meant}?`
  return new RefusalError(error.refusal, hint, error.exitCode, error.code)
}

function textOf({ refusal }: RefusalError): string {
  const { description, validation = [] } = refusal
  return [description, ...validation.map(({ field, message }) => `${field} ${message}`)].join(' ')
}

/** As a whole word: a short name may be a part of others. */
function isIn(text: string, field: string): boolean {
  const escaped = field.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w.])${escaped}(?![\\w.]*\\w)`, 'i').test(text)
}

/** What the filter and the selection of a query speak of. */
function fieldsOf({ method, params }: ListQuery): string[] {
  const filter = method.filter && paramAt(params, method.filter.at)
  const select = method.select && paramAt(params, method.select)
  const selected = Array.isArray(select) ? (select as readonly ParamValue[]) : []
  const inMap = isMap(filter) ? Object.keys(filter).map((key) => key.replace(/^\W+/, '')) : []
  const inList = Array.isArray(filter) ? fieldsIn(filter as readonly ParamValue[]) : []
  return [...inMap, ...inList, ...selected.filter((name) => typeof name === 'string')]
}
