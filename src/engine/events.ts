import type { Bx24Error } from '../errors.ts'

export type WaitReason = 'bucket' | 'operating' | 'backoff' | 'outage'

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
  /** The portal has another address than the one that it was asked at; told once, and asked there from now on. */
  | { readonly type: 'moved'; readonly from: string; readonly to: string }
  /** The portal as a whole has not answered since then (Unix ms); nothing is sent, and `until` it is looked again. */
  | {
      readonly type: 'outage'
      readonly host: string
      readonly since: number
      readonly until: number
      readonly error: Bx24Error
    }
  | { readonly type: 'recovered'; readonly host: string; readonly since: number }
  /** Rows that have left for the destination; `cursor` and `end` are those of the page. */
  | {
      readonly type: 'page'
      readonly rows: number
      readonly cursor: number
      readonly end: number | undefined
    }
  /** The limits can no longer be shared with other machines, or can be again; `message` says so to people. */
  | { readonly type: 'sharing'; readonly message: string }
  /** A row makes every page with it fail, and is left out. */
  | { readonly type: 'unreadable'; readonly method: string; readonly id: number; readonly error: Bx24Error }
  /** What was seen of a list that the table of methods does not know, as the options that say the same. */
  | {
      readonly type: 'recognised'
      readonly method: string
      readonly shape: string
      /** How its pages are reached, or that it has none, was shown. */
      readonly isProven: boolean
    }
  /** Inputs that were refused or are of unknown outcome, among the rows that have left. */
  | { readonly type: 'failed-items'; readonly refused: number; readonly unknown: number }
  /**
   * What a walk can tell of the rows that have not left: how many were read and wait for those in front of them, and how
   * many are still ahead; `undefined` as long as that would be a guess.
   */
  | { readonly type: 'outlook'; readonly waiting: number; readonly ahead: number | undefined }

export type EventListener = (event: RunEvent) => void
