import { type Row, fieldValue } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import { compareStored } from './comparison.ts'
import type { Selection } from './filter.ts'
import type { OrderKey } from './order.ts'

export interface Found {
  readonly rows: readonly Row[]
  /** Rows matching; undefined where it was not asked for. */
  readonly total: number | undefined
}

export interface Wanted {
  readonly selection: Selection
  readonly order: readonly OrderKey[]
  readonly offset: number
  readonly limit: number
  readonly isCounting: boolean
}

const KEPT_LISTS = 4

/** Finds the rows of a page. Bounds on the id are arithmetic; anything else looks at rows. */
export class Finder {
  /** Ids in order for the latest filters, so that walking pages by offset does not look at all rows each time. */
  readonly #kept = new Map<string, readonly number[]>()

  find(table: Table, wanted: Wanted): Found {
    const { selection, order, offset, limit } = wanted
    const byId = order[0] === undefined || order[0].field.name === 'ID'
    const isDescending = byId && order[0]?.isDescending === true
    if (byId && selection.ids === undefined && selection.tests.length === 0) {
      return pageByRank(table, wanted, isDescending)
    }
    if (byId && !wanted.isCounting) {
      return {
        rows: firstMatches(table, selection, isDescending, offset + limit).slice(offset),
        total: undefined,
      }
    }
    const ids = this.#idsInOrder(table, selection, order, byId, isDescending)
    const rows = ids.slice(offset, offset + limit).map((id) => table.rowOf(id))
    return { rows, total: wanted.isCounting ? ids.length : undefined }
  }

  #idsInOrder(
    table: Table,
    selection: Selection,
    order: readonly OrderKey[],
    byId: boolean,
    isDescending: boolean,
  ): readonly number[] {
    const orderKey = order.map((one) => `${one.field.name} ${one.isDescending}`).join()
    const key = `${table.name} ${table.version} ${orderKey} ${selection.key}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const ids = Array.from(matches(table, selection, isDescending), (row) => row.id)
    if (!byId) sortIds(table, ids, order)
    this.#kept.set(key, ids)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_LISTS) break
      this.#kept.delete(oldest)
    }
    return ids
  }
}

function pageByRank(table: Table, wanted: Wanted, isDescending: boolean): Found {
  const [low, high] = ranks(table, wanted.selection)
  const total = Math.max(0, high - low)
  const rows: Row[] = []
  for (let index = wanted.offset; index < Math.min(total, wanted.offset + wanted.limit); index++) {
    rows.push(table.rowOf(table.idAtRank(isDescending ? high - 1 - index : low + index)))
  }
  return { rows, total: wanted.isCounting ? total : undefined }
}

function ranks(table: Table, selection: Selection): [number, number] {
  return [table.countUpTo(selection.least - 1), table.countUpTo(selection.most)]
}

function firstMatches(table: Table, selection: Selection, isDescending: boolean, limit: number): Row[] {
  const rows: Row[] = []
  for (const row of matches(table, selection, isDescending)) {
    rows.push(row)
    if (rows.length >= limit) break
  }
  return rows
}

/** Every row that a selection lets through, by id. Looks the next row up when it is asked for it. */
export function* matches(table: Table, selection: Selection, isDescending: boolean): Generator<Row> {
  for (const row of candidates(table, selection, isDescending)) {
    if (selection.tests.every((test) => test(row))) yield row
  }
}

function* candidates(table: Table, selection: Selection, isDescending: boolean): Generator<Row> {
  if (selection.ids !== undefined) {
    for (const id of isDescending ? [...selection.ids].reverse() : selection.ids) {
      const row = id < selection.least || id > selection.most ? undefined : table.find(id)
      if (row !== undefined) yield row
    }
    return
  }
  const [low, high] = ranks(table, selection)
  for (let step = 0; step < high - low; step++) {
    yield table.rowOf(table.idAtRank(isDescending ? high - 1 - step : low + step))
  }
}

function sortIds(table: Table, ids: number[], order: readonly OrderKey[]): void {
  const first = order[0]
  if (first === undefined) return
  const rows = ids.map((id) => table.rowOf(id))
  const keyed = rows.map((row) => ({ row, value: fieldValue(row, first.field) }))
  keyed.sort((left, right) => {
    const direction = first.isDescending ? -1 : 1
    const compared = direction * compareStored(first.field, left.value, right.value)
    return compared === 0 ? compareRest(left.row, right.row, order) : compared
  })
  for (const [index, { row }] of keyed.entries()) ids[index] = row.id
}

function compareRest(left: Row, right: Row, order: readonly OrderKey[]): number {
  for (const { field, isDescending } of order.slice(1)) {
    const compared = compareStored(field, fieldValue(left, field), fieldValue(right, field))
    if (compared !== 0) return isDescending ? -compared : compared
  }
  return left.id - right.id
}
