import type { ListMethod } from './list-method.ts'

/** Whether rows of a list come by rising ids, so that a walk can begin behind any of them. */
export function isWalkedById({ paging }: Pick<ListMethod, 'paging'>): boolean {
  return paging.by === 'keyset' || paging.by === 'id-filter'
}
