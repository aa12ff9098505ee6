import type { Field, Row } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import type { Answer, Call, ListQuery, Method } from '../methods/method.ts'
import { selectNames, selectedShare } from '../methods/paging.ts'
import { RowView } from '../query/columns.ts'
import { PREFIXES } from '../query/comparison.ts'
import { type Selection, readFilter } from '../query/filter.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, type Value, elements, isArray, map, toText } from '../values.ts'
import type { World } from '../world.ts'
import { Written } from '../written.ts'
import type { ListColumn } from './columns.ts'
import type { Asking, ListDescription, Shape, ShownRow } from './description.ts'
import { given } from './given.ts'
import { isReadable, oddValue } from './odd-rows.ts'
import { BARE } from './shapes.ts'

const FILTER_PREFIXES = new Set([...PREFIXES.keys()].filter((sign) => sign !== '*' && !sign.endsWith('><')))

/** A query together with all columns of its rows, selected or not: keys and groups need them. */
interface Asked extends ListQuery {
  readonly all: readonly ListColumn[]
}

/** The methods that a description describes. */
export function listMethods(description: ListDescription): Method[] {
  const list = listMethod(description)
  const { fields, rows } = description
  if (fields === undefined) return [list]
  const columns = (): Value =>
    map(rows.columns('').map((one): [string, Value] => [one.asked, fieldTraits(one)]))
  return [
    list,
    {
      name: fields.name,
      scope: list.scope,
      weight: 0.1,
      run: () => ({ result: map({ [fields.key]: columns() }) }),
    },
  ]
}

function fieldTraits({ field, isId }: ListColumn): Value {
  return map({ type: field.type, isImmutable: false, isReadOnly: isId === true, isRequired: false })
}

function listMethod(description: ListDescription): Method {
  const { name, shape = BARE, paging } = description
  const scope = description.scope ?? name.split('.')[0]
  const query = queryReader(description, shape)
  const run = (world: World, call: Call): Answer => {
    const isRefused = world.settings.readings['app-methods'] === 'refused' && !call.isApplication
    if (description.isForApplications === true && isRefused) {
      throw new Refusal('WRONG_AUTH_TYPE', 'Current authorization type is denied for this method', 403)
    }
    const instead = description.instead?.(call.params)
    if (instead !== undefined) return { ...instead, rows: 0 }
    const asked = query(world, call.params)
    const { rows, total, next, beside = {}, counted, offset } = paging({ world, call, query: asked })
    return {
      result: shape.wrap(shownRows(world, asked, shape, rows), beside),
      total,
      next,
      rows: rows.length,
      load: { counted, offset: offset ?? 0, selectedShare: asked.selectedShare },
    }
  }
  return { name, scope: scope === '' ? undefined : scope, weight: 1, run, query }
}

function queryReader(
  { rows, asking = {}, needs = [], missing = missingParameter }: ListDescription,
  shape: Shape,
): (world: World, params: PhpArray) => Asked {
  const known = new WeakMap<Table, readonly ListColumn[]>()
  return (world, params) => {
    for (const place of needs) if (isBlank(given(params, place))) throw missing(nameOf(place))
    requireKeys(asking, params)
    const parent = (rows.per ?? []).map((place) => toText(given(params, place))).join(' ')
    const name = parent === '' ? rows.table : `${rows.table} of ${parent}`
    const table = world.tables.further(name, {
      fields: () => rows.columns(parent).map(({ field }) => field),
      count: rows.count,
      ids: rows.ids,
    })
    const all = known.get(table) ?? rows.columns(parent)
    known.set(table, all)
    const columns = selected(world, asking, all, params).map((one) => typed(world, one))
    const isShown = rowTest(world, rows.isShown)
    const asked: Asked = {
      table,
      all: all.map((one) => typed(world, one)),
      columns,
      selection: selectionOf(world, asking, all, params),
      order: orderOf(asking, all, params),
      selectedShare: selectedShare(columns, table.fields),
      wrap: (page) => shape.wrap(shownRows(world, asked, shape, page.rows), {}),
      ...(isShown === undefined ? {} : { isShown }),
      shownAs: (row) => shownAs(world, asked, shape, row),
    }
    return asked
  }
}

function shownRows(world: World, query: Asked, shape: Shape, rows: readonly Row[]): ShownRow[] {
  return rows.map((row) => ({
    row,
    columns: new RowView(row, query.all),
    value: shownAs(world, query, shape, row),
  }))
}

function shownAs(world: World, query: Asked, shape: Shape, row: Row): Value {
  const odd = world.settings.readings['odd-rows'] === 'yes' ? oddValue(row) : undefined
  if (odd !== undefined) return odd
  return shape.one?.(new RowView(row, query.all)) ?? new Written(new RowView(row, query.columns))
}

function rowTest(
  world: World,
  own: ((row: Row) => boolean) | undefined,
): ((row: Row) => boolean) | undefined {
  if (world.settings.readings['short-pages'] !== 'yes') return own
  return own === undefined ? isReadable : (row) => own(row) && isReadable(row)
}

function selected(
  world: World,
  asking: Asking,
  all: readonly ListColumn[],
  params: PhpArray,
): readonly ListColumn[] {
  const asked = selectNames(given(params, asking.select), (value) => elements(value).map(toText))
  const names = new Set(asked ?? asking.selectedByDefault ?? ['*'])
  if (names.has('*')) return all
  const isAdded = world.settings.readings['select-id'] === 'present'
  return all.filter((one) => names.has(one.asked) || (one.isId === true && isAdded))
}

/** Whether the id comes as a text or as a number. */
function typed(world: World, column: ListColumn): ListColumn {
  const reading = world.settings.readings['id-type']
  if (column.isId !== true || reading === 'documented') return column
  const show = column.show ?? ((value: Value): Value => value)
  return {
    ...column,
    show: (value, row) => {
      const text = toText(show(value, row))
      return reading === 'number' && /^\d+$/.test(text) ? Number(text) : text
    },
  }
}

function selectionOf(world: World, asking: Asking, all: readonly ListColumn[], params: PhpArray): Selection {
  const areIdsIgnored = world.settings.readings['id-ranges'] === 'ignored'
  const { filterable, unknownField } = asking
  const fieldOf = (name: string): Field | undefined => {
    const column = all.find((one) => one.asked === name)
    if (column === undefined || filterable?.includes(name) === false) {
      if (unknownField !== undefined) throw unknownField(name)
      return undefined
    }
    return column.isId === true && areIdsIgnored ? undefined : column.field
  }
  const selection = readFilter(given(params, asking.filter), {
    prefixes: FILTER_PREFIXES,
    unknownField: 'drop',
    arrayComparison: 'cast',
    hasGroups: false,
    fieldOf,
  })
  return asking.narrow?.(selection, params) ?? selection
}

function orderOf(asking: Asking, all: readonly ListColumn[], params: PhpArray): ListQuery['order'] {
  const order = readOrder(given(params, asking.order), (name) => all.find((one) => one.asked === name)?.field)
  const id = all.find((one) => one.field.name === 'ID')?.field
  return order.length === 0 && asking.isFalling === true && id !== undefined
    ? [{ field: id, isDescending: true }]
    : order
}

/** @throws Refusal if filter or select lacks a key that must be in it */
function requireKeys(
  { filter, select, neededInFilter = [], neededInSelect = [] }: Asking,
  params: PhpArray,
): void {
  const conditions = given(params, filter)
  const hasAll = neededInFilter.every((name) => isArray(conditions) && !isBlank(conditions.get(name)))
  if (!hasAll) throw new Refusal('0', `Required filter fields: ${neededInFilter.join(', ')}`)
  const names = selectNames(given(params, select), (value) => elements(value).map(toText))
  if (names === undefined || names.includes('*')) return
  const lacks = neededInSelect.some((name) => !names.includes(name))
  if (lacks) throw new Refusal('0', `Required select fields: ${neededInSelect.join(', ')}`)
}

function missingParameter(name: string): Refusal {
  return new Refusal('100', `Could not find value for parameter {${name}}`)
}

/** What a refusal calls a parameter: its first spelling, without what it lies in. */
function nameOf(place: string): string {
  return place.split('|')[0]?.split('.').at(-1) ?? place
}

function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === null || value === ''
}
