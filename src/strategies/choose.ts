import type { ListMethod } from '../protocol/methods/list-method.ts'
import { walkByKeyset } from './keyset/walk.ts'
import { walkFollowing } from './follow.ts'
import { walkByOffset } from './offset.ts'
import type { Walk } from './strategy.ts'
import { walkWhole } from './whole.ts'

/** The walk for a method, as the table of methods says. */
export function chooseWalk({ paging }: ListMethod): Walk {
  switch (paging.by) {
    case 'keyset':
      return walkByKeyset
    case 'start':
    case 'offset':
    case 'page':
      return walkByOffset
    case 'last-row':
    case 'cursor':
      return walkFollowing
    case 'whole':
    case 'first-page':
      return walkWhole
    case 'id-filter':
      throw new Error(`nothing walks by ${paging.by}`)
  }
}
