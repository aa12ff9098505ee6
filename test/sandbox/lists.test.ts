import { describe, expect, test } from 'vitest'
import { ask, idsOf, portalWith, rowsOf, send, sendQuery, bodyOf, type TestRow } from './asking.ts'

describe('pages', () => {
  const portal = portalWith('rows=120,ids=dense')

  test('have 50 rows, the total, and the start of the next one except on the last', async () => {
    const first = await ask(portal, 'crm.deal.list')
    const last = await ask(portal, 'crm.deal.list', { start: 100 })
    expect(first).toMatchObject({ total: 120, next: 50 })
    expect(first.result).toHaveLength(50)
    expect(last.result).toHaveLength(20)
    expect(last.total).toBe(120)
    expect(last).not.toHaveProperty('next')
  })

  test('begin at a multiple of 50, whatever start says', async () => {
    expect((await idsOf(portal, 'crm.deal.list', { start: 99 }))[0]).toBe(51)
    expect((await idsOf(portal, 'crm.deal.list', { start: '49abc' }))[0]).toBe(1)
  })

  test('of users begin exactly where start says', async () => {
    const all = await idsOf(portal, 'user.get', { start: 0 })
    expect((await idsOf(portal, 'user.get', { start: 7 }))[0]).toBe(all[7])
  })

  test('of users without a single row have no total', async () => {
    const body = await ask(portal, 'user.get', { FILTER: { ID: 999_999 } })
    expect(body.result).toEqual([])
    expect(body).not.toHaveProperty('total')
  })

  test('know `start` in lower case only', async () => {
    expect((await idsOf(portal, 'crm.deal.list', { START: 50 }))[0]).toBe(1)
  })

  test('answer keys in the order result, next, total, time', async () => {
    expect(Object.keys(await ask(portal, 'crm.deal.list'))).toEqual(['result', 'next', 'total', 'time'])
  })
})

describe('start=-1', () => {
  const lists = {
    'crm.deal.list': {},
    'crm.item.list': { entityTypeId: 2 },
    'crm.stagehistory.list': { entityTypeId: 2 },
  }
  test.each([
    ['documented', 'crm.deal.list', 0],
    ['documented', 'crm.item.list', undefined],
    ['documented', 'crm.stagehistory.list', undefined],
    ['total-zero', 'crm.item.list', 0],
    ['absent', 'crm.deal.list', undefined],
  ] as const)('read as %s gives %s the total %s and no next', async (reading, method, total) => {
    const portal = portalWith(`rows=120,reading=start-minus-one=${reading}`)
    const body = await ask(portal, method, { ...lists[method], start: -1 })
    expect(body.total).toBe(total)
    expect(body).not.toHaveProperty('next')
  })

  test('is the only negative start that stops controllers from counting', async () => {
    const portal = portalWith('rows=120')
    expect((await ask(portal, 'crm.item.list', { entityTypeId: 2, start: -2 })).total).toBe(120)
    expect((await ask(portal, 'crm.deal.list', { start: -2 })).total).toBe(0)
  })
})

describe('entity types', () => {
  const portal = portalWith('rows=20')
  test.each([
    ['crm.item.list', {}, '100'],
    ['crm.item.list', { entityTypeId: 999 }, 'NOT_FOUND'],
    ['crm.stagehistory.list', {}, '100'],
    ['lists.element.get', { IBLOCK_TYPE_ID: 'lists' }, 'ERROR_REQUIRED_PARAMETERS_MISSING'],
    ['lists.element.get', { IBLOCK_TYPE_ID: 'lists', IBLOCK_ID: 5 }, 'ERROR_IBLOCK_NOT_FOUND'],
  ])('%s with %j is refused with %s', async (method, params, code) => {
    const answer = await send(portal, method, params)
    expect([answer.status, bodyOf(answer).error]).toEqual([400, code])
  })

  test('1 to 4 are leads, deals, contacts and companies under other names', async () => {
    const { items } = (await ask(portal, 'crm.item.list', { entityTypeId: 2 })).result as { items: TestRow[] }
    const deals = await rowsOf(portal, 'crm.deal.list')
    expect(items.map((item) => item.id)).toEqual(deals.map((deal) => Number(deal.ID)))
    expect(items.map((item) => item.stageId)).toEqual(deals.map((deal) => deal.STAGE_ID))
    expect(items[0]).toHaveProperty('ufCrm_1601')
    expect(items[0]).toHaveProperty('createdTime', deals[0]?.DATE_CREATE)
  })
})

describe('order', () => {
  const portal = portalWith('rows=130,ids=dense')

  test('is descending for anything but ASC, in any case', async () => {
    expect((await idsOf(portal, 'crm.deal.list', { order: { ID: 'DESC' } }))[0]).toBe(130)
    expect((await idsOf(portal, 'crm.deal.list', { order: { ID: 'up' } }))[0]).toBe(130)
    expect((await idsOf(portal, 'crm.deal.list', { order: { ID: 'asc' } }))[0]).toBe(1)
  })

  test('by an amount is numeric and runs over all pages', async () => {
    const amounts: number[] = []
    for (const start of [0, 50, 100]) {
      const rows = await rowsOf(portal, 'crm.deal.list', { order: { OPPORTUNITY: 'ASC' }, start })
      amounts.push(...rows.map((row) => Number(row.OPPORTUNITY)))
    }
    expect(amounts).toHaveLength(130)
    expect(amounts).toEqual([...amounts].sort((left, right) => left - right))
  })

  test('unless given is by falling id for tasks and by start time for activities', async () => {
    const tasks = (await ask(portal, 'tasks.task.list')).result as { tasks: TestRow[] }
    expect(tasks.tasks[0]?.id).toBe('130')
    const times = (await rowsOf(portal, 'crm.activity.list')).map((row) => String(row.START_TIME))
    expect(times).toEqual([...times].sort())
  })

  test('by an unknown field is ignored in older CRM and error 0 for tasks', async () => {
    expect((await idsOf(portal, 'crm.deal.list', { order: { NOPE: 'DESC' } }))[0]).toBe(1)
    expect(await ask(portal, 'tasks.task.list', { order: { NOPE: 'ASC' } })).toMatchObject({ error: '0' })
  })

  test('of users and departments is a field and a direction, both plain texts', async () => {
    expect((await idsOf(portal, 'user.get', { sort: 'ID', order: 'DESC' }))[0]).toBe(130)
    expect((await idsOf(portal, 'department.get', { sort: 'ID', order: 'desc' }))[0]).toBe(120)
  })
})

describe('select', () => {
  const portal = portalWith('rows=40,ids=dense')

  test('does not bring the id along unless the portal is read that way', async () => {
    const params = { select: ['TITLE'], filter: { ID: 1 } }
    expect(Object.keys((await rowsOf(portal, 'crm.deal.list', params))[0] ?? {})).toEqual(['TITLE'])
    const other = portalWith('rows=40,ids=dense,reading=select-id=present')
    expect(Object.keys((await rowsOf(other, 'crm.deal.list', params))[0] ?? {})).toEqual(['ID', 'TITLE'])
  })

  test('brings the id along with phones and comments', async () => {
    const [row] = await rowsOf(portal, 'crm.deal.list', { select: ['COMMENTS'] })
    expect(Object.keys(row ?? {})).toEqual(['ID', 'COMMENTS'])
  })

  test('knows * without and UF_* with user fields, and skips unknown names', async () => {
    const keys = async (select: string[]): Promise<string[]> =>
      Object.keys((await rowsOf(portal, 'crm.contact.list', { select }))[0] ?? {})
    const plain = await keys(['*'])
    const user = await keys(['UF_*', 'NOPE'])
    expect(plain.filter((key) => key.startsWith('UF_'))).toEqual([])
    expect(user.length).toBeGreaterThan(0)
    expect(user.every((key) => key.startsWith('UF_'))).toBe(true)
    expect(await keys([])).toEqual([...plain, ...user])
  })

  test('shows phones only when named, and nothing where there are none', async () => {
    expect((await rowsOf(portal, 'crm.contact.list')).some((row) => 'PHONE' in row)).toBe(false)
    const rows = await rowsOf(portal, 'crm.contact.list', { select: ['ID', 'PHONE'] })
    expect(rows.some((row) => Array.isArray(row.PHONE))).toBe(true)
    expect(rows.some((row) => !('PHONE' in row))).toBe(true)
  })
})

describe('users and departments', () => {
  const portal = portalWith('rows=100,ids=dense')

  test('take the whole query as the filter if FILTER is no array', async () => {
    expect(await idsOf(portal, 'user.get', { ID: 4 })).toEqual([4])
    expect(await idsOf(portal, 'user.get', { filter: { '>ID': 97 } })).toEqual([98, 99, 100])
    expect(bodyOf(await sendQuery(portal, 'user.get?ID[]=1&ID[]=2')).total).toBe(2)
  })

  test('departments filter at the top level and know no signs', async () => {
    expect(await idsOf(portal, 'department.get', { ID: 4 })).toEqual([4])
    expect((await ask(portal, 'department.get', { '>ID': 90 })).total).toBe(100)
    expect((await idsOf(portal, 'department.get', { START: 50 }))[0]).toBe(51)
  })
})

test('the elements of a list show properties as objects keyed by value id', async () => {
  const params = { IBLOCK_TYPE_ID: 'lists', IBLOCK_CODE: 'clients', FILTER: { '>=ID': 1, '<ID': 100 } }
  const rows = await rowsOf(portalWith('rows=100'), 'lists.element.get', params)
  expect(rows.length).toBeGreaterThan(5)
  expect(Object.keys(rows[0]?.PROPERTY_951 as TestRow)[0]).toMatch(/^\d+$/)
})

test('fields come keyed by name, and under `fields` in controllers', async () => {
  const portal = portalWith('rows=1')
  expect((await ask(portal, 'crm.deal.fields')).result).toHaveProperty('TITLE.type', 'string')
  expect((await ask(portal, 'crm.item.fields', { entityTypeId: 2 })).result).toHaveProperty(
    'fields.stageId.type',
  )
  expect((await ask(portal, 'tasks.task.getFields')).result).toHaveProperty('fields.CREATED_DATE.title')
  expect((await ask(portal, 'user.fields')).result).toHaveProperty('EMAIL', 'Email')
})

test('a million rows are there at once, and page 20,000 is right', async () => {
  const startedAt = performance.now()
  const portal = portalWith('rows=1000000,ids=dense')
  const body = await ask(portal, 'crm.deal.list', { start: 999_950, select: ['ID'] })
  expect(body).toMatchObject({ total: 1_000_000 })
  expect((body.result as TestRow[]).at(-1)).toEqual({ ID: '1000000' })
  const descending = await ask(portal, 'crm.deal.list', { order: { ID: 'DESC' }, start: -1, select: ['ID'] })
  expect((descending.result as TestRow[])[0]).toEqual({ ID: '1000000' })
  expect(performance.now() - startedAt).toBeLessThan(1000)
})
