import { CRM_HOUSE } from './houses.ts'
import type { Line } from './line.ts'

/** Lists of tasks. */
export const TASKS: Readonly<Record<string, Line>> = {
  'tasks.task.list': {
    ...CRM_HOUSE,
    rows: 'tasks',
    id: 'id',
    idInFilter: 'ID',
    prefixes: ['', '!', '>', '>=', '<', '<='],
    fields: { method: 'tasks.task.getFields', at: 'fields', needs: [] },
    hasCamelCaseRows: true,
    page: 'tasks/tasks-task-list',
  },
}
