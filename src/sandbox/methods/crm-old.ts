import { dateTime, nowSeconds } from '../clock.ts'
import { type Field, storedValue } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import { type Column, RowView } from '../query/columns.ts'
import { PREFIXES } from '../query/comparison.ts'
import { readFilter } from '../query/filter.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, type Value, elements, isArray, map, named, toInt, toText } from '../values.ts'
import type { World } from '../world.ts'
import type { Answer, ListQuery, Method } from './method.ts'
import { page, selectNames, selectedShare } from './paging.ts'

const OLD_PREFIXES = new Set([...PREFIXES.keys()].filter((sign) => sign !== '*' && !sign.endsWith('><')))
const COSTLY_WITHOUT_ID = new Set(['COMMENTS', 'PHONE', 'EMAIL'])

/** The family `crm.NAME.list|get|add|update|delete|fields` of older CRM methods. */
export function oldCrmMethods(entity: string): Method[] {
  const method = (action: string, run: Method['run'], rest: Partial<Method> = {}): Method => {
    return { name: `crm.${entity}.${action}`, scope: 'crm', weight: 1, run, ...rest }
  }
  const query = (world: World, params: PhpArray): ListQuery =>
    oldListQuery(world, world.tables.get(entity), params)
  return [
    method('list', (world, call) => page(world, call, query(world, call.params), 'old'), { query }),
    method('fields', (world) => ({ result: fieldsAnswer(world.tables.get(entity)) }), { weight: 0.1 }),
    method('get', (world, { params }) => get(world.tables.get(entity), params), { weight: 0.5 }),
    method('add', (world, { params }) => add(world.tables.get(entity), params)),
    method('update', (world, { params }) => update(world.tables.get(entity), params)),
    method('delete', (world, { params }) => remove(world.tables.get(entity), params)),
  ]
}

/** The query behind an older CRM list; also `crm.activity.list`. */
export function oldListQuery(world: World, table: Table, params: PhpArray): ListQuery {
  const fieldOf = (name: string): Field | undefined => table.field(name)
  const filter = named(params, 'filter', 'FILTER', 'Filter', 'arFilter')
  if (filter !== undefined && !isArray(filter)) throw new Refusal('', "Parameter 'filter' must be array.")
  const columns = selectedColumns(world, table, named(params, 'select', 'SELECT', 'Select', 'arSelect'))
  return {
    table,
    columns,
    selection: readFilter(filter, {
      prefixes: OLD_PREFIXES,
      unknownField: 'drop',
      arrayComparison: world.settings.readings['array-filter'] === 'cast' ? 'cast' : 'refuse',
      hasGroups: false,
      fieldOf,
    }),
    order: readOrder(named(params, 'order', 'ORDER', 'Order', 'arOrder'), fieldOf),
    selectedShare: selectedShare(columns, table.fields),
    wrap: (rows) => rows,
  }
}

/** `*` is all but user and multiple fields, `UF_*` the user fields; unknown names are skipped. */
function selectedColumns(world: World, table: Table, select: Value | undefined): Column[] {
  const names = new Set(selectNames(select, (value) => elements(value).map(toText)) ?? ['*', 'UF_*'])
  const fields = table.fields.filter(
    (one) =>
      names.has(one.name) ||
      (names.has('*') && one.group === 'plain') ||
      (names.has('UF_*') && one.group === 'user') ||
      (one.name === 'ID' && (world.settings.readings['select-id'] === 'present' || needsId(names))),
  )
  return fields.map((one) => ({ name: one.name, field: one }))
}

/** Fields that are fetched apart bring the id along, since it is needed to put them to their rows. */
function needsId(names: ReadonlySet<string>): boolean {
  return [...names].some((name) => COSTLY_WITHOUT_ID.has(name))
}

export function fieldsAnswer(table: Table): Value {
  return map(
    table.fields.map((one): [string, Value] => [
      one.name,
      map({
        type: one.type,
        isRequired: false,
        isReadOnly: one.isReadOnly,
        isImmutable: false,
        isMultiple: one.isMultiple,
        isDynamic: one.group === 'user',
        title: one.group === 'user' ? one.name : one.title,
        ...(one.group === 'user'
          ? { listLabel: one.title, formLabel: one.title, filterLabel: one.title }
          : {}),
      }),
    ]),
  )
}

function idOf(params: PhpArray): number {
  const id = toInt(named(params, 'id', 'ID'))
  if (id <= 0) throw new Refusal('', 'ID is not defined or invalid.')
  return id
}

function get(table: Table, params: PhpArray): Answer {
  const row = table.find(idOf(params))
  if (row === undefined) throw new Refusal('', 'Not found')
  return {
    result: new RowView(
      row,
      table.fields.map((one) => ({ name: one.name, field: one })),
    ),
  }
}

function add(table: Table, params: PhpArray): Answer {
  const written = givenFields(table, params)
  const moment = dateTime(nowSeconds())
  const id = table.add(
    map([['DATE_CREATE', moment], ['DATE_MODIFY', moment], ['CREATED_BY_ID', '1'], ...written]),
  )
  return { result: id, write: { kind: 'add', entity: table.name, id, written } }
}

function update(table: Table, params: PhpArray): Answer {
  const id = idOf(params)
  if (table.find(id) === undefined) throw new Refusal('', 'Not found')
  const written = givenFields(table, params)
  table.update(id, map([...written, ['DATE_MODIFY', dateTime(nowSeconds())]]))
  return { result: true, write: { kind: 'update', entity: table.name, id, written } }
}

function remove(table: Table, params: PhpArray): Answer {
  const id = idOf(params)
  if (table.find(id) === undefined) throw new Refusal('', 'Not found')
  table.delete(id)
  return { result: true, write: { kind: 'delete', entity: table.name, id, written: undefined } }
}

/** Fields that exist and may be written, in the form in which rows show them. */
function givenFields(table: Table, params: PhpArray): Map<string, Value> {
  const given = named(params, 'fields', 'FIELDS', 'Fields', 'arFields')
  if (!isArray(given)) throw new Refusal('', "Parameter 'fields' must be array.")
  const written = new Map<string, Value>()
  for (const [name, value] of given.entries()) {
    const field = table.field(name)
    if (field !== undefined && !field.isReadOnly) written.set(name, storedValue(field, value))
  }
  return written
}
