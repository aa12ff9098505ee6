import { type PhpArray, type Value, isArray, list, map, toInt, toText } from '../values.ts'
import type { Shape, ShownRow } from './description.ts'

type Further = Readonly<Record<string, Value>>

/** `result` is the rows. */
export const BARE: Shape = { wrap: (rows) => values(rows) }

/** Rows under a key of `result`; `more` are further keys, which may be lists as well. */
export function under(key: string, more: (rows: readonly ShownRow[]) => Further = () => ({})): Shape {
  return { wrap: (rows, beside) => map({ ...more(rows), [key]: values(rows), ...beside }) }
}

/** Rows under a key of an object under a key, with other things around them. */
export function deepUnder(outer: string, inner: string, around: Further): Shape {
  return { wrap: (rows) => map({ [outer]: map({ ...around, [inner]: values(rows) }) }) }
}

/** Rows are the values of an object, keyed by one of their columns; without rows it is `[]`. */
export function keyedBy(column: string, key?: string, around: Further = {}): Shape {
  return {
    wrap: (rows) => {
      const keyed = map(
        rows.map(({ columns, value }): [string, Value] => [toText(columns.get(column)), value]),
      )
      return key === undefined ? keyed : map({ ...around, [key]: keyed })
    },
  }
}

/** An object of lists: the rows by the value of a column; `one` names what is shown of a row, if it is a single value. */
export function groupedBy(column: string, one?: string): Shape {
  return {
    wrap: (rows) => {
      const groups = new Map<string, Value[]>()
      for (const { columns, value } of rows) {
        const name = toText(columns.get(column))
        groups.set(name, [...(groups.get(name) ?? []), value])
      }
      return map(Array.from(groups, ([name, group]): [string, Value] => [name, list(group)]))
    },
    ...(one === undefined ? {} : { one: (columns: PhpArray) => columns.get(one) ?? null }),
  }
}

/** Rows are single values. */
export function scalars(column: string): Shape {
  return { wrap: (rows) => values(rows), one: (columns) => columns.get(column) ?? null }
}

/** An object of codes and names; as a row each of them is a key with its value. */
export function codesToNames(code: string, name: string): Shape {
  return {
    wrap: (rows) =>
      map(rows.map(({ columns }): [string, Value] => [toText(columns.get(code)), columns.get(name) ?? null])),
    one: (columns) => map({ key: columns.get(code) ?? null, value: columns.get(name) ?? null }),
  }
}

/** Rows lie inside of their parents, under `children`; one whose parent is not there stands at the top. */
export function treeUnder(key: string, parent: string, more: Further): Shape {
  return {
    wrap: (rows) => {
      const ids = new Set(rows.map(({ row }) => row.id))
      const byParent = new Map<number, ShownRow[]>()
      for (const one of rows) {
        const above = toInt(one.columns.get(parent))
        const parentId = ids.has(above) ? above : 0
        byParent.set(parentId, [...(byParent.get(parentId) ?? []), one])
      }
      const below = (id: number): Value =>
        list(
          (byParent.get(id) ?? []).map(({ row, value }) =>
            isArray(value) ? map([...value.entries(), ['children', below(row.id)]]) : value,
          ),
        )
      return map({ [key]: below(0), ...more })
    },
  }
}

function values(rows: readonly ShownRow[]): PhpArray {
  return list(rows.map(({ value }) => value))
}
