import { dateTime, nowSeconds } from './clock.ts'
import type { Table } from './data/table.ts'
import type { FaultName } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { dice, pick } from './random.ts'
import { Refusal } from './refusal.ts'
import { map } from './values.ts'

const TEXT_FIELDS: readonly string[] = ['TITLE', 'SUBJECT', 'NAME', 'COMMENT', 'POST_MESSAGE']
const CHANGES: readonly FaultName[] = ['inserts', 'updates', 'deletes']

/**
 * Somebody else who works in the portal while a client reads: the faults `inserts`, `updates` and `deletes`, and so many
 * changes of all three kinds each second.
 */
export class ConcurrentWriter {
  readonly #ledger: Ledger
  readonly #chance: () => number
  readonly #perSecond: number
  /** Up to when the changes are made, in ms; `undefined` before a list is read for the first time. */
  #madeUpTo: number | undefined

  constructor(ledger: Ledger, seed: number, perSecond: number) {
    this.#ledger = ledger
    this.#chance = dice(seed)
    this.#perSecond = perSecond
  }

  /** Changes the table that is about to be read; calls that read no list are left alone. */
  disturb(faults: readonly FaultName[], tableOf: () => Table | undefined): void {
    const struck = faults.filter((name) => CHANGES.includes(name))
    const table = struck.length === 0 && this.#perSecond === 0 ? undefined : tableIfAny(tableOf)
    if (table === undefined) return
    const isLiving = (change: FaultName): boolean => change === 'inserts' || table.count > 0
    for (const change of struck.filter(isLiving)) this.#ledger.fired(change)
    for (const change of [...struck, ...this.#due()]) {
      if (!isLiving(change)) continue
      if (change === 'inserts') this.#insert(table)
      else if (change === 'updates') this.#update(table)
      else this.#delete(table)
    }
  }

  /** What nobody has looked at can as well be done when somebody looks. */
  #due(): FaultName[] {
    const now = Date.now()
    this.#madeUpTo ??= now
    const count = Math.floor(((now - this.#madeUpTo) / 1000) * this.#perSecond)
    if (count > 0) this.#madeUpTo += (count / this.#perSecond) * 1000
    return Array.from({ length: count }, () => pick(CHANGES, Math.floor(this.#chance() * CHANGES.length)))
  }

  #insert(table: Table): void {
    table.add()
    this.#ledger.stats.changes.inserted++
  }

  #update(table: Table): void {
    const id = this.#someId(table)
    const name = TEXT_FIELDS.find((one) => table.field(one) !== undefined)
    const dates = ['DATE_MODIFY', 'CHANGED_DATE', 'LAST_UPDATED'].filter(
      (one) => table.field(one) !== undefined,
    )
    const changes = map(dates.map((one): [string, string] => [one, dateTime(nowSeconds())]))
    if (name !== undefined) changes.set(name, `Изменено ${table.version}`)
    table.update(id, changes)
    this.#ledger.stats.changes.updated++
  }

  #delete(table: Table): void {
    table.delete(this.#someId(table))
    this.#ledger.stats.changes.deleted++
  }

  #someId(table: Table): number {
    return table.idAtRank(Math.floor(this.#chance() * table.count))
  }
}

/** A call that will be refused reads no table. */
function tableIfAny(tableOf: () => Table | undefined): Table | undefined {
  try {
    return tableOf()
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
