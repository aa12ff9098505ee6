import type { JsonText } from '../../protocol/json-text.ts'
import type { MoreMark, Paging } from '../../protocol/methods/list-method.ts'
import type { Reply } from '../../protocol/types.ts'
import { saysMore } from '../positions.ts'

/** Pages have 50 rows where nothing else is known. */
const PAGE_ROWS = 50

/** Names of marks that say whether there is more. */
const MORE_MARKS = ['hasMore', 'hasNextPage', 'has_more', 'hasNext', 'truncated']

/** What the first page says by itself of the pages of its list. */
export type FirstLook =
  /** How they are reached. */
  | { readonly paging: Paging }
  /** By `start`, unless there is something better: there are more rows than these. */
  | { readonly isCounted: true; readonly pageRows: number }
  /** That there are more, and not how they are reached. */
  | { readonly unclear: string }
  /** Nothing. */
  | undefined

export function firstLook(reply: Reply, rows: readonly JsonText[]): FirstLook {
  const { next, total = -1 } = reply
  const count = rows.length
  if (next !== undefined) return { isCounted: true, pageRows: next > 0 ? next : PAGE_ROWS }
  if (total > count && count > 0) return { isCounted: true, pageRows: Math.max(count, PAGE_ROWS) }
  // A count that is right, or a list without rows, shows its end where it is read by `start`.
  if (count === 0 || total === count) return { paging: { by: 'start', pageRows: PAGE_ROWS } }
  const mark = moreMark(reply)
  if (mark === undefined) return undefined
  if (saysMore(mark, reply) === false) return { paging: { by: 'whole', more: mark } }
  return {
    unclear: `says with "${mark.at.join('.')}" that there are more rows, and not how they are reached`,
  }
}

function moreMark({ result }: Reply): MoreMark | undefined {
  const name = MORE_MARKS.find((one) => ['true', 'false'].includes(result.member(one)?.toString() ?? ''))
  return name === undefined ? undefined : { at: [name], isMoreIf: true }
}
