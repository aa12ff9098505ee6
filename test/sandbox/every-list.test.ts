import { describe, expect, test } from 'vitest'
import { METHODS } from '../../src/sandbox/methods/registry.ts'
import { V3_METHODS } from '../../src/sandbox/v3/registry.ts'
import type { BatchBody, Body } from './asking.ts'
import { portalForTests } from './over-http.ts'

/** What methods cannot do without, as a query. */
const NEEDED: Readonly<Record<string, string>> = {
  'calendar.accessibility.get': 'users=1&from=a&to=b',
  'calendar.event.get': 'type=user&ownerId=1&from=2018-01-01&to=2040-01-01',
  'catalog.product.list': 'filter[iblockId]=23',
  'catalog.product.offer.list': 'filter[iblockId]=23',
  'catalog.product.sku.list': 'filter[iblockId]=23',
  'catalog.section.list': 'filter[iblockId]=23',
  'crm.category.list': 'entityTypeId=2',
  'crm.duplicate.findbycomm': 'type=PHONE&values=1',
  'crm.item.list': 'entityTypeId=2',
  'crm.item.productrow.list': 'filter[%3DownerType]=D&filter[%3DownerId]=7',
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
  'imbot.v2.Event.get': 'botId=1',
  'imopenlines.session.history.get': 'SESSION_ID=4',
  'landing.block.getlist': 'lid=4',
  'landing.block.getrepository': 'section=text',
  'landing.syspage.get': 'id=4',
  'lists.element.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'lists.field.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'lists.field.type.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'lists.section.get': 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41',
  'rpa.item.list': 'typeId=4',
  'task.commentitem.getlist': '0=3',
  'task.elapseditem.getlist': '0=3',
  'task.stages.get': 'entityId=4',
  'tasks.template.checklist.list': 'templateId=4',
  'timeman.timecontrol.reports.get': 'USER_ID=1&MONTH=5&YEAR=2025',
  'vote.AttachedVote.getAnswerVoted': 'answerId=1&attachId=2',
}

const NEEDED_IN_V3: Readonly<Record<string, object>> = {
  'call.followup.list': { filter: { startDate: { from: '2019-01-01' } } },
  'humanresources.employee.subordinates': { id: 4 },
  'humanresources.node.list': { type: 'TEAM' },
  'humanresources.node.search': { type: 'TEAM', name: 'a' },
  'mail.message.thread': { id: 4 },
  'note.document.search.list': { query: 'a' },
  'note.document.tree.list': { collectionId: 4 },
  'tasks.task.result.list': { filter: [['taskId', 4]] },
  'timeman.record.list': { filter: [['userId', 4]] },
}

const isChanging = (name: string): boolean => /\.v2\.Event\.get$|^event\.offline\.get$/.test(name)
const listsOf = (methods: typeof METHODS): string[] =>
  Array.from(methods.values())
    .filter((method) => method.query !== undefined)
    .map(({ name }) => name)

describe('every list method answers rows, the same in a batch as by itself', () => {
  const portal = portalForTests('rows=60,ids=dense')

  test.each(listsOf(METHODS))('%s', async (name) => {
    const query = NEEDED[name] ?? ''
    const truth = await portal.truth(name, query)
    expect(truth.length).toBeGreaterThan(0)
    const body = (await (await portal.send(`${name}?${query}`)).json()) as Body
    expect(body.error_description).toBeUndefined()
    const { result } = await portal.ask('batch', { cmd: { a: `${name}?${query}` } })
    const own = (result as BatchBody).result as { a: unknown }
    if (!isChanging(name)) expect(own.a).toEqual(body.result)
    expect(JSON.stringify(body.result).length).toBeGreaterThan(20)
  })

  test.each(listsOf(V3_METHODS))('%s of REST 3.0', async (method) => {
    const query = NEEDED_IN_V3[method] ?? {}
    const alone = (await (await portal.sendV3(method, query)).json()) as Body
    const both = (await (await portal.sendV3('batch', [{ method, query }])).json()) as Body
    expect(both.result).toEqual([alone.result])
    expect(JSON.stringify(alone.result).length).toBeGreaterThan(20)
  })
})

describe('what there is', () => {
  const portal = portalForTests()

  test('methods and scope tell, with every right that a method asks for', async () => {
    const scopes = (await portal.ask('scope')).result
    expect(scopes).toEqual(expect.arrayContaining(['catalog', 'crm', 'im', 'landing', 'user.userfield']))
    expect(scopes).not.toContain('')
    expect((await portal.ask('methods')).result).toEqual(expect.arrayContaining(listsOf(METHODS)))
    expect((await portal.ask('sale.order.getFields')).result).toMatchObject({
      order: { id: { type: 'integer', isReadOnly: true }, dateInsert: { type: 'datetime' } },
    })
  })
})
