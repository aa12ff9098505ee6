import { dateTime, nowSeconds } from '../clock.ts'
import { type Field, comparesAs, storedValue } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import { SMART_PROCESSES } from '../data/tables.ts'
import { type Column, RowView } from '../query/columns.ts'
import { Refusal } from '../refusal.ts'
import { Literal, type PhpArray, type Value, elements, isArray, list, map, toInt, toText } from '../values.ts'
import type { World } from '../world.ts'
import type { Answer, ListQuery, Method } from './method.ts'
import { controllerQuery } from './controller-list.ts'
import { page, selectNames, selectedShare } from './paging.ts'

/** Entity types that are old entities under another name. */
const OLD_ENTITIES: Readonly<Record<number, string>> = { 1: 'lead', 2: 'deal', 3: 'contact', 4: 'company' }

/** Names that do not follow from the old ones. */
const ITEM_NAMES: Readonly<Record<string, string>> = {
  DATE_CREATE: 'createdTime',
  DATE_MODIFY: 'updatedTime',
  CREATED_BY_ID: 'createdBy',
  MODIFY_BY_ID: 'updatedBy',
  STATUS_ID: 'stageId',
  PHONE: 'phone',
  EMAIL: 'email',
}

export function itemMethods(): Method[] {
  const method = (action: string, run: Method['run'], rest: Partial<Method> = {}): Method => {
    return { name: `crm.item.${action}`, scope: 'crm', weight: 1, run, ...rest }
  }
  return [
    method('list', (world, call) => page(world, call, itemQuery(world, call.params), 'controller'), {
      query: itemQuery,
    }),
    method('fields', (world, { params }) => ({ result: itemFields(itemTable(world, params)) }), {
      weight: 0.1,
    }),
    method('get', (world, { params }) => get(itemTable(world, params), params), { weight: 0.5 }),
    method('add', (world, { params }) => add(itemTable(world, params), params)),
    method('update', (world, { params }) => update(itemTable(world, params), params)),
    method('delete', (world, { params }) => remove(itemTable(world, params), params)),
  ]
}

/** @throws Refusal without an entity type, or with one that the portal does not have */
function itemTable(world: World, params: PhpArray): Table {
  const given = params.get('entityTypeId')
  if (given === undefined || given === '') {
    throw new Refusal('100', 'Could not find value for parameter {entityTypeId}')
  }
  const id = toInt(given)
  const name = OLD_ENTITIES[id] ?? (SMART_PROCESSES.includes(id) ? `item-${id}` : undefined)
  if (name === undefined) throw new Refusal('NOT_FOUND', 'Смарт-процесс не найден')
  return world.tables.get(name)
}

function itemQuery(world: World, params: PhpArray): ListQuery {
  const table = itemTable(world, params)
  const columns = itemColumns(table)
  const byName = new Map(columns.map((column) => [column.name, column.field]))
  const fieldOf = (name: string): Field | undefined => byName.get(name)
  const names = selectNames(params.get('select'), (value) => elements(value).map(toText))
  const selected = selectItemColumns(world, columns, new Set(names ?? ['*']))
  return {
    table,
    columns: selected,
    ...controllerQuery(params, fieldOf),
    selectedShare: selectedShare(selected, table.fields),
    wrap: (rows) => map({ items: rows }),
  }
}

function selectItemColumns(world: World, columns: readonly Column[], names: ReadonlySet<string>): Column[] {
  return columns.filter(
    (column) =>
      names.has(column.name) ||
      (names.has('*') && column.field.group !== 'multiple') ||
      (names.has('ufCrm_*') && column.field.group === 'user') ||
      (column.name === 'id' && world.settings.readings['select-id'] === 'present'),
  )
}

/** `STAGE_ID` → `stageId`; a user field with a number keeps its underscore: `ufCrm_1601`. */
export function camelName(name: string): string {
  const own = ITEM_NAMES[name]
  if (own !== undefined) return own
  return name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function itemColumns(table: Table): Column[] {
  return table.fields.map((field) => ({
    name: camelName(field.name),
    field,
    show: (value) => itemValue(field, value),
  }))
}

/** Ids and amounts are numbers here. */
function itemValue(field: Field, value: Value): Value {
  if (comparesAs(field) !== 'number' || isArray(value) || value instanceof Literal || value === null)
    return value
  return value === '' ? null : Number(toText(value))
}

function itemFields(table: Table): Value {
  const fields = table.fields.map((field): [string, Value] => [
    camelName(field.name),
    map({
      type: field.type,
      isRequired: false,
      isReadOnly: field.isReadOnly,
      isImmutable: false,
      isMultiple: field.isMultiple,
      isDynamic: field.group === 'user',
      title: field.title,
      upperName: field.name,
    }),
  ])
  return map({ fields: map(fields) })
}

function rowOf(table: Table, params: PhpArray): number {
  const given = params.get('id')
  if (given === undefined) throw new Refusal('100', 'Could not find value for parameter {id}')
  const id = toInt(given)
  if (table.find(id) === undefined) throw new Refusal('NOT_FOUND', 'Элемент не найден')
  return id
}

function itemAnswer(table: Table, id: number): Value {
  const columns = itemColumns(table)
  return map({ item: new RowView(table.rowOf(id), columns) })
}

function get(table: Table, params: PhpArray): Answer {
  return { result: itemAnswer(table, rowOf(table, params)) }
}

function add(table: Table, params: PhpArray): Answer {
  const written = givenFields(table, params)
  const moment = dateTime(nowSeconds())
  const id = table.add(
    map([['DATE_CREATE', moment], ['DATE_MODIFY', moment], ['CREATED_BY_ID', '1'], ...written]),
  )
  return { result: itemAnswer(table, id), write: { kind: 'add', entity: table.name, id, written } }
}

function update(table: Table, params: PhpArray): Answer {
  const id = rowOf(table, params)
  const written = givenFields(table, params)
  table.update(id, map([...written, ['DATE_MODIFY', dateTime(nowSeconds())]]))
  return { result: itemAnswer(table, id), write: { kind: 'update', entity: table.name, id, written } }
}

function remove(table: Table, params: PhpArray): Answer {
  const id = rowOf(table, params)
  table.delete(id)
  return { result: list([]), write: { kind: 'delete', entity: table.name, id, written: undefined } }
}

function givenFields(table: Table, params: PhpArray): Map<string, Value> {
  const given = params.get('fields')
  if (!isArray(given)) throw new Refusal('100', 'Could not find value for parameter {fields}')
  const byName = new Map(table.fields.map((field) => [camelName(field.name), field]))
  const written = new Map<string, Value>()
  for (const [name, value] of given.entries()) {
    const field = byName.get(name)
    if (field !== undefined && !field.isReadOnly) written.set(field.name, storedValue(field, value))
  }
  return written
}
