import {
  CAPITALS_HOUSE,
  CRM_HOUSE,
  EQUAL,
  RANGE,
  SMALL_HOUSE,
  WHOLE,
  lines,
  pages,
  type Lines,
} from './houses.ts'

/** Conditions in capitals, rows in camelCase. */
// prettier-ignore
const TASK_LISTS = (): Lines => lines(CRM_HOUSE, {
  'tasks.task.list': { rows: 'tasks', id: 'id', idInFilter: 'ID', prefixes: RANGE, fields: { method: 'tasks.task.getFields', at: 'fields', needs: [] }, hasCamelCaseRows: true, page: 'tasks/tasks-task-list' },
  'tasks.api.scrum.epic.list': { id: 'id', idInFilter: 'ID', prefixes: RANGE, page: 'sonet-group/scrum/epic/tasks-api-scrum-epic-list' },
  'tasks.api.scrum.sprint.list': { id: 'id', idInFilter: 'ID', prefixes: RANGE, page: 'sonet-group/scrum/sprint/tasks-api-scrum-sprint-list' },
})

/** The children of one parent, and references. */
// prettier-ignore
const TASK_WHOLE = (): Lines => lines(SMALL_HOUSE, {
  'tasks.task.result.list': { id: 'id', needs: ['taskId'], page: 'tasks/result/tasks-task-result-list' },
  'tasks.task.history.list': { rows: 'list', id: 'id', filter: 'filter', prefixes: EQUAL, order: 'order', needs: ['taskId'], page: 'tasks/index' },
  'tasks.template.checklist.list': { rows: 'checkListItems{}', id: 'id', idInFilter: 'ID', filter: 'filter', prefixes: EQUAL, select: 'select', order: 'order', needs: ['templateId'], page: 'tasks/template/checklist/tasks-template-checklist-list' },
  'tasks.api.scrum.kanban.getStages': { id: 'id', needs: ['sprintId'], page: 'tasks/index' },
  'task.stages.get': { rows: '{}', id: 'ID', needs: ['entityId'], page: 'tasks/index' },
  'task.planner.getlist': { page: 'tasks/planner/task-planner-get-list' },
  'task.checklistitem.getlist': { id: 'ID', order: 'ORDER', needs: ['TASKID'], page: 'tasks/checklist-item/task-checklist-item-get-list' },
  'task.logitem.list': { needs: ['ID|taskId'], deprecated: 'tasks.task.history.list', page: 'tasks/deprecated/task-item/task-log-item-list' },
  'task.item.userfield.getlist': { id: 'ID', filter: 'FILTER', prefixes: EQUAL, order: 'ORDER', hasFalseTotal: true, page: 'tasks/user-field/task-item-user-field-get-list' },
  'task.item.userfield.gettypes': { code: 'ID', hasFalseTotal: true, page: 'tasks/user-field/task-item-user-field-get-types' },
})

/** By position: these take no names. */
// prettier-ignore
const TASK_POSITIONS = (): Lines => lines(CAPITALS_HOUSE, {
  'task.item.list': { paging: pages('PARAMS.NAV_PARAMS.iNumPage', 'PARAMS.NAV_PARAMS.nPageSize', 50, { by: 'total' }), positions: ['ORDER', 'FILTER', 'PARAMS', 'SELECT'], deprecated: 'tasks.task.list', page: 'tasks/deprecated/task-item/task-item-list' },
  'task.items.getlist': { paging: pages('NAV_PARAMS.iNumPage', undefined, 50, { by: 'total' }), select: 'TASKDATA', positions: ['ORDER', 'FILTER', 'TASKDATA', 'NAV_PARAMS'], deprecated: 'tasks.task.list', page: 'tasks/deprecated/task-items-get-list' },
  'task.elapseditem.getlist': { paging: pages('PARAMS.NAV_PARAMS.iNumPage', 'PARAMS.NAV_PARAMS.nPageSize', 50, { by: 'total' }), positions: ['TASKID', 'ORDER', 'FILTER', 'SELECT', 'PARAMS'], page: 'tasks/elapsed-item/task-elapsed-item-get-list' },
  'task.elapseditem.get': { paging: WHOLE, filter: 'none', select: 'none', order: 'none', needs: ['TASKID', 'ITEMID'], positions: ['TASKID', 'ITEMID'], page: 'tasks/elapsed-item/task-elapsed-item-get' },
  'task.commentitem.getlist': { paging: WHOLE, select: 'none', needs: ['TASKID'], positions: ['TASKID', 'ORDER', 'FILTER'], deprecated: '', page: 'tasks/comment-item/task-comment-item-get-list' },
})

/** Lists of tasks. */
export const TASKS = (): Lines => ({ ...TASK_LISTS(), ...TASK_WHOLE(), ...TASK_POSITIONS() })
