import type { Row } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import type { World } from '../world.ts'
import type { Column, RowPage } from '../query/columns.ts'
import type { Selection } from '../query/filter.ts'
import type { OrderKey } from '../query/order.ts'
import type { PhpArray, Value } from '../values.ts'

/** One call as a method sees it, direct or as a command of a batch. */
export interface Call {
  readonly params: PhpArray
  /** The parameter `start`, which the portal takes out before the method sees the others. */
  readonly start: Value | undefined
  readonly isNested: boolean
  readonly isJsonBody: boolean
  /** Whether an application calls, and not a webhook. */
  readonly isApplication: boolean
}

/** What the portal's time for a call depends on, besides the method. */
export interface Load {
  /** Rows counted for `total`; undefined without a count. */
  readonly counted?: number | undefined
  readonly offset?: number
  /** Share of the row's fields that were selected, 0..1. */
  readonly selectedShare?: number
  readonly hasTextSearch?: boolean
}

export interface Write {
  readonly kind: 'add' | 'update' | 'delete'
  readonly entity: string
  readonly id: number
  readonly written: PhpArray | undefined
}

export interface Answer {
  readonly result: Value
  readonly total?: number | undefined
  readonly next?: number | undefined
  /** Rows of a list page; undefined for calls that are none. */
  readonly rows?: number
  readonly load?: Load
  readonly write?: Write
}

/** What a list method was asked for, before paging. */
export interface ListQuery {
  readonly table: Table
  readonly columns: readonly Column[]
  readonly selection: Selection
  readonly order: readonly OrderKey[]
  readonly selectedShare: number
  /** The rows of something that is not there: nobody can add to them or change them. */
  readonly isOfNothing?: boolean
  /** Whether a row is ever answered; each is, if left out. */
  isShown?(row: Row): boolean
  /** What is answered of a row, where it is not an object of the columns. */
  shownAs?(row: Row): Value
  wrap(page: RowPage): Value
}

export interface Method {
  readonly name: string
  /** The right that a webhook needs; undefined: none. */
  readonly scope: string | undefined
  /** Portal time of a call as a multiple of the page cost. */
  readonly weight: number
  run(world: World, call: Call): Answer
  /** Only list methods: the query behind the answer, from which `/_sandbox/truth` works too. */
  query?(world: World, params: PhpArray): ListQuery
}
