import type { ListMethod } from '../protocol/methods/list-method.ts'
import { walkFirstPage } from './first-page.ts'
import { walkFollowing } from './follow.ts'
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
    case 'id-filter':
      return walkByIdFilter
    case 'start':
    case 'offset':
    case 'page':
      return walkByOffset
    case 'last-row':
    case 'cursor':
      return walkFollowing
    case 'whole':
      return walkWhole
    case 'first-page':
      return walkFirstPage
  }
}
