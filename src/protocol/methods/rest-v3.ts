import type { House, Line } from './line.ts'

/** Lists of REST 3.0 that filter by conditions: walked by id, in pages as large as the portal grants. */
const HOUSE: House = {
  api: 'v3',
  rows: 'items',
  id: 'id',
  paging: { by: 'id-filter', limit: ['pagination', 'limit'], pageRows: 1000 },
  filter: 'filter',
  prefixes: ['', '!', '>', '>=', '<', '<=', '@'],
  select: 'select',
  order: 'order',
  spelling: 'camelCase',
}

function fieldsOf(method: string): NonNullable<Exclude<Line['fields'], string>> {
  return { method, at: 'items', needs: [] }
}

/** Pages by the number of rows in front, the only way where nothing can be filtered by id. */
const BY_OFFSET = {
  by: 'offset',
  offset: ['pagination', 'offset'],
  limit: ['pagination', 'limit'],
  pageRows: 200,
  isByPageSize: false,
  end: { by: 'empty-page' },
} as const

/** What a list of REST 3.0 is like as a rule; whether it can be walked by id, nobody has said. */
export const UNKNOWN_V3: Line = { ...HOUSE, paging: BY_OFFSET, order: 'none', page: 'rest-v3/index' }

/** All `OBJECT.field.list` are alike: they tell the fields of an object. */
export const FIELD_LIST: Line = {
  api: 'v3',
  rows: 'items',
  code: 'name',
  select: 'select',
  spelling: 'camelCase',
  page: 'rest-v3/tasks/tasks-task-field-list',
}

export const REST_V3: Readonly<Record<string, Line>> = {
  'tasks.task.list': {
    ...HOUSE,
    usualSelect: ['*'],
    fields: fieldsOf('tasks.task.field.list'),
    page: 'rest-v3/tasks/tasks-task-list',
  },
  'tasks.task.result.list': {
    ...HOUSE,
    needs: ['filter[taskId]'],
    page: 'rest-v3/tasks/result/tasks-task-result-list',
  },
  'main.eventlog.list': {
    ...HOUSE,
    fields: fieldsOf('main.eventlog.field.list'),
    page: 'rest-v3/main/main-eventlog-list',
  },
  'main.eventlog.tail': {
    ...HOUSE,
    paging: {
      by: 'last-row',
      from: [{ to: ['cursor', 'value'], member: 'id' }],
      begin: { cursor: { field: 'id', order: 'ASC', value: 0 } },
      isFalling: false,
      limit: ['cursor', 'limit'],
      pageRows: 50,
      end: { by: 'empty-page' },
    },
    order: 'none',
    fields: fieldsOf('main.eventlog.field.list'),
    page: 'rest-v3/main/main-eventlog-tail',
  },
  'timeman.record.list': {
    ...HOUSE,
    paging: BY_OFFSET,
    needs: ['filter[userId]'],
    fields: fieldsOf('timeman.record.field.list'),
    page: 'rest-v3/timeman/timeman-record-list',
  },
}
