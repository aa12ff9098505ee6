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
      /** `batch` if its commands are of several methods; so in `answered` and `lost`. */
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
      /** Of the body, unpacked. */
      readonly bytes: number
      /** The same as it came over the wire, packed if it was. */
      readonly wireBytes: number
      /** Commands that were carried out, by their method; 1 for a call of its own. */
      readonly done: ReadonlyMap<string, number>
      /** Seconds that the portal says it worked on this request. */
      readonly portalSeconds: number
      /** The same by the method that it is billed to. */
      readonly billed: ReadonlyMap<string, number>
    }
  /** What was sent came to no good answer: it was refused, failed, or was broken off by us. */
  | {
      readonly type: 'lost'
      readonly method: string
      readonly elapsedMs: number
      readonly isBrokenOff: boolean
    }
  /**
   * A request is ready and held back, for this reason, until about `until` (Unix ms). Each of these is followed by one
   * `waited`, also if the wait is broken off; requests that wait at the same time have one pair each.
   */
  | { readonly type: 'waiting'; readonly method: string; readonly reason: WaitReason; readonly until: number }
  | { readonly type: 'waited'; readonly method: string; readonly reason: WaitReason }
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
