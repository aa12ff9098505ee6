import { dateTime, nowSeconds } from '../../clock.ts'
import {
  type ListColumn,
  askedInUpperCase,
  changed,
  choice,
  column,
  constant,
  created,
  digits,
  numberId,
  numeric,
  textId,
  title,
} from '../../described/columns.ts'
import type { ListDescription } from '../../described/description.ts'
import { given } from '../../described/given.ts'
import { byPageNumber, byStart, wholeAnswer } from '../../described/pagers.ts'
import { deepUnder, groupedBy, keyedBy, under } from '../../described/shapes.ts'
import type { Row } from '../../data/fields.ts'
import type { Selection } from '../../query/filter.ts'
import { Refusal } from '../../refusal.ts'
import { type PhpArray, isEmpty, list, toText } from '../../values.ts'

const DAY = 86_400
const DAYS_OF_TEN_YEARS = 3650
const FIRST_EVENT = 1_546_300_800 // 2019-01-01

/** Tasks of older methods, working groups, calendars and working time. */
export const WORK: readonly ListDescription[] = [
  {
    name: 'task.item.list',
    rows: { table: 'task-item', columns: taskColumns },
    asking: { order: '#0', filter: '#1', select: '#3', isFalling: true },
    paging: byPageNumber({
      page: '#2.NAV_PARAMS.iNumPage',
      size: '#2.NAV_PARAMS.nPageSize',
      total: 'count',
    }),
  },
  {
    name: 'task.items.getlist',
    scope: 'task',
    rows: { table: 'task-item', columns: taskColumns },
    asking: { order: '#0', filter: '#1', select: '#2', isFalling: true },
    paging: byPageNumber({ page: '#3.iNumPage', total: 'count' }),
  },
  {
    name: 'task.elapseditem.getlist',
    rows: {
      table: 'elapsed-item',
      per: ['#0'],
      count: 130,
      columns: (task) => [
        textId(),
        constant('TASK_ID', task),
        digits('USER_ID', 173),
        title('COMMENT_TEXT'),
        digits('SECONDS', 9000),
        created('CREATED_DATE'),
      ],
    },
    needs: ['#0'],
    missing: () => new Refusal('ERROR_CORE', 'TASKS_ERROR_EXCEPTION_#256; Param #0 (taskId) is missing<br>'),
    asking: { order: '#1', filter: '#2', select: '#3' },
    paging: byPageNumber({
      page: '#4.NAV_PARAMS.iNumPage',
      size: '#4.NAV_PARAMS.nPageSize',
      total: 'count',
    }),
  },
  ...['epic', 'sprint'].map((kind): ListDescription => ({
    name: `tasks.api.scrum.${kind}.list`,
    scope: 'task',
    rows: {
      table: `scrum-${kind}`,
      columns: () =>
        askedInUpperCase([numberId(), numeric('groupId', 30), title('name'), numeric('createdBy', 173)]),
    },
    asking: { filter: 'filter', order: 'order', select: 'select' },
    paging: byStart({ total: 'none', hasNext: false, minusOne: 'counted' }),
  })),
  {
    name: 'task.stages.get',
    rows: { table: 'task-stage', per: ['entityId'], count: 8, columns: stageColumns },
    needs: ['entityId'],
    paging: wholeAnswer(),
    shape: keyedBy('ID'),
  },
  {
    name: 'tasks.template.checklist.list',
    scope: 'task',
    rows: {
      table: 'template-checklist',
      per: ['templateId'],
      count: 55,
      columns: (template) =>
        askedInUpperCase([
          textId('id'),
          constant('templateId', template),
          title('title'),
          choice('isComplete', 'Y', 'N'),
        ]),
    },
    needs: ['templateId'],
    asking: { filter: 'filter', order: 'order', select: 'select' },
    paging: wholeAnswer(),
    shape: keyedBy('id', 'checkListItems'),
  },
  {
    name: 'socialnetwork.api.workgroup.list',
    rows: {
      table: 'workgroup',
      columns: () =>
        askedInUpperCase([
          textId('id'),
          title('name'),
          choice('type', 'group', 'project'),
          created('dateCreate'),
          column('additionalData', 'string', () => list([])),
        ]),
    },
    asking: { filter: 'filter', order: 'order', select: 'select', selectedByDefault: ['ID'] },
    paging: byStart({ minusOne: 'controller' }),
    shape: under('workgroups'),
  },
  {
    name: 'sonet_group.get',
    rows: {
      table: 'sonet-group',
      columns: () => [textId(), title('NAME'), choice('VISIBLE', 'Y', 'N'), created('DATE_CREATE')],
    },
    asking: { filter: 'FILTER', order: 'ORDER' },
    paging: byStart(),
  },
  {
    name: 'calendar.event.get',
    rows: {
      table: 'calendar-event',
      per: ['type', 'ownerId'],
      ids: 'dense',
      columns: (owner) => [
        column('ID', 'string', (_, row) => String(seriesOf(row)), 'series'),
        constant('OWNER_ID', owner.split(' ')[1] ?? ''),
        title('NAME'),
        column('DATE_FROM', 'string', (_, row) => dateTime(startOf(row))),
        column('DATE_FROM_TS_UTC', 'integer', (_, row) => String(startOf(row))),
        column('ATTENDEE_LIST', 'string', () => list([])),
      ],
    },
    needs: ['type', 'ownerId'],
    asking: { narrow: withinWindow },
    paging: wholeAnswer(),
  },
  {
    name: 'calendar.accessibility.get',
    rows: {
      table: 'calendar-busy',
      per: ['users'],
      count: 75,
      columns: () => [
        textId(),
        digits('USER_ID', 5),
        title('NAME'),
        created('DATE_FROM'),
        changed('DATE_TO'),
      ],
    },
    needs: ['users', 'from', 'to'],
    paging: wholeAnswer(),
    shape: groupedBy('USER_ID'),
  },
  {
    name: 'timeman.timecontrol.reports.get',
    rows: {
      table: 'timeman-day',
      per: ['USER_ID', 'MONTH', 'YEAR'],
      count: 22,
      ids: 'dense',
      columns: (parent) => [
        column('index', 'string', (_, row) => dayIndex(parent, row.id)),
        numeric('workday_duration', 30_000),
        column('workday_complete', 'boolean', (n) => n % 5 !== 0),
        column('reports', 'string', () => list([])),
      ],
    },
    needs: ['USER_ID', 'MONTH', 'YEAR'],
    paging: wholeAnswer(),
    shape: deepUnder('report', 'days', { month_title: 'May', date_start: '2025-05-01T00:00:00+03:00' }),
  },
  ...[
    { name: 'bizproc.workflow.instances', order: 'ORDER|order', place: undefined },
    { name: 'bizproc.task.list', order: 'ORDER|order', place: 'START' },
  ].map(({ name, order, place }): ListDescription => {
    const columns = name.endsWith('.list') ? bizprocTaskColumns : workflowColumns
    return {
      name,
      rows: { table: name, columns },
      asking: { filter: 'FILTER|filter', order, select: 'SELECT|select' },
      paging: byStart(place === undefined ? {} : { place }),
    }
  }),
]

function taskColumns(): readonly ListColumn[] {
  return [textId(), title(), digits('RESPONSIBLE_ID', 173), digits('STATUS', 5), created('CREATED_DATE')]
}

function stageColumns(): readonly ListColumn[] {
  return [textId(), title(), digits('SORT', 900), choice('COLOR', '00C4FB', '75D900')]
}

/** Their ids are texts in no order that could be walked. */
function workflowColumns(): readonly ListColumn[] {
  return [
    column('ID', 'string', (n, row) => `${n.toString(16).padStart(8, '0')}.${row.id}`, 'workflow'),
    changed('MODIFIED'),
    choice('OWNED_UNTIL', null),
    digits('STARTED_BY', 173),
    title('TEMPLATE_NAME'),
  ]
}

function bizprocTaskColumns(): readonly ListColumn[] {
  return [
    textId(),
    title('NAME'),
    digits('STATUS', 4),
    changed('MODIFIED'),
    column('PARAMETERS', 'string', () => list([])),
  ]
}

/** Every eighth event is a repetition of the one before and has its id. */
function seriesOf({ id }: Row): number {
  return id % 8 === 0 ? id - 1 : id
}

function startOf(row: Row): number {
  return FIRST_EVENT + (row.hash % DAYS_OF_TEN_YEARS) * DAY
}

/** What lies between `from` and `to`; from a month ago to in three months if they are left out. */
function withinWindow(selection: Selection, params: PhpArray): Selection {
  const from = boundOf(params, 'from') ?? nowSeconds() - 30 * DAY
  const to = boundOf(params, 'to') ?? nowSeconds() + 90 * DAY
  return {
    ...selection,
    key: `${selection.key} ${from} ${to}`,
    tests: [...selection.tests, (row) => startOf(row) >= from && startOf(row) <= to],
  }
}

function boundOf(params: PhpArray, name: string): number | undefined {
  const value = given(params, name)
  if (isEmpty(value)) return undefined
  const time = Date.parse(toText(value))
  return Number.isNaN(time) ? undefined : time / 1000
}

function dayIndex(parent: string, day: number): string {
  const [, month = '', year = ''] = parent.split(' ')
  return `${year}${month.padStart(2, '0')}${String(day).padStart(2, '0')}`
}
