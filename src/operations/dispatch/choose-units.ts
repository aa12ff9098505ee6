import type { Unit } from './unit.ts'

const NONE: ReadonlySet<string> = new Set()
/** How long a batch that is not full waits for more input. */
export const LINGER_MS = 500

/**
 * Which units go into the next request: the first one that may, and whatever fits beside it. Later units with a lock that
 * an earlier one waits for wait too, so that they keep their order; in serial mode so does everything behind. `isFull`:
 * more input would not make it any larger.
 */
export function chooseUnits(
  ready: readonly Unit[],
  {
    size,
    heldLocks,
    isSerial,
    heldMethods = NONE,
  }: {
    readonly size: number
    readonly heldLocks: ReadonlySet<string>
    readonly isSerial: boolean
    /** Methods that have to wait for their operating time: units of others go first. */
    readonly heldMethods?: ReadonlySet<string> | undefined
  },
): { readonly units: readonly Unit[]; readonly isFull: boolean } {
  const chosen: Unit[] = []
  const seenLocks = new Set<string>()
  let commands = 0
  for (const unit of ready) {
    const { lock } = unit
    const isUnlocked = lock === undefined || (!heldLocks.has(lock) && !seenLocks.has(lock))
    const isFree = isUnlocked && !unit.commands.some(({ method }) => heldMethods.has(method))
    if (lock !== undefined) seenLocks.add(lock)
    if (isFree && unit.isAlone && chosen.length === 0) return { units: [unit], isFull: true }
    // A unit that is larger than a request should be goes by itself.
    const fits = commands === 0 || commands + unit.commands.length <= size
    const isTaken = isFree && !unit.isAlone && fits
    if (isTaken) {
      chosen.push(unit)
      commands += unit.commands.length
    }
    if (!fits || commands >= size || (isSerial && (!isTaken || unit.hasMore)))
      return { units: chosen, isFull: true }
  }
  return { units: chosen, isFull: false }
}

/** Puts a unit in front of those whose first item comes behind its own. */
export function insertInOrder(ready: Unit[], unit: Unit): void {
  const first = unit.items[0]?.ordinal ?? 0
  const behind = ready.findLastIndex(({ items }) => (items[0]?.ordinal ?? 0) < first)
  ready.splice(behind + 1, 0, unit)
}
