import {
  CHAT_HOUSE,
  EQUAL,
  PRESUMED,
  RANGE,
  WHOLE,
  cursor,
  firstPage,
  lines,
  offset,
  older,
  window,
  type Lines,
} from './houses.ts'

/** Chats, messages, bots, notifications and open channels. */
// prettier-ignore
const CHAT_LISTS = (): Lines => lines(CHAT_HOUSE, {
  'im.chat.user.list': { id: 'none', paging: WHOLE, needs: ['CHAT_ID'], page: 'chats/chat-users/im-chat-user-list' },
  'im.department.colleagues.list': { id: 'none', paging: offset('OFFSET', 'LIMIT', 50, { by: 'next' }), page: 'chats/departments/im-department-colleagues-list' },
  'im.department.employees.get': { rows: '{[]}', losesKeys: true, id: 'none', paging: WHOLE, needs: ['ID'], page: 'chats/departments/im-department-employees-get' },
  'im.department.managers.get': { rows: '{[]}', losesKeys: true, id: 'none', paging: WHOLE, needs: ['ID'], page: 'chats/departments/im-department-managers-get' },
  'im.department.get': { paging: WHOLE, needs: ['ID'], page: 'chats/departments/im-department-get' },
  'im.dialog.messages.get': { rows: 'messages', paging: older({ LAST_ID: 'id' }, 'LIMIT', 50), needs: ['DIALOG_ID'], page: 'chats/messages/im-dialog-messages-get' },
  'im.dialog.messages.search': { rows: 'messages', paging: older({ LAST_ID: 'id' }, 'LIMIT', 50), needs: ['CHAT_ID'], page: 'chats/index' },
  'im.dialog.users.list': { paging: offset('OFFSET', 'LIMIT', 200, { by: 'next' }), needs: ['DIALOG_ID'], page: 'chats/chat-users/im-dialog-users-list' },
  'im.notify.get': { rows: 'notifications', paging: older({ LAST_ID: 'id', LAST_TYPE: 'notify_type' }, 'LIMIT', 50), page: 'chats/index' },
  'im.notify.history.search': { rows: 'notifications', paging: older({ LAST_ID: 'id' }, 'LIMIT', 50), page: 'chats/notifications/im-notify-history-search' },
  'im.notify.schema.get': { rows: '{}', code: 'MODULE_ID', paging: WHOLE, page: 'chats/notifications/im-notify-schema-get' },
  'im.recent.get': { code: 'id', paging: PRESUMED, page: 'chats/im-recent-get' },
  'im.recent.list': { rows: 'items', code: 'id', paging: offset('OFFSET', 'LIMIT', 200, { by: 'more-mark', at: ['hasMore'], isMoreIf: true }, true), hasFalseTotal: true, page: 'chats/index' },
  'im.search.chat.list': { paging: offset('OFFSET', 'LIMIT', 50, { by: 'next' }), page: 'chats/search/im-search-chat-list' },
  'im.search.department.list': { paging: offset('OFFSET', 'LIMIT', 50, { by: 'next' }), needs: ['FIND'], page: 'chats/index' },
  'im.search.user.list': { rows: '{}', paging: offset('OFFSET', 'LIMIT', 50, { by: 'next' }), needs: ['FIND'], page: 'chats/index' },
  'im.search.last.get': { code: 'id', paging: PRESUMED, page: 'chats/index' },
  'im.user.list.get': { rows: '{}', paging: WHOLE, needs: ['ID'], page: 'chats/users/im-user-list-get' },
  'im.v2.Event.get': { rows: 'events', id: 'eventId', paging: cursor('nextOffset', 'offset', 1_000, { at: ['hasMore'], isMoreIf: true }), changesState: 'it confirms the events in front of `offset`, and the portal drops them', page: 'chat-bots/chat-bots-v2/im.v2/events/event-get' },
  'imbot.v2.Event.get': { rows: 'events', id: 'eventId', paging: cursor('nextOffset', 'offset', 1_000, { at: ['hasMore'], isMoreIf: true }), needs: ['botId'], changesState: 'it confirms the events in front of `offset`, and the portal drops them', page: 'chat-bots/chat-bots-v2/imbot.v2/events/event-get' },
  'imbot.bot.list': { rows: '{}', id: 'ID', paging: WHOLE, deprecated: 'imbot.v2.Bot.list', page: 'chat-bots/outdated/bots/imbot-bot-list' },
  'imbot.chat.user.list': { id: 'none', paging: WHOLE, needs: ['CHAT_ID'], deprecated: 'imbot.v2.Chat.User.list', page: 'chat-bots/outdated/chats/imbot-chat-user-list' },
  'imbot.v2.Bot.list': { rows: 'bots', paging: offset('offset', 'limit', 50, { by: 'more-mark', at: ['hasNextPage'], isMoreIf: true }), filter: 'filter', prefixes: EQUAL, page: 'chat-bots/chat-bots-v2/imbot.v2/bots/bot-list' },
  'imbot.v2.Chat.Message.getContext': { rows: 'messages', paging: window(['hasPrevPage', 'hasNextPage']), needs: ['botId', 'messageId'], page: 'chat-bots/chat-bots-v2/imbot.v2/messages/chat-message-get-context' },
  'imbot.v2.Chat.User.list': { paging: firstPage('limit', 200), order: 'none', needs: ['botId', 'dialogId'], page: 'chat-bots/chat-bots-v2/imbot.v2/chats/chat-user-list' },
  'imbot.v2.Command.list': { rows: 'commands', needs: ['botId'], page: 'chats/index' },
  'imconnector.list': { rows: '{}', losesKeys: true, id: 'none', paging: WHOLE, isForApplications: true, page: 'imopenlines/imconnector/imconnector-list' },
  'imopenlines.config.list.get': { id: 'ID', paging: offset('PARAMS.offset', 'PARAMS.limit', 200), filter: 'PARAMS[filter]', prefixes: RANGE, select: 'PARAMS[select]', order: 'PARAMS[order]', page: 'imopenlines/openlines/imopenlines-config-list-get' },
  'imopenlines.crm.chat.get': { id: 'CHAT_ID', paging: WHOLE, needs: ['CRM_ENTITY_TYPE', 'CRM_ENTITY'], page: 'imopenlines/openlines/chats/imopenlines-crm-chat-get' },
  'imopenlines.session.history.get': { rows: 'message{}', paging: PRESUMED, page: 'imopenlines/openlines/sessions/imopenlines-session-history-get' },
})

/** Lists of the messenger. */
export const CHATS = (): Lines => ({ ...CHAT_LISTS() })
