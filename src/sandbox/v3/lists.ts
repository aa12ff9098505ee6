import {
  changed,
  choice,
  column,
  constant,
  created,
  flag,
  numberId,
  numeric,
  title,
} from '../described/columns.ts'
import { wholeAnswer } from '../described/pagers.ts'
import { BARE, treeUnder, under } from '../described/shapes.ts'
import { type PhpArray, elements, isArray, map, toText } from '../values.ts'
import { FOLLOWUPS } from './followups.ts'
import { further } from './further-rows.ts'
import type { V3List } from './list-method.ts'
import { byCallersCursor, byOpaqueCursor, byPagination, firstRows } from './pagers.ts'

const EVENT_LOG = {
  entity: 'EventLogDto',
  source: further('eventlog', () => [
    numberId(),
    created('timestampX'),
    choice('severity', 'SECURITY', 'INFO', 'WARNING'),
    choice('auditTypeId', 'USER_AUTHORIZE', 'USER_LOGOUT', 'FORUM_DELETE'),
    choice('moduleId', 'main', 'rest', 'forum'),
    numeric('userId', 173),
    title('description'),
  ]),
} as const

/** Lists of REST 3.0; tasks have a file of their own. */
export const V3_LISTS: readonly V3List[] = [
  {
    name: 'main.eventlog.list',
    ...EVENT_LOG,
    paging: byPagination(50, 1000),
    fieldList: 'main.eventlog.field.list',
  },
  {
    name: 'main.eventlog.tail',
    ...EVENT_LOG,
    sortable: 'none',
    paging: byCallersCursor((name) => (name === 'id' ? 'ID' : name)),
  },
  {
    name: 'humanresources.node.list',
    entity: 'NodeDto',
    source: further(
      'node',
      (type) => [
        numberId(),
        title('name'),
        constant('type', type),
        numeric('parentId', 40),
        numeric('userCount', 60),
        created('createdAt'),
      ],
      ['type'],
    ),
    filterable: 'none',
    sortable: 'none',
    needs: ['type'],
    paging: byPagination(50, 200),
    fieldList: 'humanresources.node.field.list',
  },
  {
    name: 'humanresources.node.search',
    entity: 'NodeDto',
    source: further('node-found', () => [numberId(), title('name')], ['type', 'name']),
    filterable: 'none',
    sortable: 'none',
    needs: ['type', 'name'],
    paging: firstRows('pagination', 50, 200),
  },
  {
    name: 'humanresources.employee.subordinates',
    entity: 'DepartmentDto',
    source: further(
      'subordinates',
      () => [numberId('nodeId'), title('name'), choice('role', 'HEAD')],
      ['id'],
      60,
    ),
    filterable: 'none',
    sortable: 'none',
    hasSelect: false,
    needs: ['id'],
    paging: wholeAnswer(),
    shape: under('departments', () => ({ userId: 7 })),
  },
  {
    name: 'mail.mailbox.list',
    entity: 'MailboxDto',
    source: further('mailbox', () => [
      numberId(),
      title('name'),
      column('email', 'string', (_, row) => `box${row.id}@example.com`),
      choice('senderName', 'Анна', 'Пётр'),
    ]),
    filterable: 'none',
    sortable: 'none',
    hasSelect: false,
    paging: byPagination(25, 100),
    fieldList: 'mail.mailbox.field.list',
  },
  {
    name: 'mail.message.thread',
    entity: 'MessageDto',
    source: further('mail-thread', () => [numberId(), title('subject'), created('date')], ['id'], 70),
    filterable: 'none',
    sortable: 'none',
    hasSelect: false,
    needs: ['id'],
    paging: firstRows('limit', 20, 50),
    shape: BARE,
  },
  {
    name: 'note.collection.list',
    entity: 'CollectionDto',
    source: further('note-collection', () => [
      numberId(),
      title('name'),
      numeric('position', 90),
      choice('policyLevel', 'view', 'edit'),
      created('createdAt'),
    ]),
    filterable: 'none',
    sortable: 'none',
    hasSelect: false,
    paging: byOpaqueCursor({
      size: 50,
      most: () => 200,
      field: 'position',
      isFalling: false,
      names: ['position', 'id'],
      numberOf: ({ id }) => id,
      marks: (nextCursor, hasMore) => ({ nextCursor: hasMore ? nextCursor : null }),
    }),
    fieldList: 'note.collection.field.list',
  },
  {
    name: 'note.document.search.list',
    entity: 'DocumentDto',
    source: further('note-found', () => [numberId('documentId'), title('title')], ['query']),
    filterable: 'none',
    sortable: 'none',
    hasSelect: false,
    needs: ['query'],
    paging: firstRows('pagination', 50, 200, 'hasMore'),
  },
  {
    name: 'note.document.tree.list',
    entity: 'DocumentTreeDto',
    source: further(
      'note-tree',
      (collection) => [
        numberId(),
        constant('collectionId', Number(collection)),
        { ...column('parentId', 'integer', (_, { id }) => (id < 4 ? null : Math.floor(id / 3))) },
        title('title'),
        numeric('position', 9),
      ],
      ['collectionId'],
      130,
      'dense',
    ),
    filterable: 'none',
    sortable: 'none',
    hasSelect: false,
    needs: ['collectionId'],
    paging: wholeAnswer(),
    shape: treeUnder('items', 'parentId', { truncated: false }),
  },
  FOLLOWUPS,
  {
    name: 'timeman.record.list',
    entity: 'RecordDto',
    source: (world, params) => {
      const userId = conditionOn(params, 'userId')
      return further('timeman-record', () => [
        numberId(),
        constant('userId', Number(userId)),
        created('startTime'),
        changed('finishTime'),
        flag('isApproved'),
      ])(world, map({ ...(userId === '' ? {} : { parent: userId }) }))
    },
    filterable: ['userId', 'startTime'],
    neededInFilter: ['userId'],
    paging: byPagination(50, 1000),
    fieldList: 'timeman.record.field.list',
  },
  {
    name: 'tasks.task.result.list',
    entity: 'ResultDto',
    source: (world, params) => {
      const taskId = conditionOn(params, 'taskId')
      return further('task-result', () => [
        numberId(),
        constant('taskId', Number(taskId)),
        title('text'),
        numeric('authorId', 173),
        created('createdAt'),
        choice('status', 'open', 'closed'),
      ])(world, map({ ...(taskId === '' ? {} : { parent: taskId }) }))
    },
    filterable: ['id', 'taskId'],
    neededInFilter: ['taskId'],
    paging: byPagination(50, 1000),
  },
]

/** What a filter says that a field equals; '' if it does not. */
function conditionOn(params: PhpArray, name: string): string {
  const filter = params.get('filter')
  const conditions = isArray(filter) && filter.get('0') === name ? [filter] : elements(filter)
  for (const one of conditions) {
    if (isArray(one) && one.get('0') === name) return toText(elements(one).at(-1))
  }
  return ''
}
