import { describe, expect, test } from 'vitest'
import { type Body, type TestRow, bodyOf, portalWith } from './asking.ts'
import { portalForTests } from './over-http.ts'

const portal = portalForTests()
const listIn = (body: Body, key: string): TestRow[] => (body.result as Record<string, TestRow[]>)[key] ?? []

describe('ways to lose rows', () => {
  test('a condition on the id is dropped where it is unknown: page one for ever', async () => {
    const first = await portal.ask('booking.v1.resource.list')
    expect(await portal.ask('booking.v1.resource.list', { filter: { '>id': 500 } })).toMatchObject({
      result: first.result as object,
    })
    const workgroups = async (filter: TestRow): Promise<TestRow[]> =>
      listIn(await portal.ask('socialnetwork.api.workgroup.list', { filter }), 'workgroups')
    expect(await workgroups({ '>id': 600 })).toEqual(await workgroups({}))
    expect(await workgroups({ '>ID': 600 })).not.toEqual(await workgroups({}))
  })

  test('of working groups only the id comes without a select', async () => {
    const [row] = listIn(await portal.ask('socialnetwork.api.workgroup.list'), 'workgroups')
    expect(Object.keys(row ?? {})).toEqual(['id'])
    expect(typeof row?.id).toBe('string')
  })

  test('start=-1 answers all of crm.orderentity.list and a page without total elsewhere', async () => {
    expect(listIn(await portal.ask('crm.orderentity.list', { start: -1 }), 'orderEntity')).toHaveLength(320)
    const orders = await portal.ask('sale.order.list', { start: -1 })
    expect([listIn(orders, 'orders').length, orders.total, orders.next]).toEqual([50, undefined, undefined])
    const filter = { '>id': listIn(orders, 'orders').at(-1)?.id }
    const behind = await portal.ask('sale.order.list', { start: -1, filter, order: { id: 'asc' } })
    expect(behind.result).toEqual((await portal.ask('sale.order.list', { start: 50 })).result)
  })

  test('totals are 0, -1, those of the page, or inside the result', async () => {
    expect((await portal.ask('crm.currency.list')).total).toBe(0)
    expect((await portal.ask('im.recent.list')).total).toBe(-1)
    expect((await portal.ask('crm.address.list')).total).toBe(50)
    expect((await portal.ask('im.notify.get')).result).toMatchObject({ total_count: 320 })
  })

  test('recent dialogs overlap, and a short page is not the end', async () => {
    const ids: unknown[] = []
    const sizes: number[] = []
    for (let offset = 0, hasMore = true; hasMore; offset += 50) {
      const body = await portal.ask('im.recent.list', { OFFSET: offset })
      ids.push(...listIn(body, 'items').map(({ id }) => id))
      sizes.push(listIn(body, 'items').length)
      hasMore = (body.result as TestRow).hasMore === true
    }
    expect(sizes.slice(0, -1).every((size) => size > 0 && size < 50)).toBe(true)
    expect(new Set(ids).size).toBeLessThan(ids.length)
    const truth = (await portal.truth('im.recent.list')) as TestRow[]
    expect(new Set(ids)).toEqual(new Set(truth.map(({ id }) => id)))
    expect(new Set(ids.map((id) => typeof id))).toEqual(new Set(['number', 'string']))
  })

  test('notifications without LAST_TYPE leave confirmations out', async () => {
    const first = listIn(await portal.ask('im.notify.get'), 'notifications')
    const after = { LAST_ID: first.at(-1)?.id }
    expect(first.every(({ notify_type }) => notify_type === 1)).toBe(true)
    const lacking = listIn(await portal.ask('im.notify.get', after), 'notifications')
    const right = listIn(await portal.ask('im.notify.get', { ...after, LAST_TYPE: 1 }), 'notifications')
    expect(lacking.some(({ notify_type }) => notify_type === 1)).toBe(false)
    expect(right.some(({ notify_type }) => notify_type === 1)).toBe(true)
  })

  test('the cursor of posts does not count posts', async () => {
    const first = (await portal.ask('log.blogpost.get')).result as TestRow[]
    const second = (await portal.ask('log.blogpost.get', { start: 50 })).result as TestRow[]
    const behind = (await portal.ask('log.blogpost.get', { LAST_ID: first.at(-1)?.ID })).result as TestRow[]
    expect(Number(behind[0]?.ID)).toBeLessThan(Number(second[0]?.ID))
  })

  test('a limit alone leads nowhere behind the greatest page', async () => {
    const rows = (await portal.ask('ai.engine.list', { limit: 5000, offset: 200, start: 200 })).result
    expect(rows).toHaveLength(200)
    expect(rows).toEqual(((await portal.truth('ai.engine.list')) as TestRow[]).slice(0, 200))
  })

  test('a calendar shows some months, and ids come twice', async () => {
    const params = { type: 'user', ownerId: 1 }
    const shown = (await portal.ask('calendar.event.get', params)).result as TestRow[]
    const all = await portal.ask('calendar.event.get', { ...params, from: '2018-01-01', to: '2040-01-01' })
    const rows = all.result as TestRow[]
    expect([shown.length < 40, rows.length]).toEqual([true, 320])
    expect(new Set(rows.map(({ ID }) => ID)).size).toBeLessThan(320)
  })

  test('positional parameters under other names are read by their place', async () => {
    const titles = async (params: unknown): Promise<unknown> =>
      (await portal.ask('task.item.list', params)).result
    expect(await titles({ FILTER: { ID: 3 } })).toEqual(await titles([]))
    expect(await titles({ ORDER: {}, FILTER: { ID: 3 } })).not.toEqual(await titles([]))
    expect((await portal.ask('task.elapseditem.getlist', [])).error).toBe('ERROR_CORE')
  })
})

describe('reads that change state', () => {
  const own = portalForTests()

  test('events below the offset are dropped', async () => {
    const { nextOffset } = (await own.ask('im.v2.Event.get')).result as { nextOffset: number }
    expect(await own.truth('im.v2.Event.get')).toHaveLength(320)
    const rest = await own.ask('im.v2.Event.get', { offset: nextOffset, limit: 5000 })
    expect(rest.result).toMatchObject({ hasMore: false })
    expect(listIn(rest, 'events')).toHaveLength(220)
    expect(await own.truth('im.v2.Event.get')).toHaveLength(220)
  })

  test('offline events are gone when they were answered, unless they are not to be cleared', async () => {
    const [kept] = listIn(await own.ask('event.offline.get', { clear: 0 }), 'events')
    const [taken] = listIn(await own.ask('event.offline.get'), 'events')
    const [next] = listIn(await own.ask('event.offline.get'), 'events')
    expect(taken).toEqual(kept)
    expect(next).not.toEqual(taken)
    expect((await own.ask('event.offline.list')).total).toBe(220)
  })
})

describe('refusals', () => {
  const strict = portalForTests('reading=app-methods=refused')

  test.each([
    ['catalog.product.list', {}, '0', 'iblockId'],
    ['catalog.product.list', { filter: { iblockId: 23 }, select: ['id'] }, '0', 'iblockId'],
    ['crm.category.list', {}, '100', 'entityTypeId'],
    ['im.dialog.messages.get', {}, 'DIALOG_ID_EMPTY', 'DIALOG_ID'],
    ['lists.field.get', {}, 'ERROR_REQUIRED_PARAMETERS_MISSING', 'IBLOCK_TYPE_ID'],
    ['disk.file.search', { QUERY: 'abc', FILTER: { '>ID': 5 } }, 'INVALID_FILTER', 'ID'],
    ['entity.item.get', { ENTITY: 'dish' }, 'WRONG_AUTH_TYPE', 'authorization type'],
    ['event.offline.get', {}, 'WRONG_AUTH_TYPE', 'authorization type'],
  ])('%s %j', async (method, params, error, text) => {
    const body = await strict.ask(method, params)
    expect(body).toMatchObject({ error, error_description: expect.stringContaining(text) as string })
  })
})

test('an application may ask for what is for applications', async () => {
  const own = portalWith('plan=box')
  const [line] = Array.from(own.inspect({ method: 'POST', path: '/_sandbox/sign-in' })?.chunks ?? [])
  const { access_token: auth } = JSON.parse(line ?? '') as { access_token: string }
  const answer = await own.handle({
    method: 'POST',
    path: '/rest/entity.item.get',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ ENTITY: 'dish', auth })),
  })
  expect(bodyOf(answer)).toMatchObject({ total: 320 })
})
