import type { Paging } from '../protocol/methods/list-method.ts'
import type { Place } from '../protocol/places.ts'

/** The parameters by which a walk reaches the pages of a list: nobody else may give them. */
export function placesOfWalk(paging: Paging): readonly Place[] {
  return places(paging).flatMap((place) => (place === undefined ? [] : [place]))
}

function places(paging: Paging): readonly (Place | undefined)[] {
  switch (paging.by) {
    case 'keyset':
    case 'start':
      return [[paging.start ?? 'start']]
    case 'id-filter':
    case 'first-page':
      return [paging.limit]
    case 'offset':
      return [paging.offset, paging.limit]
    case 'page':
      return [paging.page, paging.size]
    case 'last-row':
      return [...paging.from.map(({ to }) => to), paging.limit]
    case 'cursor':
      return [paging.to, paging.limit]
    case 'whole':
      return []
  }
}
