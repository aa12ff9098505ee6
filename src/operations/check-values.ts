import { UsageError } from '../errors.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import { bracketName, isMap } from '../protocol/params.ts'
import type { ParamMap, Params, ParamValue } from '../protocol/types.ts'
import { checkSpelling } from './check-spelling.ts'

/** A text that a batch would take for the answer of another of its commands. */
const REFERENCE = /\$(result|next|total|time|error)\[/i

/**
 * Conditions as the portal understands them: yes and no in its own writing; null and empty lists refused, since the
 * portal would drop them and answer with rows that nobody asked for.
 *
 * @throws UsageError
 */
export function checkedFilter(filter: ParamMap, method: ListMethod, params: Params): ParamMap {
  const spelled = new Map<string, string>()
  for (const key of Object.keys(filter)) {
    const other = spelled.get(key.toLowerCase())
    if (other !== undefined) {
      throw new UsageError(
        'name-twice',
        `The filter has both "${other}" and "${key}".`,
        'Keep the one that the documentation names.',
      )
    }
    spelled.set(key.toLowerCase(), key)
  }
  const entries = Object.entries(filter).map(
    ([key, value]) => [spelledKey(key, method, params), value] as const,
  )
  return checkedMap(method.filter?.at ?? [], Object.fromEntries(entries), method)
}

/** A key of the filter with its field as the method spells it; groups of conditions have numbers for keys. */
function spelledKey(key: string, method: ListMethod, params: Params): string {
  const [, prefix = '', field = ''] = /^(\W*)(.*)$/s.exec(key) ?? []
  if (field === '' || /^\d+$/.test(key) || /^logic$/i.test(key)) return key
  return prefix + checkSpelling(field, method, params)
}

/** A parameter outside of the filter. @throws UsageError for what cannot be carried to the portal unchanged */
export function checkedValue(path: readonly string[], value: ParamValue): ParamValue {
  return checked(path, value, undefined)
}

function checkedMap(path: readonly string[], map: ParamMap, method: ListMethod | undefined): ParamMap {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, checked([...path, key], value, method)]),
  )
}

function checked(path: readonly string[], value: ParamValue, method: ListMethod | undefined): ParamValue {
  const name = bracketName(path)
  if (value === null) {
    throw new UsageError(
      'null-value',
      `${name} is null, which the portal does not understand.`,
      method === undefined
        ? 'Leave it out.'
        : 'Leave it out, or compare with an empty text: the portal takes "" for not filled in.',
    )
  }
  if (typeof value === 'boolean') return booleanText(path.at(-1) ?? '', value, method)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') {
    if (REFERENCE.test(value)) {
      throw new UsageError(
        'reference',
        `${name} holds "${value}", which the portal would replace inside a batch.`,
        'Leave out what looks like $result[…].',
      )
    }
    return value
  }
  if (Object.keys(value).length === 0) {
    throw new UsageError(
      'empty-value',
      `${name} is empty: the portal would drop it${method === undefined ? '' : ' and answer with all rows'}.`,
      'Leave it out, or say what it should hold.',
    )
  }
  if (isMap(value)) return checkedMap(path, value, method)
  return value.map((item, index) => checked([...path, String(index)], item, method))
}

/** In a filter fields of the house take Y and N or 1 and 0, by method; fields made by users always 1 and 0. */
function booleanText(key: string, value: boolean, method: ListMethod | undefined): string {
  const isUserField = /^[^A-Za-z]*(UF_|uf[A-Z])/.test(key)
  if (method === undefined || isUserField || method.booleans === '1/0') return value ? '1' : '0'
  return value ? 'Y' : 'N'
}
