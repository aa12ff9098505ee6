import { expect, test } from 'vitest'
import { Bitrix24, type Row } from '../../src/index.ts'
import { all, client, settled } from './sandbox-client.ts'

test('rows with these ids come in the order of the ids', async () => {
  const { portal, ids, sent } = await client()
  const wanted = (await ids()).slice(10, 200).reverse()
  const deals = portal.getAll<{ ID: string }>('crm.deal.list', {}, { ids: wanted })
  expect((await all(deals)).map(({ ID }) => Number(ID))).toEqual(wanted)
  expect(sent()).toBeLessThanOrEqual(2)
})

test('the id is selected, and dropped again if it was not asked for', async () => {
  const { portal, ids } = await client()
  const [a = 0, b = 0] = await ids()
  const rows = await all(portal.getAll('crm.deal.list', {}, { ids: [String(b), a], select: ['TITLE'] }))
  expect(rows.map((row) => Object.keys(row))).toEqual([['TITLE'], ['TITLE']])
})

test('pages and texts are as of any list', async () => {
  const { portal, ids } = await client()
  const wanted = await ids()
  const pages = await all(portal.getAll('crm.deal.list', {}, { ids: wanted }).pages())
  expect(pages.every((page) => page.length > 0 && page.length <= 50)).toBe(true)
  expect(pages.flat().map((row: Row) => Number(row['ID']))).toEqual(wanted)
  const texts = await all(portal.getAll('crm.deal.list', {}, { ids: wanted, limit: 3 }).texts())
  expect(texts.map((text) => Number((JSON.parse(text) as { ID: string }).ID))).toEqual(wanted.slice(0, 3))
})

test('ids without a row are told of behind the last row', async () => {
  const { portal, ids } = await client()
  const [a = 0, b = 0] = await ids()
  const { items, error } = await settled(portal.getAll('crm.deal.list', {}, { ids: [a, 90_000_001, b] }))
  expect(items.map((row) => Number(row['ID']))).toEqual([a, b])
  expect(error).toMatchObject({ name: 'IncompleteError', code: 'walk.ids-missing' })
  expect(String(error)).toContain('90000001')
})

test('they can be gone through once, since ids may be gone then', async () => {
  const { portal, ids } = await client()
  const deals = portal.getAll('crm.deal.list', {}, { ids: (await ids()).values() })
  expect(await all(deals)).toHaveLength(260)
  await expect(all(deals)).rejects.toMatchObject({ code: 'usage.option' })
})

test('a signal ends it, and so does leaving the loop', async () => {
  const { portal, ids } = await client()
  const over = new AbortController()
  const wanted = await ids()
  const walk = async (): Promise<void> => {
    const deals = portal.getAll('crm.deal.list', {}, { ids: wanted, signal: over.signal })
    for await (const row of deals) if (row['ID'] !== undefined) over.abort()
  }
  await expect(walk()).rejects.toMatchObject({ name: 'AbortError' })
  for await (const row of portal.getAll('crm.deal.list', {}, { ids: wanted })) {
    expect(Number(row['ID'])).toBe(wanted[0])
    break
  }
})

test('a method that takes no list of ids says so', async () => {
  const { portal } = await client()
  expect(() => portal.getAll('tasks.task.list', {}, { ids: [1] })).toThrow(
    expect.objectContaining({ code: 'usage.ids-filter' }),
  )
})

test.each<[string, unknown, unknown, string]>([
  ['a text for ids', {}, { ids: '1,2' }, 'usage.option'],
  ['too many lanes', {}, { ids: [1], concurrency: 51 }, 'usage.option'],
  ['no lane without ids', {}, { concurrency: 0 }, 'usage.option'],
  ['a text for lanes without ids', {}, { concurrency: '2' }, 'usage.option'],
  ['bounds beside them', { filter: { '>ID': 5 } }, { ids: [1] }, 'usage.ids-and-bounds'],
])('%s is refused at once', (_what, params, options, code) => {
  const portal = new Bitrix24({ webhook: 'https://portal.example/rest/1/canary7secret/' })
  expect(() => portal.getAll('crm.deal.list', params as never, options as never)).toThrow(
    expect.objectContaining({ code }),
  )
})

test.each([
  [2, undefined],
  [1, 1],
  [7, 7],
])('%i requests are in flight where concurrency is %s', async (most, concurrency) => {
  const { portal, sandbox, ids } = await client({ rows: '20000', 'latency-ms': '200' })
  const wanted = await ids()
  const deals = portal.getAll('crm.deal.list', {}, { ids: wanted, select: ['ID'], concurrency })
  expect(await all(deals)).toHaveLength(20_000)
  expect(sandbox.portal.stats.peakInFlight).toBe(most)
})
