import { type ByIdRequest, type ByIdRun, getByIds } from './by-id-run.ts'
import { type PortalSettings, withPortal } from './portal-process.ts'

const BOUND_MS = 600_000

/** What is asked for: each of all deals, or its comments. */
export interface ByIdPlan {
  readonly name: string
  readonly kind: 'deals' | 'comments'
  readonly settings: PortalSettings
  /** Words of the client behind the method. */
  readonly words: readonly string[]
  readonly heapMb?: number
}

/** Asks a portal with dense ids for all its deals, one by one. */
export function runPlan({ kind, settings, words, heapMb }: ByIdPlan): Promise<ByIdRun> {
  return withPortal({ ids: 'dense', ...settings }, async (portal) => {
    const ids = await portal.trueIds('method=crm.deal.list')
    return getByIds(portal, { ...REQUESTS[kind](words), ids, heapMb, boundMs: BOUND_MS })
  })
}

type Request = Pick<ByIdRequest, 'words' | 'check'>

const REQUESTS: Readonly<Record<ByIdPlan['kind'], (words: readonly string[]) => Request>> = {
  deals: (words) => ({
    words: ['crm.deal.get', '-', ...words],
    check: (result, id) =>
      result.startsWith(`{"ID":"${id}",`) ? undefined : `has another row: ${result.slice(0, 80)}`,
  }),
  comments: (words) => ({
    words: ['crm.timeline.comment.list', '-', '-p', 'filter[ENTITY_TYPE]=deal', ...words],
    check: commentFault,
  }),
}

/** The third, the thirteenth and so on have 173 comments, the second, the twelfth and so on have none. */
function commentFault(result: string, id: number, at: number): string | undefined {
  const rows = JSON.parse(result) as readonly { readonly ID: string; readonly ENTITY_ID: string }[]
  const own = new Set(rows.filter((row) => Number(row.ENTITY_ID) === id).map((row) => row.ID)).size
  const [least, most] = at % 10 === 2 ? [173, 173] : at % 10 === 1 ? [0, 0] : [0, 5]
  if (own === rows.length && own >= least && own <= most) return undefined
  return `has ${own} comments of its own among ${rows.length}`
}
