import type { LedgerDocument, Machines } from '../ledger/document.ts'
import type { SharedBucket } from '../ledger/level.ts'
import { KEPT_MS } from './names.ts'

/** What comes to each of so many machines. */
export function partOf({ places, ceiling, perSecond }: SharedBucket, machines: number): SharedBucket {
  const part = (all: number): number => Math.max(1, Math.floor(all / machines))
  return { places: part(places), ceiling: part(ceiling), perSecond: perSecond / machines }
}

/** What a ledger knows of machines: a count that is old says nothing any more. */
export function machinesIn({ machines }: LedgerDocument, newId: string): Machines {
  const { id = newId, count = 1, seenAt = 0 } = machines ?? {}
  return { id, count: Math.abs(Date.now() - seenAt) < KEPT_MS ? count : 1, seenAt }
}

export function rememberMachines(document: LedgerDocument, count: number): void {
  if (document.machines !== undefined) document.machines = { ...document.machines, count, seenAt: Date.now() }
}

/** Nobody knows how full the bucket is that all machines share: it is taken for full. */
export function fillAlone({ bucket }: LedgerDocument, { ceiling, places, perSecond }: SharedBucket): void {
  const now = Date.now()
  const left = bucket.level - (Math.max(0, now - bucket.at) / 1000) * perSecond
  Object.assign(bucket, { level: Math.max(left, ceiling), at: now, places, perSecond })
}

/**
 * Brings what was learnt of operating time from one ledger into another. Of each method the state that was used last is
 * taken: it holds the portal's own word, in which everybody's work is. Both may know of requests in flight.
 */
export function carryOver(from: LedgerDocument, into: LedgerDocument): void {
  for (const [key, state] of Object.entries(from.methods)) {
    const other = into.methods[key]
    const newest = other === undefined || state.usedAt >= other.usedAt ? structuredClone(state) : other
    newest.reserved = { ...other?.reserved, ...state.reserved }
    into.methods[key] = newest
  }
}
