import { checkedQuery } from '../../src/operations/list-query.ts'
import { walkByKeyset } from '../../src/strategies/keyset/walk.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import type { PortalSettings } from './portal-process.ts'
import { inVirtualTime } from './virtual-clock.ts'

const METHOD = 'crm.deal.list'
const MOST_HOURS = 24

export interface VirtualWalk {
  /** On a clock that waits for nothing. */
  readonly wallSeconds: number
  readonly requests: number
  readonly rows: number
}

/** A walk by id without an output. @param rowsHeld most rows in flight and waiting; `undefined`: the walk's own choice */
export async function virtualWalk(
  settings: PortalSettings,
  concurrency: number,
  rowsHeld: number | undefined,
): Promise<VirtualWalk> {
  const { value, seconds } = await inVirtualTime(async () => {
    const { portal, caller } = portalInProcess({ plan: 'standard', ...settings }, { plan: 'standard' })
    const { query } = checkedQuery(METHOD, { params: {}, where: [], select: undefined })
    const { signal } = new AbortController()
    const options = { signal, batchSize: 50, concurrency, rowsWanted: Infinity, rowsHeld }
    let rows = 0
    for await (const page of walkByKeyset(caller, query, options)) rows += page.rows.length
    return { rows, requests: portal.stats.requests }
  }, MOST_HOURS)
  return { ...value, wallSeconds: seconds }
}
