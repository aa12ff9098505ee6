import type { ListMethod } from '../protocol/methods/list-method.ts'
import { walkByIdFilter } from './id-filter.ts'
import { walkByKeyset } from './keyset/walk.ts'
import { walkByOffset } from './offset.ts'
import type { Walk } from './strategy.ts'
import { walkWhole } from './whole.ts'

/** The walk for a method, as the table of methods says. */
export function chooseWalk({ paging }: ListMethod): Walk {
  switch (paging.by) {
    case 'keyset':
      return walkByKeyset
    case 'start':
      return walkByOffset
    case 'whole':
      return walkWhole
    case 'id-filter':
      return walkByIdFilter
    case 'offset':
    case 'page':
    case 'last-row':
    case 'cursor':
    case 'first-page':
      throw new Error(`nothing walks by ${paging.by}`)
  }
}
