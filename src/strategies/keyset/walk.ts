import type { Caller } from '../../engine/caller.ts'
import type { ListQuery, Walk, WalkOptions } from '../strategy.ts'
import { KeysetRun } from './run.ts'

/**
 * Walks a list method by id: `filter[>ID]` grows and `start=-1` spares the portal the count. One request brings up to
 * 50 pages, in chains of which each page asks for what lies behind the last id of the one before it. Several requests are
 * in flight over different stretches of the ids, which follow what was seen of the list, not a straight division.
 *
 * The end is proven by reaching rows that were seen before: the first request asks for both ends of the list, and every
 * stretch ends at a row that was read with the one behind it. What does not arrive there is asked for alone, until an
 * empty page in answer to a call of its own shows that there is no more. A short page inside a batch proves nothing:
 * behind it the references of the following commands lead nowhere, and different portals then answer differently, so
 * whatever follows it is dropped and asked for anew.
 *
 * Yields pages in strictly ascending id; what waits for pages in front of it is bounded.
 *
 * @throws IncompleteError if the portal does not answer in ascending id, NotUnderstoodError if a row has no id
 * @see https://apidocs.bitrix24.com/settings/performance/huge-data.html
 */
export const walkByKeyset: Walk = async function* (caller: Caller, query: ListQuery, options: WalkOptions) {
  const run = new KeysetRun(caller, query, options)
  try {
    yield* run.pages()
  } finally {
    await run.end()
  }
}
