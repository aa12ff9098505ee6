import type { Load } from './methods/method.ts'

const COUNT_SECONDS_PER_ROW = 2e-5
const OFFSET_SECONDS_PER_ROW = 1e-5
/** A page of one field costs this share of a page of all. */
const LEAST_SELECTED_SHARE = 0.4
const TEXT_SEARCH_FACTOR = 2

/**
 * Portal seconds of one call: the page cost times the method's weight, less with few fields, more for a count (at
 * least half a page), a deep offset or a search in texts.
 */
export function billSeconds(pageCostSeconds: number, weight: number, load: Load | undefined): number {
  if (load === undefined) return pageCostSeconds * weight
  const { counted, offset = 0, selectedShare = 1, hasTextSearch = false } = load
  const page = pageCostSeconds * weight * (LEAST_SELECTED_SHARE + (1 - LEAST_SELECTED_SHARE) * selectedShare)
  const count = counted === undefined ? 0 : Math.max(pageCostSeconds / 2, counted * COUNT_SECONDS_PER_ROW)
  return page * (hasTextSearch ? TEXT_SEARCH_FACTOR : 1) + count + offset * OFFSET_SECONDS_PER_ROW
}
