import { type Bx24Error } from '../errors.ts'

export type WaitReason = 'bucket' | 'operating' | 'backoff'

/** The plain facts that a run reports as they happen; progress, summaries and tests listen to them. */
export type RunEvent =
  | { readonly type: 'sent'; readonly method: string; readonly commands: number }
  | {
      readonly type: 'answered'
      readonly method: string
      readonly status: number
      readonly elapsedMs: number
      readonly bytes: number
      /** Seconds that the portal says it worked on this request. */
      readonly portalSeconds: number
    }
  /** Nothing is sent for this method until `until` (Unix ms), for this reason. */
  | { readonly type: 'waiting'; readonly method: string; readonly reason: WaitReason; readonly until: number }
  | {
      readonly type: 'retrying'
      readonly method: string
      readonly attempt: number
      readonly error: Bx24Error
    }
  /** Rows that have left for the destination. */
  | { readonly type: 'page'; readonly rows: number }

export type EventListener = (event: RunEvent) => void
