import { isMap } from './params.ts'
import type { Params, ParamValue } from './types.ts'

type Writing = 'Y/N' | '1/0'

/**
 * How yes and no are written in the parameters of a method, by how its name begins; what users have added to an entity
 * (`UF_…`, `uf…`) is always 1 and 0. The portal itself knows no booleans in a batch, and takes what it does not know for no.
 * https://apidocs.bitrix24.com/api-reference/data-types.html and the pages of the methods.
 */
const WRITINGS: readonly (readonly [prefix: string, writing: Writing])[] = [
  ['crm.', 'Y/N'],
  ['tasks.', 'Y/N'],
  ['task.', 'Y/N'],
  ['lists.', 'Y/N'],
  ['catalog.', 'Y/N'],
  ['sale.', 'Y/N'],
  ['im.', 'Y/N'],
  ['imbot.', 'Y/N'],
  ['sonet_group.', 'Y/N'],
  ['calendar.', 'Y/N'],
]

const USER_FIELD = /^[^A-Za-z]*(UF_|uf[A-Z])/

/** The parameters with yes and no as the method's documentation writes them. */
export function withWrittenBooleans(method: string, params: Params): Params {
  const name = method.toLowerCase()
  const house = WRITINGS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? '1/0'
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, written(key, value, house)]))
}

function written(key: string, value: ParamValue, house: Writing): ParamValue {
  if (typeof value === 'boolean') {
    const [yes, no] = (USER_FIELD.test(key) ? '1/0' : house).split('/') as [string, string]
    return value ? yes : no
  }
  // Members of a list belong to the field that holds the list.
  if (Array.isArray(value)) return value.map((item: ParamValue) => written(key, item, house))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, written(name, item, house)]))
}
