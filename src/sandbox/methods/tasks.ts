import type { Field } from '../data/fields.ts'
import { pick, mix } from '../random.ts'
import { type Column, RowView } from '../query/columns.ts'
import { readFilter } from '../query/filter.ts'
import { readOrder } from '../query/order.ts'
import { Refusal } from '../refusal.ts'
import { type PhpArray, type Value, elements, list, map, toInt, toText } from '../values.ts'
import type { World } from '../world.ts'
import { camelName } from './crm-item.ts'
import type { Answer, Call, ListQuery, Method } from './method.ts'
import { page, selectNames, selectedShare } from './paging.ts'

const TASK_PREFIXES = new Set(['!', '<', '<=', '>', '>=', ''])
const GROUP_NAMES: readonly string[] = ['Запуск сайта', 'Office move', 'Отдел продаж']

export function taskMethods(): Method[] {
  return [
    { name: 'tasks.task.list', scope: 'task', weight: 1, run: listTasks, query: taskQuery },
    { name: 'tasks.task.get', scope: 'task', weight: 0.5, run: getTask },
    {
      name: 'tasks.task.getFields',
      scope: 'task',
      weight: 0.1,
      run: (world) => ({ result: map({ fields: taskFieldTexts(world) }) }),
    },
  ]
}

/** Without a count in the outer query only: `start=-1` in a batch or a JSON body may still be billed for one. */
function listTasks(world: World, call: Call): Answer {
  const query = taskQuery(world, call.params)
  const answer = page(world, call, query, 'controller')
  const isHidden = call.isNested || call.isJsonBody
  if (world.settings.readings['tasks-count'] === 'free' || !isHidden || toInt(call.start) !== -1)
    return answer
  const counted = world.finder.find(query.table, { ...query, offset: 0, limit: 0, isCounting: true }).total
  return { ...answer, load: { ...answer.load, counted } }
}

/** `tasks.task.get` of a missing task is no error but an empty result. */
function getTask(world: World, { params }: Call): Answer {
  const row = world.tables.get('task').find(toInt(params.get('taskId')))
  if (row === undefined) return { result: list([]) }
  return { result: map({ task: new RowView(row, taskColumns(world)) }) }
}

function taskQuery(world: World, params: PhpArray): ListQuery {
  const table = world.tables.get('task')
  const fieldOf = (name: string): Field | undefined => table.field(name)
  const all = taskColumns(world)
  const names = new Set(
    selectNames(params.get('select'), (value) => elements(value).map(toText)) ?? ['*', 'UF_CRM_TASK'],
  )
  const columns = all.filter(
    ({ field }) =>
      names.has(field.name) ||
      (names.has('*') && field.group === 'plain') ||
      (field.name === 'ID' && world.settings.readings['select-id'] === 'present'),
  )
  const order = readOrder(params.get('order'), fieldOf, () => new Refusal('0', 'Wrong sorting key'))
  const id = table.field('ID')
  return {
    table,
    columns,
    selection: readFilter(params.get('filter'), {
      prefixes: TASK_PREFIXES,
      unknownField: 'drop',
      arrayComparison: 'cast',
      hasGroups: false,
      fieldOf,
    }),
    order: order.length === 0 && id !== undefined ? [{ field: id, isDescending: true }] : order,
    selectedShare: selectedShare(columns, table.fields),
    wrap: (rows) => map({ tasks: rows }),
  }
}

/** Rows are in camel case, and persons and the project come as objects beside their ids. */
function taskColumns(world: World): Column[] {
  const columns: Column[] = []
  for (const field of world.tables.get('task').fields) {
    columns.push({ name: camelName(field.name), field })
    if (field.name === 'GROUP_ID') columns.push({ name: 'group', field, show: groupValue })
    if (field.name === 'RESPONSIBLE_ID') columns.push({ name: 'responsible', field, show: personValue })
    if (field.name === 'CREATED_BY') columns.push({ name: 'creator', field, show: personValue })
  }
  return columns
}

function groupValue(value: Value): Value {
  const id = toInt(value)
  if (id === 0) return list([])
  return map({
    id: String(id),
    name: pick(GROUP_NAMES, mix(id, 5)),
    opened: false,
    image: '',
    additionalData: list([]),
  })
}

function personValue(value: Value): Value {
  const id = toText(value)
  return map({
    id,
    name: `Сотрудник ${id}`,
    link: `/company/personal/user/${id}/`,
    icon: '/bitrix/images/tasks/default_avatar.png',
    workPosition: null,
  })
}

function taskFieldTexts(world: World): Value {
  return map(
    world.tables
      .get('task')
      .fields.map((field): [string, Value] => [
        field.name,
        map({ title: field.title, type: field.type, primary: field.name === 'ID' }),
      ]),
  )
}
