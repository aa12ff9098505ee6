import type { Row } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import type { ListColumn } from '../described/columns.ts'
import type { Pager, Shape, ShownRow } from '../described/description.ts'
import { isReadable, oddValue } from '../described/odd-rows.ts'
import { under } from '../described/shapes.ts'
import type { Answer, Call, ListQuery, Method } from '../methods/method.ts'
import { selectedShare } from '../methods/paging.ts'
import { type Column, RowView } from '../query/columns.ts'
import { EVERYTHING, type Selection } from '../query/filter.ts'
import { isDescending } from '../query/order.ts'
import { type PhpArray, type Value, elements, isArray, map, toText } from '../values.ts'
import type { World } from '../world.ts'
import { Written } from '../written.ts'
import { readV3Filter } from './filter.ts'
import { V3Refusal, missingField, unknownField } from './refusals.ts'

/** A list of REST 3.0 as data. */
export interface V3List {
  readonly name: string
  readonly scope?: string
  /** What errors call its objects. */
  readonly entity: string
  source(world: World, params: PhpArray): { readonly table: Table; readonly columns: readonly ListColumn[] }
  /** Objects that a row leads to, which a select may name by `relation.field`. */
  readonly relations?: Readonly<Record<string, () => readonly ListColumn[]>>
  /** Names of fields; `none`: it has no filter (or order), and what is given as one is not read. */
  readonly filterable?: readonly string[] | 'none'
  readonly sortable?: readonly string[] | 'none'
  readonly selectedByDefault?: readonly string[]
  readonly hasSelect?: boolean
  readonly needs?: readonly string[]
  readonly neededInFilter?: readonly string[]
  /** Conditions that are given in another form than as a filter. */
  readonly narrow?: (params: PhpArray, table: Table) => Selection
  readonly paging: Pager
  readonly shape?: Shape
  /** `field.list` of these objects. */
  readonly fieldList?: string
}

const ITEMS = under('items')

export function v3ListMethod(list: V3List): Method {
  const { name, paging, shape = ITEMS } = list
  const scope = list.scope ?? name.split('.')[0]
  const query = (world: World, params: PhpArray): ListQuery => queryOf(list, shape, world, params)
  const run = (world: World, call: Call): Answer => {
    const asked = query(world, call.params)
    const { rows, beside = {}, offset = 0 } = paging({ world, call, query: asked })
    return {
      result: shape.wrap(shown(world, asked, rows), beside),
      rows: rows.length,
      load: { offset, selectedShare: asked.selectedShare },
    }
  }
  return { name, scope, weight: 1, run, query }
}

function queryOf(list: V3List, shape: Shape, world: World, params: PhpArray): ListQuery {
  for (const name of list.needs ?? []) if (isBlank(params.get(name))) throw missingField(name)
  const { table, columns } = list.source(world, params)
  const { filterable } = list
  requireConditions(list, params.get('filter'))
  const selected = selectedColumns(world, list, columns, params)
  const selection =
    filterable === 'none'
      ? (list.narrow?.(params, table) ?? EVERYTHING)
      : readV3Filter(params.get('filter'), { entity: list.entity, columns, filterable })
  const asked: ListQuery = {
    table,
    columns: selected,
    selection,
    order: orderOf(list, columns, params.get('order')),
    selectedShare: selectedShare(selected, table.fields),
    wrap: (page) => shape.wrap(shown(world, asked, page.rows), {}),
    ...(world.settings.readings['short-pages'] === 'yes' ? { isShown: isReadable } : {}),
    shownAs: (row) => valueOf(world, asked, row),
  }
  return asked
}

function shown(world: World, query: ListQuery, rows: readonly Row[]): ShownRow[] {
  return rows.map((row) => ({
    row,
    columns: new RowView(row, query.columns),
    value: valueOf(world, query, row),
  }))
}

function valueOf(world: World, query: ListQuery, row: Row): Value {
  const odd = world.settings.readings['odd-rows'] === 'yes' ? oddValue(row) : undefined
  return odd ?? new Written(new RowView(row, query.columns))
}

/** @throws V3Refusal if the filter lacks a field that it has to name */
function requireConditions({ neededInFilter = [] }: V3List, filter: Value | undefined): void {
  const named = elements(filter).map((one) => (isArray(one) ? one.get('0') : one))
  const missing = neededInFilter.find((name) => !named.includes(name))
  if (missing !== undefined) throw missingField(`filter.${missing}`)
}

/** An unknown field of the object itself is left out without a word, one of a related object is refused. */
function selectedColumns(
  world: World,
  { relations = {}, selectedByDefault, hasSelect = true }: V3List,
  columns: readonly ListColumn[],
  params: PhpArray,
): readonly Column[] {
  const select = hasSelect ? params.get('select') : undefined
  const given = select === undefined || select === null ? selectedByDefault : elements(select).map(toText)
  if (given === undefined) return columns
  const names = new Set(given)
  const isAdded = world.settings.readings['select-id'] === 'present'
  const own = columns.filter((one) => names.has(one.name) || (one.isId === true && isAdded))
  return [...own, ...Object.entries(relations).flatMap(([name, fields]) => relation(name, fields(), given))]
}

function relation(name: string, fields: readonly ListColumn[], given: readonly string[]): Column[] {
  const names = given.filter((one) => one.startsWith(`${name}.`)).map((one) => one.slice(name.length + 1))
  const unknown = names.find((one) => !fields.some((field) => field.name === one))
  if (unknown !== undefined) throw unknownField(unknown, 'UserDto')
  const chosen = given.includes(name) ? fields : fields.filter((one) => names.includes(one.name))
  const [first] = fields
  if (chosen.length === 0 || first === undefined) return []
  return [{ name, field: first.field, show: (_, row) => map(new RowView(row, chosen).entries()) }]
}

function orderOf(
  { entity, sortable }: V3List,
  columns: readonly ListColumn[],
  order: Value | undefined,
): ListQuery['order'] {
  if (sortable === 'none' || !isArray(order)) return []
  return Array.from(order.entries(), ([name, direction]) => {
    const column = columns.find((one) => one.asked === name)
    if (column === undefined) throw unknownField(name, entity)
    if (sortable?.includes(name) === false) {
      throw new V3Refusal('INVALIDORDEREXCEPTION', `Не удается распознать выражение order \`${name}\``)
    }
    return { field: column.field, isDescending: isDescending(direction) }
  })
}

function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === null || value === ''
}

/** The `field.list` of a list's objects. */
export function fieldListMethod(list: V3List): Method {
  const { name, scope, filterable, sortable, fieldList = '' } = list
  return {
    name: fieldList,
    scope: scope ?? name.split('.')[0],
    weight: 0.1,
    run: (world, { params }) => {
      const names = (all: readonly string[] | 'none' | undefined, one: string): boolean =>
        all !== 'none' && (all?.includes(one) ?? true)
      const chosen = params.get('select')
      const rows = list.source(world, params).columns.map(({ name: field, field: { type } }) => {
        const traits = map({
          name: field,
          type: type === 'integer' ? 'int' : type,
          title: field,
          description: null,
          filterable: names(filterable, field),
          sortable: names(sortable, field),
          multiple: false,
        })
        if (chosen === undefined) return traits
        const wanted = elements(chosen).map(toText)
        return map([...traits.entries()].filter(([key]) => wanted.includes(key)))
      })
      return {
        result: ITEMS.wrap(
          rows.map((value) => ({ row: NO_ROW, columns: value, value })),
          {},
        ),
      }
    },
  }
}

const NO_ROW: Row = { id: 0, hash: 0, changes: undefined, isAdded: false }
