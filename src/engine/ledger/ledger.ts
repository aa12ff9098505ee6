import { emptyDocument, type LedgerDocument } from './document.ts'

/** Where the state of a portal's limits is kept: in this program alone, or in a file for all of them. */
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
