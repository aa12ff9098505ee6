import type { ListMethod } from '../protocol/methods.ts'
import { walkByKeyset } from './keyset/walk.ts'
import { walkByOffset } from './offset.ts'
import type { Walk } from './strategy.ts'
import { walkWhole } from './whole.ts'

const WALKS: Readonly<Record<ListMethod['walk'], Walk>> = {
  keyset: walkByKeyset,
  offset: walkByOffset,
  whole: walkWhole,
}

/** The walk for a method, as the table of methods says. */
export function chooseWalk({ walk }: ListMethod): Walk {
  return WALKS[walk]
}
