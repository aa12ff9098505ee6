import type { Bx24Error } from '../errors.ts'

/** A stretch of ids, behind those of the cell before it up to and with `upTo`, and how many rows lie in it. */
export interface Cell {
  readonly upTo: number
  /** An estimate, unless `isExact`. */
  readonly rows: number
  readonly isExact: boolean
}

export type WaitReason = 'bucket' | 'operating' | 'backoff'

/** The plain facts that a run reports as they happen; progress, summaries and tests listen to them. */
export type RunEvent =
  | {
      readonly type: 'sent'
      readonly method: string
      readonly commands: number
      /** Size of the request's body. */
      readonly bytes: number
    }
  | {
      readonly type: 'answered'
      readonly method: string
      readonly status: number
      readonly elapsedMs: number
      readonly bytes: number
      /** Seconds that the portal says it worked on this request. */
      readonly portalSeconds: number
      /** The same by the method that it is billed to. */
      readonly billed: ReadonlyMap<string, number>
    }
  /** Nothing is sent for this method until `until` (Unix ms), for this reason. */
  | { readonly type: 'waiting'; readonly method: string; readonly reason: WaitReason; readonly until: number }
  | {
      readonly type: 'retrying'
      readonly method: string
      readonly attempt: number
      readonly error: Bx24Error
    }
  /** Rows that have left for the destination; `cursor` and `end` are those of the page. */
  | {
      readonly type: 'page'
      readonly rows: number
      readonly cursor: number
      readonly end: number | undefined
    }
  /** Inputs that were refused or are of unknown outcome, among the rows that have left. */
  | { readonly type: 'failed-items'; readonly refused: number; readonly unknown: number }
  /** What a survey of the list says about how its rows lie over the ids, in ascending order. */
  | { readonly type: 'survey'; readonly cells: readonly Cell[] }

export type EventListener = (event: RunEvent) => void
