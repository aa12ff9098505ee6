import {
  CONDITIONS,
  PRESUMED,
  TAIL,
  V3_HOUSE,
  behind,
  cursor,
  firstPage,
  lines,
  paginated,
  type Lines,
} from './houses.ts'
import type { Line } from './line.ts'

/** What a list of REST 3.0 is like as a rule; whether it can be walked by id, nobody has said. */
export const UNKNOWN_V3: Line = {
  ...V3_HOUSE,
  paging: paginated(200),
  filter: 'filter',
  prefixes: CONDITIONS,
  select: 'select',
  page: 'rest-v3/index',
}

/** All `OBJECT.field.list` are alike: they tell the fields of an object. */
export const FIELD_LIST: Line = {
  ...V3_HOUSE,
  id: 'none',
  code: 'name',
  select: 'select',
  page: 'rest-v3/index',
}

function fieldsOf(method: string): NonNullable<Exclude<Line['fields'], string>> {
  return { method, at: 'items', needs: [] }
}

/** REST 3.0. Rows under `items` unless something else is said. */
// prettier-ignore
const V3_ROWS = (): Lines => lines(V3_HOUSE, {
  'tasks.task.list': { paging: behind(1_000), filter: 'filter', prefixes: CONDITIONS, select: 'select', usualSelect: ['*'], order: 'order', fields: fieldsOf('tasks.task.field.list'), page: 'tasks/tasks-task-list-rest-v3' },
  'tasks.task.result.list': { paging: behind(1_000), filter: 'filter', prefixes: CONDITIONS, select: 'select', order: 'order', needs: ['filter[taskId]'], page: 'tasks/result/tasks-task-result-list-rest-v3' },
  'main.eventlog.list': { paging: behind(1_000), filter: 'filter', prefixes: CONDITIONS, select: 'select', order: 'order', fields: fieldsOf('main.eventlog.field.list'), page: 'event-log/main-eventlog-list' },
  'main.eventlog.tail': { paging: TAIL, filter: 'filter', prefixes: CONDITIONS, select: 'select', fields: fieldsOf('main.eventlog.field.list'), page: 'event-log/main-eventlog-tail' },
  'timeman.record.list': { paging: paginated(50), filter: 'filter', prefixes: CONDITIONS, select: 'select', order: 'order', fields: fieldsOf('timeman.record.field.list'), needs: ['filter[userId]'], page: 'timeman/index' },
  'call.followup.list': { code: 'callId', paging: cursor('afterCursor', 'pagination.afterCursor', 200, { at: ['hasMore'], isMoreIf: true }), needs: ['filter[startDate]'], page: 'telephony/index' },
  'note.collection.list': { paging: cursor('nextCursor', 'pagination.afterCursor', 200), page: 'note/collection/note-collection-list' },
  'note.document.search.list': { id: 'documentId', paging: { by: 'first-page', limit: ['pagination', 'limit'], pageRows: 200, more: [{ at: ['hasMore'], isMoreIf: true }] }, needs: ['query'], page: 'note/document/note-document-search-list' },
  'note.document.tree.list': { paging: { by: 'whole', more: { at: ['truncated'], isMoreIf: true } }, needs: ['collectionId'], page: 'note/document/note-document-tree-list' },
  'mail.message.thread': { rows: '', paging: firstPage('limit', 50), needs: ['id'], page: 'mail/message/mail-message-thread' },
  'mail.recipient.listcontacts': { paging: paginated(200), page: 'mail/recipient/mail-recipient-listcontacts' },
  'mail.recipient.listemployees': { paging: paginated(200), needs: ['query'], page: 'mail/recipient/mail-recipient-listemployees' },
  'mail.mailbox.list': { paging: paginated(100), page: 'mail/index' },
  'mail.mailbox.senders': { id: 'none', paging: paginated(100), page: 'mail/index' },
  'mail.message.list': { paging: paginated(200), page: 'mail/index' },
  'humanresources.node.list': { paging: paginated(200), select: 'select', needs: ['type'], page: 'departments/node/humanresources-node-list' },
  'humanresources.node.search': { paging: firstPage('pagination.limit', 200), needs: ['type', 'name'], page: 'departments/index' },
  'humanresources.node.children': { needs: ['id'], page: 'departments/index' },
  'humanresources.node.communication.list': { rows: 'chats', needs: ['id'], notice: 'Channels and collabs stand beside the chats, and are not among the rows: bx24 call has them', page: 'departments/index' },
  'humanresources.employee.search': { id: 'userId', paging: PRESUMED, select: 'select', needs: ['name'], page: 'departments/employee/humanresources-employee-search' },
  'humanresources.employee.subordinates': { rows: 'departments', id: 'nodeId', needs: ['id'], page: 'departments/employee/humanresources-employee-subordinates' },
  'humanresources.employee.multidepartment': { rows: 'employees', id: 'userId', page: 'departments/index' },
})

/** Descriptions of fields. */
// prettier-ignore
const V3_FIELDS = (): Lines => lines(V3_HOUSE, {
  'call.followup.field.list': { code: 'name', select: 'select', page: 'telephony/index' },
  'humanresources.employee.field.list': { code: 'name', select: 'select', page: 'departments/employee/humanresources-employee-field-list' },
  'humanresources.node.field.list': { code: 'name', select: 'select', page: 'departments/node/humanresources-node-field-list' },
  'humanresources.node.member.field.list': { code: 'name', select: 'select', page: 'departments/index' },
  'mail.mailbox.field.list': { code: 'name', select: 'select', page: 'mail/mailbox/mail-mailbox-field-list' },
  'mail.message.field.list': { code: 'name', select: 'select', page: 'mail/message/mail-message-field-list' },
  'mail.recipient.field.list': { code: 'name', select: 'select', page: 'mail/recipient/mail-recipient-field-list' },
  'main.eventlog.field.list': { code: 'name', select: 'select', page: 'event-log/index' },
  'note.collection.field.list': { code: 'name', select: 'select', page: 'note/collection/note-collection-field-list' },
  'note.document.field.list': { code: 'name', select: 'select', page: 'note/document/note-document-field-list' },
  'note.document.search.field.list': { code: 'name', select: 'select', page: 'note/index' },
  'note.document.tree.field.list': { code: 'name', select: 'select', page: 'note/document/note-document-tree-field-list' },
  'note.file.field.list': { code: 'name', select: 'select', page: 'note/file/note-file-field-list' },
  'tasks.task.access.field.list': { code: 'name', select: 'select', page: 'tasks/tasks-task-access-field-list' },
  'tasks.task.chat.message.field.list': { code: 'name', select: 'select', page: 'tasks/tasks-task-chat-message-field-list' },
  'tasks.task.field.list': { code: 'name', select: 'select', page: 'tasks/tasks-task-field-list' },
  'tasks.task.file.field.list': { code: 'name', select: 'select', page: 'tasks/tasks-task-file-field-list' },
  'timeman.record.field.list': { code: 'name', select: 'select', page: 'timeman/record/timeman-record-field-list' },
})

/** Lists of REST 3.0, by names that may exist in both versions. */
export const REST_V3 = (): Lines => ({ ...V3_ROWS(), ...V3_FIELDS() })
