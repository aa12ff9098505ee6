import type { Caller } from '../engine/caller.ts'
import type { Bx24Error } from '../errors.ts'
import type { JsonText } from '../protocol/json-text.ts'
import type { ListMethod } from '../protocol/methods/list-method.ts'
import type { Params } from '../protocol/types.ts'

/** Ids behind `after` up to and with `upTo`; an open end is `undefined`. */
export interface IdRange {
  readonly after: number | undefined
  readonly upTo: number | undefined
}

/** A list to be walked: what the portal is asked on every page, and between which ids. */
export interface ListQuery {
  readonly method: ListMethod
  /** Checked parameters, without order, `start` and bounds on the id: those belong to the walk. */
  readonly params: Params
  readonly range: IdRange
}

/** Rows of one page in the order of the walk. */
export interface Page {
  readonly rows: readonly JsonText[]
  /** Where the walk can go on behind this page: its last id, or the number of rows so far for a walk by offset. */
  readonly cursor: number
  /** What the cursor will be at the end of the list, as far as the portal has shown it. */
  readonly end: number | undefined
}

/** Rows of a list that are not delivered yet. */
export interface Outlook {
  /** Read, and waiting for rows in front of them that are not. */
  readonly waiting: number
  /** The others, as far as the walk can tell; `undefined` as long as that would be a guess. Both ways it changes as more is seen. */
  readonly ahead: number | undefined
}

/** How it was shown that there are no more rows. */
export type EndProof =
  /** The walk arrived at the id that a look from behind had shown to be the last. */
  | { readonly by: 'seen-id'; readonly id: number }
  /** A short or empty page in answer to a call of its own. */
  | { readonly by: 'short-page' }
  /** No next page, and as many rows as the portal counts. */
  | { readonly by: 'count'; readonly total: number }
  /** The answer itself says that there is no more. */
  | { readonly by: 'mark' }
  /** The method is known to answer all rows at once. */
  | { readonly by: 'method' }
  /** Each id that was asked for has its row. */
  | { readonly by: 'ids' }
  /** An earlier run, which this one goes on with, has shown it. */
  | { readonly by: 'earlier-run' }
  /** As many rows as were wanted; nothing was to be shown. */
  | { readonly by: 'limit' }

/** A row that makes every page with it fail, while its neighbours can be read. */
export interface UnreadableRow {
  readonly id: number
  /** What came in its place. */
  readonly error: Bx24Error
}

export interface WalkOptions {
  readonly signal: AbortSignal
  /** Most pages to ask for in one request. */
  readonly batchSize: number
  /** Most requests in flight; `undefined`: as many as the portal gains from. */
  readonly concurrency: number | undefined
  /** How many rows will be taken at the most; `Infinity` for all. */
  readonly rowsWanted: number
  /** Most rows in flight, or waiting for those in front of them; left out: as many as lanes and memory call for. */
  readonly rowsHeld?: number | undefined
  /** Told of the rows to come whenever something was delivered or read; a walk that cannot tell says nothing. */
  readonly onOutlook?: ((outlook: Outlook) => void) | undefined
  /** Told how the end was shown, before the walk ends. */
  readonly onEnd?: ((proof: EndProof) => void) | undefined
  /** Told of a row that cannot be read, which is then left out. */
  readonly onUnreadable?: ((row: UnreadableRow) => void) | undefined
}

/**
 * A way to walk a list: yields pages, and ends normally only when the portal has shown that there is no more, but for
 * rows of which `onUnreadable` was told.
 *
 * @throws IncompleteError if the end cannot be shown; whatever the caller throws
 */
export type Walk = (caller: Caller, query: ListQuery, options: WalkOptions) => AsyncGenerator<Page, void>
