import { dateTime, nowSeconds } from '../clock.ts'
import { storedValue } from '../data/fields.ts'
import type { Table } from '../data/table.ts'
import type { ListColumn } from '../described/columns.ts'
import { column } from '../described/columns.ts'
import type { Answer, Method } from '../methods/method.ts'
import { RowView } from '../query/columns.ts'
import { type PhpArray, type Value, isArray, list, map, toInt, toText } from '../values.ts'
import type { World } from '../world.ts'
import { Written } from '../written.ts'
import { type V3List, v3ListMethod } from './list-method.ts'
import { byPagination } from './pagers.ts'
import { invalidField, missingField, notFound } from './refusals.ts'

const STATUSES: Readonly<Record<string, string>> = {
  2: 'pending',
  3: 'in_progress',
  4: 'supposedly_completed',
  5: 'completed',
}

/** Fields of tasks as REST 3.0 calls them, and as the table does. */
const NAMES: readonly (readonly [string, string])[] = [
  ['id', 'ID'],
  ['title', 'TITLE'],
  ['description', 'DESCRIPTION'],
  ['creatorId', 'CREATED_BY'],
  ['created', 'CREATED_DATE'],
  ['responsibleId', 'RESPONSIBLE_ID'],
  ['deadline', 'DEADLINE'],
  ['status', 'STATUS'],
  ['groupId', 'GROUP_ID'],
  ['changed', 'CHANGED_DATE'],
]
const NUMBERS = new Set(['id', 'creatorId', 'responsibleId', 'groupId'])

/** The same tasks as those of the older API, under other names. Without a select only the id comes. */
export const TASK_LIST: V3List = {
  name: 'tasks.task.list',
  entity: 'TaskDto',
  source: (world) => {
    const table = world.tables.get('task')
    return { table, columns: taskColumns(table) }
  },
  relations: { responsible: personColumns, creator: personColumns },
  filterable: ['id'],
  sortable: ['id', 'title', 'deadline', 'created'],
  selectedByDefault: ['id'],
  paging: byPagination(50, 1000),
  fieldList: 'tasks.task.field.list',
}

/** Methods that change something; only these heed an idempotency key. */
export const TASK_WRITES: readonly Method[] = [
  task('add', (world, { params }) => add(world.tables.get('task'), params)),
  task('update', (world, { params }) => update(world.tables.get('task'), params)),
  task('delete', (world, { params }) => remove(world.tables.get('task'), params)),
]

export const TASK_READS: readonly Method[] = [
  v3ListMethod(TASK_LIST),
  task('get', (world, { params }) => get(world, params)),
]

function task(action: string, run: Method['run']): Method {
  return { name: `tasks.task.${action}`, scope: 'task', weight: 0.5, run }
}

function taskColumns(table: Table): readonly ListColumn[] {
  return NAMES.flatMap(([name, inTable]): ListColumn[] => {
    const field = table.field(inTable)
    if (field === undefined) return []
    const isId = name === 'id'
    const plain = { name, asked: name, field, isId }
    if (NUMBERS.has(name)) return [{ ...plain, show: (value) => (value === null ? null : toInt(value)) }]
    return name === 'status' ? [{ ...plain, show: (value) => STATUSES[toText(value)] ?? null }] : [plain]
  })
}

function personColumns(): readonly ListColumn[] {
  return [
    { ...column('id', 'integer', (n) => String(1 + (n % 173)), 'person'), show: (value) => toInt(value) },
    column('name', 'string', (n) => `Сотрудник ${1 + (n % 173)}`, 'person-name'),
    column('email', 'string', (n) => `employee${1 + (n % 173)}@example.com`, 'person-mail'),
  ]
}

function get(world: World, params: PhpArray): Answer {
  const { table, id } = taskOf(world, params)
  const columns = taskColumns(table)
  const select = params.get('select')
  const names = isArray(select) ? Array.from(select.entries(), ([, one]) => toText(one)) : ['id']
  const chosen = columns.filter(({ name }) => names.includes(name))
  return { result: map({ item: new Written(new RowView(table.rowOf(id), chosen)) }) }
}

function taskOf(world: World, params: PhpArray): { table: Table; id: number } {
  const table = world.tables.get('task')
  return { table, id: idOf(table, params) }
}

function idOf(table: Table, params: PhpArray): number {
  const given = params.get('id')
  if (given === undefined || given === null) throw missingField('id')
  if (isArray(given) || !/^\d+$/.test(toText(given))) throw invalidField('id', 'Поле `id` должно быть числом')
  const id = toInt(given)
  if (table.find(id) === undefined) throw notFound(id)
  return id
}

function add(table: Table, params: PhpArray): Answer {
  const written = givenFields(table, params)
  if (!written.has('TITLE')) throw missingField('title')
  const moment = dateTime(nowSeconds())
  const defaults = { CREATED_DATE: moment, CHANGED_DATE: moment, STATUS: '2', UF_CRM_TASK: list([]) }
  const id = table.add(map([...map(defaults), ...written]))
  const row = new Written(new RowView(table.rowOf(id), taskColumns(table)))
  return { result: map({ item: row }), write: { kind: 'add', entity: 'task', id, written } }
}

function update(table: Table, params: PhpArray): Answer {
  const id = idOf(table, params)
  const written = givenFields(table, params)
  table.update(id, map([...written, ['CHANGED_DATE', dateTime(nowSeconds())]]))
  return { result: map({ result: true }), write: { kind: 'update', entity: 'task', id, written } }
}

function remove(table: Table, params: PhpArray): Answer {
  const id = idOf(table, params)
  table.delete(id)
  return { result: map({ result: true }), write: { kind: 'delete', entity: 'task', id, written: undefined } }
}

/** What is to be written, by the names of the table. @throws V3Refusal without `fields` */
function givenFields(table: Table, params: PhpArray): Map<string, Value> {
  const given = params.get('fields')
  if (!isArray(given)) throw missingField('fields')
  const written = new Map<string, Value>()
  for (const [name, value] of given.entries()) {
    const inTable = NAMES.find(([one]) => one === name)?.[1]
    const field = inTable === undefined ? undefined : table.field(inTable)
    if (field !== undefined && !field.isReadOnly) written.set(field.name, storedValue(field, value))
  }
  return written
}
