import { onTestFinished, expect, test } from 'vitest'
import { Bitrix24 } from '../../src/index.ts'
import { portalV3, type V3Options, type V3Portal } from '../support/portal-v3.ts'

async function client(options: V3Options = {}): Promise<{ portal: V3Portal; bitrix: Bitrix24 }> {
  const portal = await portalV3(options)
  const bitrix = new Bitrix24({ webhook: portal.webhook(), sharedLimits: false })
  onTestFinished(() => bitrix.close())
  return { portal, bitrix }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

test('a list of REST 3.0 is read by id, with conditions as a list or as objects', async () => {
  const { bitrix } = await client({ rows: 120 })
  const where = [{ field: 'id', operator: '>', value: 300 }] as const
  const rows = await all(
    bitrix.getAll('tasks.task.list', { filter: [['responsibleId', '=', 2]] }, { api: 'v3', where }),
  )
  expect(rows.length).toBe(20)
  expect(rows[0]).toMatchObject({ id: 302, title: 'Task 302' })
})

test('a write of REST 3.0 is sent again under its key', async () => {
  const { portal, bitrix } = await client({
    after: (_request, answer, at) => (at === 0 ? { isLost: true } : answer),
  })
  const results = await all(bitrix.call('tasks.task.add', [{ fields: { title: 'a' } }], { api: 'v3' }))
  expect(results).toMatchObject([{ ok: true, result: { item: { id: 1001 } } }])
  expect(portal.added).toEqual(['a'])
  expect(portal.asked.length).toBe(2)
})

test('things are asked for in one request, and one request is sent as it is', async () => {
  const { portal, bitrix } = await client({ rows: 3 })
  const results = await all(bitrix.getById('tasks.task.get', [2, 5], { api: 'v3' }))
  expect(results.map(({ ok }) => ok)).toEqual([true, true])
  expect((await bitrix.raw('tasks.task.get', { id: 8 }, { api: 'v3' })).json()).toMatchObject({
    result: { item: { id: 8 } },
  })
  expect(portal.asked.map(({ method }) => method)).toEqual(['batch', 'tasks.task.get'])
})

test('an API that does not exist is refused', async () => {
  const { bitrix } = await client()
  expect(() => bitrix.getAll('tasks.task.list', {}, { api: 'v4' as 'v3' })).toThrow('api must be v2 or v3')
})
