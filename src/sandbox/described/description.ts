import type { IdShape } from '../data/ids.ts'
import type { Row } from '../data/fields.ts'
import type { Call, ListQuery } from '../methods/method.ts'
import type { Selection } from '../query/filter.ts'
import type { Refusal } from '../refusal.ts'
import type { PhpArray, Value } from '../values.ts'
import type { World } from '../world.ts'
import type { ListColumn } from './columns.ts'

/** A list method as data: whose rows it answers, how they are asked for, how they are cut into pages and wrapped. */
export interface ListDescription {
  readonly name: string
  /** The right it needs; the first part of the name if left out, none if empty. */
  readonly scope?: string
  readonly rows: RowsDescription
  readonly asking?: Asking
  readonly paging: Pager
  /** The rows alone are the result if left out. */
  readonly shape?: Shape
  /** A second method that tells the fields, as an object under this key. */
  readonly fields?: { readonly name: string; readonly key: string }
  /** Places of parameters without which it refuses. */
  readonly needs?: readonly string[]
  /** What it says when one is missing. */
  readonly missing?: (name: string) => Refusal
  /** A webhook gets an error. */
  readonly isForApplications?: boolean
  /** A whole answer in place of a list, for some parameters. */
  readonly instead?: (params: PhpArray) => { readonly result: Value } | undefined
}

export interface RowsDescription {
  /** Methods of the same name of table share the rows. */
  readonly table: string
  /** @param parent what the parameters of `per` say, joined by blanks */
  columns(parent: string): readonly ListColumn[]
  /** As many as the setting `other-rows` says if left out. */
  readonly count?: number
  /** As the setting `ids` says if left out. */
  readonly ids?: IdShape
  /** Places of parameters that name a parent, each of which has rows of its own. */
  readonly per?: readonly string[]
  /** Only rows that pass are ever answered. */
  readonly isShown?: (row: Row) => boolean
}

/** Where filter, order and select lie (see `given`) and what may stand in them. */
export interface Asking {
  readonly filter?: string
  readonly order?: string
  readonly select?: string
  /** Names that a filter takes; all of them if left out. */
  readonly filterable?: readonly string[]
  readonly neededInFilter?: readonly string[]
  readonly neededInSelect?: readonly string[]
  /** What comes without a select; all columns if left out. */
  readonly selectedByDefault?: readonly string[]
  /** By falling id if no order is given. */
  readonly isFalling?: boolean
  /** What becomes of an unknown name in the filter; it is dropped without a word if left out. */
  readonly unknownField?: (name: string) => Refusal
  /** Conditions that lie outside of a filter. */
  readonly narrow?: (selection: Selection, params: PhpArray) => Selection
}

/** What a pager has to work on. */
export interface PageRequest {
  readonly world: World
  readonly call: Call
  readonly query: ListQuery
}

/** The rows of one answer and what stands around them. */
export interface Cut {
  readonly rows: readonly Row[]
  readonly total?: number | undefined
  readonly next?: number | undefined
  /** What lies beside the rows inside `result`. */
  readonly beside?: Readonly<Record<string, Value>>
  readonly counted?: number | undefined
  readonly offset?: number
}

export type Pager = (request: PageRequest) => Cut

/** A row together with what the answer shows of it. */
export interface ShownRow {
  readonly row: Row
  /** All columns that were selected. */
  readonly columns: PhpArray
  readonly value: Value
}

/** How rows lie in `result`. */
export interface Shape {
  wrap(rows: readonly ShownRow[], beside: Readonly<Record<string, Value>>): Value
  /** What of a row is shown as the row, where it is not all of its columns. */
  readonly one?: (columns: PhpArray) => Value
}
