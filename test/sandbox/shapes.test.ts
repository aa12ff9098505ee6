import { describe, expect, test } from 'vitest'
import type { TestRow } from './asking.ts'
import { portalForTests } from './over-http.ts'

const OF_LIST = { IBLOCK_TYPE_ID: 'lists', IBLOCK_ID: 41 }
const LIST_QUERY = 'IBLOCK_TYPE_ID=lists&IBLOCK_ID=41'
const portal = portalForTests()

const resultOf = async (method: string, params: unknown = {}): Promise<TestRow> =>
  (await portal.ask(method, params)).result as TestRow

describe('rows that are the values of an object', () => {
  test.each([
    ['lists.field.get', OF_LIST, LIST_QUERY, '', 'FIELD_ID'],
    ['task.stages.get', { entityId: 4 }, 'entityId=4', '', 'ID'],
    ['tasks.template.checklist.list', { templateId: 4 }, 'templateId=4', 'checkListItems', 'id'],
    ['imopenlines.session.history.get', { SESSION_ID: 4 }, 'SESSION_ID=4', 'message', 'id'],
    ['landing.syspage.get', { id: 1 }, 'id=1', '', 'TYPE'],
    ['landing.block.getrepository', { section: 'text' }, 'section=text', '', 'code'],
  ])('%s %j', async (method, params, query, at, key) => {
    const result = await resultOf(method, params)
    const keyed = (at === '' ? result : result[at]) as Record<string, TestRow>
    expect(Object.values(keyed)).toEqual(await portal.truth(method, query))
    for (const [name, row] of Object.entries(keyed)) expect(String(row[key])).toBe(name)
  })

  test('come in pages as well, and keep their keys when the select has no id', async () => {
    const rows: unknown[] = []
    for (let start: number | undefined = 0; start !== undefined;) {
      const body = await portal.ask('documentgenerator.template.list', { start, select: ['name'] })
      const { templates } = body.result as { templates: TestRow }
      expect(Object.keys(templates)).not.toContain('')
      rows.push(...Object.values(templates))
      start = body.next
    }
    expect(rows).toHaveLength(320)
    expect(await resultOf('im.search.user.list', { FIND: 'a' })).not.toBeInstanceOf(Array)
  })
})

describe('rows that are no objects', () => {
  test.each([
    ['im.chat.user.list', { CHAT_ID: 3 }, 'CHAT_ID=3'],
    ['task.planner.getlist', {}, ''],
    ['placement.list', {}, ''],
  ])('%s', async (method, params, query) => {
    const rows = await resultOf(method, params)
    expect(rows).toEqual(await portal.truth(method, query))
    expect((rows as unknown as unknown[]).length).toBeGreaterThan(50)
  })

  test('those of the planner are numbers and texts', async () => {
    const rows = (await resultOf('task.planner.getlist')) as unknown as unknown[]
    expect(new Set(rows.map((row) => typeof row))).toEqual(new Set(['number', 'string']))
  })

  test('codes and names are told as pairs', async () => {
    const result = await resultOf('lists.field.type.get', OF_LIST)
    const truth = await portal.truth('lists.field.type.get', LIST_QUERY)
    expect(Object.entries(result).map(([key, value]) => ({ key, value }))).toEqual(truth)
  })
})

describe('rows in groups', () => {
  test.each([
    ['im.department.employees.get', { ID: [1, 2] }, 'ID[]=1&ID[]=2'],
    ['crm.duplicate.findbycomm', { type: 'PHONE', values: '1' }, 'type=PHONE&values=1'],
    ['calendar.accessibility.get', { users: '1', from: 'a', to: 'b' }, 'users=1&from=a&to=b'],
  ])('%s', async (method, params, query) => {
    const groups = Object.values(await resultOf(method, params)) as unknown[][]
    expect(groups.length).toBeGreaterThan(2)
    const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
    expect(sorted(groups.flat())).toEqual(sorted(await portal.truth(method, query)))
  })
})

describe('rows somewhere else', () => {
  test('two levels deep', async () => {
    const { report } = await resultOf('timeman.timecontrol.reports.get', { USER_ID: 1, MONTH: 5, YEAR: 2025 })
    const { days } = report as { days: TestRow[] }
    expect(days).toEqual(await portal.truth('timeman.timecontrol.reports.get', 'USER_ID=1&MONTH=5&YEAR=2025'))
    expect(days[0]?.index).toBe('20250501')
  })

  test('beside other lists', async () => {
    const result = await resultOf('im.dialog.messages.get', { DIALOG_ID: 'chat3' })
    const lists = Object.values(result).filter((value) => Array.isArray(value))
    expect([lists.length, Object.keys(result)]).toEqual([3, ['chat_id', 'users', 'files', 'messages']])
  })

  test.each([
    ['sale.paysystem.list', '', 80],
    ['booking.v1.resource.list', 'resource', 85],
    ['user.userfield.list', '', 62],
    ['crm.currency.list', '', 75],
  ])('%s: more than a page at once, and the same whatever start says', async (method, at, count) => {
    for (const start of [0, 50, -1]) {
      const result = await resultOf(method, { start })
      expect(at === '' ? result : result[at]).toHaveLength(count)
    }
  })
})

describe('in place of a list', () => {
  test('null, false and an empty list where a map would be empty', async () => {
    expect(await resultOf('landing.syspage.get', { id: 10 })).toBe(null)
    expect(await resultOf('landing.syspage.get', { id: 2 })).toEqual([])
    expect(await resultOf('landing.block.getrepository', { section: 'unknown' })).toBe(false)
  })
})

describe('without rows', () => {
  const empty = portalForTests('other-rows=0')

  test.each([
    ['im.search.user.list', { FIND: 'a' }, []],
    ['documentgenerator.template.list', {}, { templates: [] }],
    ['im.v2.Event.get', {}, { events: [], nextOffset: 0, hasMore: false }],
    ['sale.order.list', {}, { orders: [] }],
  ])('%s', async (method, params, result) => {
    expect((await empty.ask(method, params)).result).toEqual(result)
  })
})
