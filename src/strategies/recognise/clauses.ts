import type { FilterPrefix } from '../../protocol/methods/list-method.ts'
import type { Params } from '../../protocol/types.ts'

export const ALL_PREFIXES: readonly FilterPrefix[] = ['', '!', '>', '>=', '<', '<=', '%', '@', '!@']

/** The names of filter and order: in capitals if the user writes one of them so. */
export function clauseNames(params: Params): { readonly filter: string; readonly order: string } {
  const isLoud = ['FILTER', 'ORDER', 'SELECT', 'SORT'].some((name) => name in params)
  return isLoud ? { filter: 'FILTER', order: 'ORDER' } : { filter: 'filter', order: 'order' }
}
