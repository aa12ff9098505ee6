import { emptyDocument, type LedgerDocument } from './document.ts'
import type { SharedBucket } from './level.ts'

/** The places that this program takes in the bucket that it shares with others. */
export interface Places {
  /** Takes a place if that is possible without waiting. */
  takeAtOnce(): boolean
  /**
   * Takes one place, waiting for it in the order of asking.
   *
   * @param onWait told until about when (Unix ms) this one has to wait
   * @throws the reason of `signal`
   */
  take(method: string, signal: AbortSignal, onWait: (until: number) => void): Promise<void>
  /** The portal has refused a request: nobody has a place. */
  fill(): Promise<void>
  /** Gives back what was not used. */
  close(): void
}

/**
 * Where the state of a portal's limits is kept: in this program alone, in a file for all of them, or in Redis. A change may
 * be done again, on a newer document, if others were faster; only the last time counts.
 */
export interface Ledger {
  /** Tells this program from the others in it. */
  readonly holder: string
  /** What a person calls this program. */
  readonly who: string
  /** Whether other programs see it, so that it counts requests too. */
  readonly isShared: boolean
  /** Changes the state at once; `undefined` if another program is at it just now. */
  tryChange<T>(act: (document: LedgerDocument) => T): { readonly value: T } | undefined
  /** Changes the state, waiting some milliseconds for others if need be. */
  change<T>(act: (document: LedgerDocument) => T): Promise<T>
  /** What the ledger says now, to look at. */
  look(): LedgerDocument
  /** The same as this program saw it last, which costs nothing. */
  seen(): LedgerDocument
  /** Its own way to count requests; by the level in the document if there is none. */
  openPlaces?(shared: SharedBucket): Places
  /** Lets go of what would keep the program alive. */
  close?(): Promise<void>
}

/** Changes the state at once if that is possible; a request that is ready must not wait for a turn of the event loop. */
export function changed<T>(ledger: Ledger, act: (document: LedgerDocument) => T): T | Promise<T> {
  const done = ledger.tryChange(act)
  return done === undefined ? ledger.change(act) : done.value
}

/** The ledger of a program that keeps to itself. */
export function ownLedger(): Ledger {
  const document = emptyDocument()
  return {
    holder: 'own',
    who: 'this program',
    isShared: false,
    tryChange: (act) => ({ value: act(document) }),
    change: (act) => Promise.resolve(act(document)),
    look: () => document,
    seen: () => document,
  }
}
