import { Bx24Error } from '../../src/errors.ts'
import type { FindMethod } from '../../src/protocol/methods/table.ts'
import { bracketPath, type ParamDraft, putAt, withLists } from '../../src/protocol/params.ts'
import type { ApiVersion, Params } from '../../src/protocol/types.ts'
import { METHODS } from '../../src/sandbox/methods/registry.ts'
import { V3_METHODS } from '../../src/sandbox/v3/registry.ts'
import { portalInProcess, type PortalUnderTest } from '../support/portal-in-process.ts'
import { walk, type WalkedList } from '../support/walk.ts'

/** A list of the sandbox, with what it cannot do without as a query. */
export interface SandboxList {
  readonly name: string
  readonly api: ApiVersion
  readonly query: string
}

/** What methods cannot do without. */
const NEEDED: Readonly<Record<string, string>> = {
  'calendar.accessibility.get': 'users[]=1&from=2018-01-01&to=2040-01-01',
  'calendar.event.get': 'type=user&ownerId=1&from=2018-01-01&to=2040-01-01',
  'catalog.product.list': 'filter[iblockId]=23',
  'catalog.product.offer.list': 'filter[iblockId]=23',
  'catalog.product.sku.list': 'filter[iblockId]=23',
  'catalog.section.list': 'filter[iblockId]=23',
  'crm.category.list': 'entityTypeId=2',
  'crm.duplicate.findbycomm': 'type=PHONE&values[]=1',
  'crm.item.list': 'entityTypeId=2',
  'crm.item.productrow.list': 'filter[=ownerType]=D&filter[=ownerId]=7',
  'crm.stagehistory.list': 'entityTypeId=2',
  'crm.timeline.bindings.list': 'filter[OWNER_ID]=9',
  'crm.timeline.comment.list': 'filter[ENTITY_ID]=3&filter[ENTITY_TYPE]=deal',
  'crm.timeline.logmessage.list': 'entityTypeId=2&entityId=5',
  'disk.file.search': 'QUERY=abc',
  'disk.folder.getChildren': 'id=4',
  'disk.storage.getChildren': 'id=4',
  'entity.item.get': 'ENTITY=dish',
  'im.chat.user.list': 'CHAT_ID=4',
  'im.department.employees.get': 'ID[]=1',
  'im.department.managers.get': 'ID[]=1',
  'im.dialog.messages.get': 'DIALOG_ID=chat4',
  'im.dialog.users.list': 'DIALOG_ID=chat4',
  'im.search.user.list': 'FIND=a',
  'imbot.v2.Chat.User.list': 'botId=1&dialogId=chat4',
  'imopenlines.session.history.get': 'SESSION_ID=4',
  'landing.block.getlist': 'lid=4',
  'landing.block.getrepository': 'section=text',
  'landing.syspage.get': 'id=4',
  'lists.element.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'lists.field.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'lists.field.type.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'lists.section.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'rpa.item.list': 'typeId=4',
  'task.commentitem.getlist': 'TASKID=3',
  'task.elapseditem.getlist': 'TASKID=3',
  'task.stages.get': 'entityId=4',
  'tasks.template.checklist.list': 'templateId=4',
  'timeman.timecontrol.reports.get': 'USER_ID=1&MONTH=5&YEAR=2025',
  'vote.AttachedVote.getAnswerVoted': 'answerId=1&attachId=2',
  'call.followup.list v3': 'filter[startDate][from]=2019-01-01',
  'humanresources.employee.subordinates v3': 'id=4',
  'humanresources.node.list v3': 'type=TEAM',
  'humanresources.node.search v3': 'type=TEAM&name=a',
  'mail.message.thread v3': 'id=4',
  'note.document.search.list v3': 'query=a',
  'note.document.tree.list v3': 'collectionId=4',
  'tasks.task.result.list v3': 'filter[0][0]=taskId&filter[0][1]=4',
  'timeman.record.list v3': 'filter[0][0]=userId&filter[0][1]=4',
}

/** All lists of the sandbox but those that are changed by reading them. */
export const SANDBOX_LISTS: readonly SandboxList[] = [
  ...named(METHODS.values(), 'v2'),
  ...named(V3_METHODS.values(), 'v3'),
]

function named(
  methods: Iterable<{ readonly name: string; readonly query?: unknown }>,
  api: ApiVersion,
): SandboxList[] {
  return Array.from(methods)
    .filter(({ name, query }) => query !== undefined && !/\.v2\.Event\.get$|^event\.offline\.get$/.test(name))
    .map(({ name }) => ({ name, api, query: NEEDED[api === 'v3' ? `${name} v3` : name] ?? '' }))
}

/** A portal with these traps, and the answers to all questions that nobody has measured. */
export function portalWith(readings: readonly string[], rows = 320): PortalUnderTest {
  return portalInProcess(
    {
      rows: '120',
      departments: '120',
      ids: 'dense',
      'other-rows': String(rows),
      reading: ['app-methods=served', ...readings],
    },
    { retries: 0 },
  )
}

/** What a walk brought, and what there was. */
export interface Comparison {
  readonly walked: WalkedList
  readonly error: Bx24Error | undefined
  readonly rows: readonly string[]
  readonly truth: readonly string[]
}

/** Walks a list to its end, as `get-all` does. */
export async function compare(
  { caller, portal }: PortalUnderTest,
  { name, api, query }: SandboxList,
  find?: FindMethod,
): Promise<Comparison> {
  const params = paramsOf(query)
  const walked: WalkedList = { ids: [], rows: [] }
  let error: Bx24Error | undefined
  try {
    await walk(caller, name, { parameters: { params }, api, find, list: walked })
  } catch (thrown) {
    if (!(thrown instanceof Bx24Error)) throw thrown
    error = thrown
  }
  const encoded = query.replace(/\[=/g, '[%3D').replace(/^TASKID/, '0')
  const path = `/_sandbox/truth?method=${name}&${encoded}${api === 'v3' ? '&api=v3' : ''}`
  const { body } = await portal.handle({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) })
  const truth = body.toString().split('\n').filter(Boolean)
  return { walked, error, rows: walked.rows.map(plain).toSorted(), truth: truth.map(plain).toSorted() }
}

/** However it was escaped. */
function plain(row: string): string {
  return JSON.stringify(JSON.parse(row))
}

function paramsOf(query: string): Params {
  const draft: ParamDraft = {}
  for (const pair of query.split('&').filter(Boolean)) {
    const [, name = '', value = ''] = /^((?:[^=[\]]|\[[^[\]]*\])*)=(.*)$/.exec(pair) ?? []
    putAt(draft, bracketPath(name), value)
  }
  return withLists(draft) as Params
}
