import { mix } from '../random.ts'
import type { Value } from '../values.ts'
import { type Field, type Row, fieldValue } from './fields.ts'
import type { IdSequence } from './ids.ts'

/**
 * The rows of one entity: what the seed says, with the changes since laid over it. Only changes are held.
 *
 * A *rank* is the position of a living row in ascending id, 0..count-1.
 */
export class Table {
  readonly name: string
  readonly fields: readonly Field[]
  /** Grows with every change; what was worked out under another version is stale. */
  version = 0
  readonly #ids: IdSequence
  readonly #seed: number
  readonly #byName: ReadonlyMap<string, Field>
  /** Indexes of deleted rows of the beginning, ascending. */
  readonly #deletedIndexes: number[] = []
  readonly #deletedIds = new Set<number>()
  /** Ids added since, ascending; all are greater than those of the beginning. */
  readonly #addedIds: number[] = []
  readonly #added = new Set<number>()
  readonly #changes = new Map<number, Map<string, Value>>()
  readonly #nextId: ((last: number) => number) | undefined
  #lastId: number

  /** @param nextId the id of the next row added, from the last one; ids count on unless it is given */
  constructor(
    name: string,
    fields: readonly Field[],
    ids: IdSequence,
    seed: number,
    nextId?: (last: number) => number,
  ) {
    this.name = name
    this.fields = fields
    this.#ids = ids
    this.#seed = seed
    this.#byName = new Map(fields.map((one) => [one.name, one]))
    this.#nextId = nextId
    this.#lastId = this.lastIdAtStart
  }

  /** The largest id that the table began with; 0 if it began empty. */
  get lastIdAtStart(): number {
    return this.#ids.count === 0 ? 0 : this.#ids.at(this.#ids.count - 1)
  }

  get count(): number {
    return this.#ids.count - this.#deletedIndexes.length + this.#addedIds.length
  }

  field(name: string): Field | undefined {
    return this.#byName.get(name)
  }

  /** How many living rows have an id not greater than this. */
  countUpTo(id: number): number {
    const base = this.#ids.countUpTo(id)
    return base - firstAtLeast(this.#deletedIndexes, base) + firstAtLeast(this.#addedIds, id + 1)
  }

  idAtRank(rank: number): number {
    const living = this.#ids.count - this.#deletedIndexes.length
    if (rank >= living) return this.#addedIds[rank - living] ?? Number.NaN
    if (this.#deletedIndexes.length === 0) return this.#ids.at(rank)
    let low = 0
    let high = this.#deletedIndexes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#deletedIndexes[middle] ?? 0) - middle > rank) high = middle
      else low = middle + 1
    }
    return this.#ids.at(rank + low)
  }

  /** The row with this id, for an id that is known to live. */
  rowOf(id: number): Row {
    return { id, hash: mix(this.#seed, id), changes: this.#changes.get(id), isAdded: this.#added.has(id) }
  }

  find(id: number): Row | undefined {
    if (!Number.isSafeInteger(id) || this.#deletedIds.has(id)) return undefined
    const index = this.#ids.countUpTo(id) - 1
    const isThere = this.#isAlive(id) || (index >= 0 && this.#ids.at(index) === id)
    return isThere ? this.rowOf(id) : undefined
  }

  value(row: Row, name: string): Value | undefined {
    const one = this.#byName.get(name)
    return one === undefined ? undefined : fieldValue(row, one)
  }

  /** Adds a row behind all others; without values it is invented like the rows of the beginning. */
  add(values?: Map<string, Value>): number {
    const id = this.#nextId?.(this.#lastId) ?? this.#lastId + 1
    this.#lastId = id
    this.version++
    this.#addedIds.push(id)
    if (values !== undefined) {
      this.#added.add(id)
      this.#changes.set(id, values)
    }
    return id
  }

  update(id: number, values: ReadonlyMap<string, Value>): void {
    this.version++
    const changes = this.#changes.get(id) ?? new Map<string, Value>()
    for (const [name, value] of values) changes.set(name, value)
    this.#changes.set(id, changes)
  }

  delete(id: number): void {
    this.version++
    this.#deletedIds.add(id)
    this.#changes.delete(id)
    const addedAt = firstAtLeast(this.#addedIds, id)
    if (this.#addedIds[addedAt] === id) {
      this.#addedIds.splice(addedAt, 1)
      return
    }
    const index = this.#ids.countUpTo(id) - 1
    this.#deletedIndexes.splice(firstAtLeast(this.#deletedIndexes, index), 0, index)
  }

  /** The place of an id among those that the table began with, from 1; undefined for one added since. */
  placeAtStart(id: number): number | undefined {
    const place = this.#ids.countUpTo(id)
    return place > 0 && this.#ids.at(place - 1) === id ? place : undefined
  }

  /** Whether the row was there from the beginning; deleted ones are in no list anyway. */
  isOriginal(id: number): boolean {
    return this.#addedIds[firstAtLeast(this.#addedIds, id)] !== id
  }

  #isAlive(id: number): boolean {
    return this.#addedIds[firstAtLeast(this.#addedIds, id)] === id
  }
}

/** The first position in an ascending list whose number is at least `least`. */
function firstAtLeast(ascending: readonly number[], least: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) >= least) high = middle
    else low = middle + 1
  }
  return low
}
