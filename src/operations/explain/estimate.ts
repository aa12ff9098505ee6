import type { ListMethod } from '../../protocol/methods/list-method.ts'
import {
  OPERATING_WINDOW_SECONDS,
  PAGE_ROWS,
  TARGET_REQUEST_SECONDS,
  UNKNOWN_PAGE_SECONDS,
} from '../../protocol/limits.ts'
import { pageRowsOf } from '../method-facts.ts'

/** What reading so many rows is expected to cost, if the portal takes as long for them as is assumed. */
export interface Estimate {
  readonly rows: number
  /** Pages that are asked for, looked at twice where the list has to be read twice. */
  readonly pages: number
  readonly requests: number
  readonly portalSeconds: number
  /** What is assumed: seconds of the portal for fifty rows. */
  readonly secondsForFiftyRows: number
  /** Operating seconds of the method in ten minutes; `null` where there is no such limit. */
  readonly budgetSeconds: number | null
  /** `portalSeconds` as a part of that. */
  readonly budgetShare: number | null
  /** Minutes below which it cannot be done because of that. */
  readonly leastMinutes: number
}

/**
 * @param rows how many rows there are
 * @param batchSize most pages in a request
 * @param budgetSeconds operating seconds of the method in ten minutes, or `Infinity`
 */
export function estimate(
  method: ListMethod,
  rows: number,
  batchSize: number,
  budgetSeconds: number,
): Estimate {
  const { pages, requests } = pagesAndRequests(method, rows, batchSize)
  const worth = Math.max(pages, Math.ceil((pages * (pageRowsOf(method.paging) ?? rows)) / PAGE_ROWS))
  const portalSeconds = worth * UNKNOWN_PAGE_SECONDS
  const isLimited = Number.isFinite(budgetSeconds)
  const windows = isLimited ? Math.max(0, Math.ceil(portalSeconds / budgetSeconds) - 1) : 0
  return {
    rows,
    pages,
    requests,
    portalSeconds,
    secondsForFiftyRows: UNKNOWN_PAGE_SECONDS,
    budgetSeconds: isLimited ? budgetSeconds : null,
    budgetShare: isLimited ? Math.round((10_000 * portalSeconds) / budgetSeconds) / 10_000 : null,
    leastMinutes: (windows * OPERATING_WINDOW_SECONDS) / 60,
  }
}

/** The same arithmetic as the walks do, with nothing learnt on the way. */
function pagesAndRequests(
  { paging, positions, idOrder }: ListMethod,
  rows: number,
  batchSize: number,
): { pages: number; requests: number } {
  const full = Math.max(1, Math.ceil(rows / (pageRowsOf(paging) ?? Math.max(1, rows))))
  const inRequest = Math.max(
    1,
    Math.min(batchSize, Math.floor(TARGET_REQUEST_SECONDS / UNKNOWN_PAGE_SECONDS)),
  )
  switch (paging.by) {
    case 'keyset':
      // The first page and the last one come together; what is between them is asked for in chains.
      return full <= 1
        ? { pages: 2, requests: 1 }
        : { pages: full + 1, requests: 1 + Math.ceil((full - 1) / inRequest) }
    case 'start':
    case 'offset':
    case 'page': {
      const passes = full > 1 && Object.keys(idOrder).length === 0 ? 2 : 1
      // With each further request the page before is read once more.
      const chains = Math.ceil((full - 1) / Math.max(1, inRequest - 1))
      const pages = full + chains
      const requests = positions !== undefined || batchSize === 1 ? pages : 1 + chains
      return { pages: passes * pages, requests: passes * requests }
    }
    case 'id-filter':
    case 'last-row':
    case 'cursor':
      return { pages: full + 1, requests: full + 1 }
    case 'whole':
    case 'first-page':
      return { pages: 1, requests: 1 }
  }
}
