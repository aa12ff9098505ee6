import {
  type ListColumn,
  choice,
  column,
  constant,
  created,
  flag,
  numberId,
  numeric,
  textId,
  title,
} from '../../described/columns.ts'
import { byEventOffset, byLastId, byLastIdAndType, collapsed } from '../../described/cursors.ts'
import type { ListDescription, RowsDescription, ShownRow } from '../../described/description.ts'
import { byLimitOnly, byOffset, wholeAnswer } from '../../described/pagers.ts'
import { groupedBy, keyedBy, scalars, under } from '../../described/shapes.ts'
import { FIRST_NAMES } from '../../data/texts.ts'
import { mix, pick } from '../../random.ts'
import { Refusal } from '../../refusal.ts'
import { type Value, list, map } from '../../values.ts'

const PEOPLE = 40
const upperCaseOffset = { limit: 'LIMIT', offset: 'OFFSET' }
const empty = (name: string): Refusal => new Refusal(`${name}_EMPTY`, `${name} can't be empty`)

const people = (table: string, per?: string): RowsDescription => ({
  table,
  ...(per === undefined ? {} : { per: [per] }),
  columns: () => personColumns(),
})

export const CHATS: readonly ListDescription[] = [
  {
    name: 'im.search.user.list',
    rows: people('im-user'),
    needs: ['FIND'],
    missing: empty,
    paging: byOffset({ ...upperCaseOffset, size: 10, most: 50, total: 'count', hasNext: true }),
    shape: keyedBy('id'),
  },
  {
    name: 'im.search.chat.list',
    rows: { table: 'im-chat', columns: () => [numberId(), title('name'), choice('type', 'chat', 'open')] },
    paging: byOffset({ ...upperCaseOffset, size: 10, most: 50, total: 'count', hasNext: true }),
  },
  {
    name: 'im.dialog.users.list',
    rows: people('im-dialog-user', 'DIALOG_ID'),
    needs: ['DIALOG_ID'],
    missing: empty,
    paging: byOffset({ ...upperCaseOffset, size: 50, most: 200, total: 'count', hasNext: true }),
  },
  {
    name: 'im.department.colleagues.list',
    rows: people('im-colleague'),
    paging: byOffset({ ...upperCaseOffset, size: 10, most: 50, total: 'count', hasNext: true }),
    shape: scalars('id'),
  },
  {
    name: 'im.recent.list',
    rows: {
      table: 'im-recent',
      ids: 'dense',
      isShown: (row) => dialogOf(row.id) === row.id,
      columns: () => [
        { ...column('id', 'string', (_, row) => row.id, 'dialog'), show: (_, row) => dialogId(row.id) },
        { ...numberId('chat_id'), isId: false },
        column('type', 'string', (_, row) => (isPerson(row.id) ? 'user' : 'chat')),
        title('title'),
        numeric('counter', 9),
        created('date_update'),
        column('options', 'string', () => list([])),
      ],
    },
    asking: { isFalling: true },
    paging: collapsed(
      byOffset({ ...upperCaseOffset, size: 50, most: 200, total: 'minus-one', more: 'hasMore' }),
      dialogOf,
    ),
    shape: under('items', () => ({ hasMorePages: false })),
  },
  {
    name: 'im.dialog.messages.get',
    rows: {
      table: 'im-message',
      per: ['DIALOG_ID'],
      columns: () => [
        numberId(),
        constant('chat_id', 1489),
        numeric('author_id', PEOPLE),
        created('date'),
        title('text'),
        flag('unread'),
        column('replaces', 'string', () => list([])),
        column('params', 'string', (n) => (n % 4 === 0 ? map({ FILE_ID: list([n % 900]) }) : list([]))),
      ],
    },
    needs: ['DIALOG_ID'],
    missing: empty,
    asking: { isFalling: true },
    paging: byLastId({ size: 20, most: 50 }),
    shape: under('messages', (rows) => ({ chat_id: 1489, users: authorsOf(rows), files: filesOf(rows) })),
  },
  {
    name: 'im.notify.get',
    rows: { table: 'im-notification', columns: notificationColumns },
    asking: { isFalling: true },
    paging: byLastIdAndType((row) => mix(row.hash, 1) % 4 === 0, 50, 50),
    shape: under('notifications', (rows) => ({ chat_id: 77, total_unread_count: 5, users: authorsOf(rows) })),
  },
  {
    name: 'im.notify.history.search',
    rows: { table: 'im-notification', columns: notificationColumns },
    asking: { isFalling: true },
    paging: byLastId({ size: 50, most: 50, total: 'total_results' }),
    shape: under('notifications', (rows) => ({ chat_id: 77, users: authorsOf(rows) })),
  },
  {
    name: 'im.chat.user.list',
    rows: { ...people('im-chat-user', 'CHAT_ID'), count: 70 },
    needs: ['CHAT_ID'],
    missing: empty,
    paging: wholeAnswer(),
    shape: scalars('id'),
  },
  ...['employees', 'managers'].map((who): ListDescription => ({
    name: `im.department.${who}.get`,
    rows: {
      table: `im-department-${who}`,
      count: 90,
      columns: () => [numeric('department', 12), numberId()],
    },
    needs: ['ID'],
    missing: empty,
    paging: wholeAnswer(),
    shape: groupedBy('department', 'id'),
  })),
  ...['im', 'imbot'].map((module): ListDescription => ({
    name: `${module}.v2.Event.get`,
    rows: {
      table: `${module}-event`,
      columns: () => [
        numberId('eventId'),
        choice('type', 'ONIMV2MESSAGEADD', 'ONIMV2MESSAGEUPDATE'),
        created('date'),
        column('data', 'string', () => list([])),
      ],
    },
    ...(module === 'imbot' ? { needs: ['botId'] } : {}),
    paging: byEventOffset(100, 1000),
    shape: under('events'),
  })),
  {
    name: 'imbot.v2.Bot.list',
    rows: { table: 'imbot', columns: () => [numberId(), title('code'), choice('type', 'bot', 'network')] },
    asking: { filter: 'filter', filterable: ['type'] },
    paging: byOffset({ limit: 'limit', offset: 'offset', size: 50, most: 50, more: 'hasNextPage' }),
    shape: under('bots', (rows) => ({ users: list(rows.map(({ row }) => person(row.id))) })),
  },
  {
    name: 'imbot.v2.Chat.User.list',
    rows: people('imbot-chat-user', 'dialogId'),
    needs: ['botId', 'dialogId'],
    asking: { order: 'order' },
    paging: byLimitOnly('limit', 50, 200),
  },
  {
    name: 'imopenlines.config.list.get',
    rows: {
      table: 'openline',
      columns: () => [
        textId('ID'),
        title('LINE_NAME'),
        choice('ACTIVE', 'Y', 'N'),
        column('QUEUE', 'string', (n) => list([1 + (n % 40), 41 + (n % 40)])),
        column('QUEUE_USERS_FIELDS', 'string', (n) =>
          n % 2 === 0 ? list([]) : map({ [n % 40]: person(n % 40) }),
        ),
      ],
    },
    asking: { filter: 'PARAMS.filter', order: 'PARAMS.order', select: 'PARAMS.select' },
    paging: byOffset({ limit: 'PARAMS.limit', offset: 'PARAMS.offset', size: 50, most: 200 }),
  },
  {
    name: 'imopenlines.session.history.get',
    rows: {
      table: 'session-message',
      per: ['SESSION_ID'],
      count: 110,
      columns: () => [textId('id'), title('text'), created('date')],
    },
    needs: ['SESSION_ID'],
    paging: wholeAnswer(),
    shape: keyedBy('id', 'message', {
      chatId: 1763,
      sessionId: 321,
      users: map({ 1: person(1), 7: person(7) }),
      files: list([]),
    }),
  },
]

function personColumns(): readonly ListColumn[] {
  return [
    numberId(),
    flag('active'),
    column('name', 'string', (n) => pick(FIRST_NAMES, n)),
    column('departments', 'string', (n) => list([1 + (n % 20)])),
    column('phones', 'string', (n) => (n % 2 === 0 ? false : map({ inner_phone: String(n % 90) }))),
  ]
}

function notificationColumns(): readonly ListColumn[] {
  return [
    numberId(),
    constant('chat_id', 77),
    numeric('author_id', PEOPLE),
    created('date'),
    column('notify_type', 'integer', (_, row) => (mix(row.hash, 1) % 4 === 0 ? 1 : 2 + (row.hash % 2))),
    title('text'),
    choice('notify_read', 'Y', 'N'),
    choice('params', null),
  ]
}

/** The users that messages are from, each once: a list beside the rows, longer or shorter than theirs. */
function authorsOf(rows: readonly ShownRow[]): Value {
  const ids = new Set(rows.map(({ columns }) => Number(columns.get('author_id'))))
  return list(Array.from(ids, person))
}

function filesOf(rows: readonly ShownRow[]): Value {
  return list(
    rows.filter(({ row }) => row.hash % 5 === 0).map(({ row }) => map({ id: row.id * 3, name: 'a.pdf' })),
  )
}

function person(id: number): Value {
  return map({ id, active: true, name: pick(FIRST_NAMES, id), bot: false })
}

/** The record that stands for a dialog: some records are of a dialog that was shown a page before. */
function dialogOf(id: number): number {
  const other = id % 11 === 0 ? id - 60 : id % 5 === 0 ? id - 1 : id
  return other === id || other < 1 ? id : dialogOf(other)
}

function isPerson(id: number): boolean {
  return id % 3 === 0
}

/** A person's dialog has a number, a chat a text. */
function dialogId(id: number): Value {
  return isPerson(id) ? id : `chat${id}`
}
