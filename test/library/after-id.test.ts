import { expect, test } from 'vitest'
import type { Row } from '../../src/index.ts'
import { client } from './sandbox-client.ts'

test('a walk goes on behind the last row of another one', async () => {
  const { portal, ids } = await client()
  const got: number[] = []
  for await (const { ID } of portal.getAll<Row & { ID: string }>('crm.deal.list')) {
    got.push(Number(ID))
    if (got.length === 130) break
  }
  const afterId = got.at(-1) ?? 0
  const where = [{ field: 'ID', operator: '>', value: 5 }] as const
  for await (const { ID } of portal.getAll('crm.deal.list', {}, { afterId, where })) got.push(Number(ID))
  expect(got).toEqual(await ids())
})

test('that is refused where it means nothing, at once', async () => {
  const { portal, sent } = await client()
  expect(() => portal.getAll('some.thing.list', {}, { afterId: 5 })).toThrow('is not walked by id')
  expect(() => portal.getAll('crm.deal.list', {}, { afterId: 5, ids: [7] })).toThrow('which ids are meant')
  expect(() => portal.getAll('crm.deal.list', {}, { afterId: -1 })).toThrow('afterId')
  expect(sent()).toBe(0)
})
