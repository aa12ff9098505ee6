import type { CheckedQuery } from '../list-query.ts'
import { type MethodFacts, methodFacts } from '../method-facts.ts'
import { noticesOf } from '../notices.ts'
import { shapeText } from '../shape-options.ts'
import { type Estimate, estimate } from './estimate.ts'
import { type FirstRequest, firstRequest } from './first-request.ts'
import { type PagingWords, pagingWords } from './paging-words.ts'

/** Where what is said of a list comes from. */
export type KnownFrom = 'table' | 'user' | 'recognition' | 'nothing'

/** What `get-all` would do, and why. */
export interface Explanation extends MethodFacts {
  readonly knownFrom: KnownFrom
  /** The options that say the same; `null` if nothing is known. */
  readonly shape: string | null
  readonly words: PagingWords | null
  /** Ids that are read; `null` for an open end. */
  readonly range: { readonly after: number | null; readonly upTo: number | null }
  readonly select: readonly string[] | null
  readonly first: FirstRequest | null
  /** `null` as long as it is not known how the list is read. */
  readonly estimate: Estimate | null
  readonly notices: readonly string[]
}

export interface ExplainOptions {
  /** Where what is known comes from, if anything is. */
  readonly knownFrom: KnownFrom
  /** Rows to reckon with. */
  readonly rows: number
  /** Rows to stop after; `undefined` for all. */
  readonly limit: number | undefined
  readonly batchSize: number
  readonly concurrency: number | undefined
  /** Operating seconds of a method in ten minutes, or `Infinity`. */
  readonly budgetSeconds: number
}

/** @param checked what was checked as `get-all` does, and recognised if that was asked for */
export async function explained(checked: CheckedQuery, options: ExplainOptions): Promise<Explanation> {
  const { query, select } = checked
  const { method } = query
  const isUnknown = method.isUnknown === true
  const { limit = Infinity, batchSize, concurrency, budgetSeconds } = options
  const rows = Math.min(options.rows, limit)
  const walk = { batchSize, concurrency, rowsWanted: limit }
  return {
    ...methodFacts(method),
    knownFrom: isUnknown ? 'nothing' : options.knownFrom,
    shape: isUnknown ? null : shapeText(method),
    words: isUnknown ? null : pagingWords(method),
    range: { after: query.range.after ?? null, upTo: query.range.upTo ?? null },
    select: select ?? null,
    first: isUnknown ? null : await firstRequest(checked, undefined, walk),
    estimate: isUnknown ? null : estimate(method, rows, batchSize, budgetSeconds),
    notices: [...checked.warnings, ...noticesOf(method)],
  }
}
