import { expect, test } from 'vitest'
import { estimate } from '../../src/operations/explain/estimate.ts'
import { explained } from '../../src/operations/explain/explanation.ts'
import { pagingWords } from '../../src/operations/explain/paging-words.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import { listMethod, listMethods } from '../../src/protocol/methods/table.ts'
import type { ListMethod } from '../../src/protocol/methods/list-method.ts'

const OPTIONS = {
  knownFrom: 'table',
  rows: 100_000,
  limit: undefined,
  batchSize: 50,
  concurrency: undefined,
  budgetSeconds: 480,
} as const

function known(name: string): ListMethod {
  const method = listMethod(name)
  if (method === undefined) throw new Error(`${name} is not in the table`)
  return method
}

const cost = (name: string, rows: number, batchSize = 50): unknown => {
  const { pages, requests, portalSeconds, leastMinutes } = estimate(known(name), rows, batchSize, 480)
  return { pages, requests, portalSeconds, leastMinutes }
}

test('the cost is what the walks come to: pages, requests, seconds, and windows of ten minutes', () => {
  expect(cost('crm.deal.list', 30)).toEqual({ pages: 2, requests: 1, portalSeconds: 1, leastMinutes: 0 })
  expect(cost('crm.deal.list', 100_000)).toEqual({
    pages: 2001,
    requests: 41,
    portalSeconds: 1000.5,
    leastMinutes: 20,
  })
  expect(cost('crm.deal.list', 5000, 1)).toMatchObject({ pages: 101, requests: 100 })
  // By position each further request reads one page once more.
  expect(cost('department.get', 5000)).toMatchObject({ pages: 103, requests: 4 })
  expect(cost('crm.deal.contact.items.get', 5000)).toMatchObject({ pages: 1, requests: 1, portalSeconds: 50 })
})

test('where the plan has no limit there is no budget and no least time', () => {
  expect(estimate(known('crm.deal.list'), 1e6, 50, Infinity)).toMatchObject({
    budgetSeconds: null,
    budgetShare: null,
    leastMinutes: 0,
  })
})

test('every method of the table has words for its pages, its end and its requests', () => {
  for (const method of listMethods()) {
    const words = Object.values(pagingWords(method)) as string[]
    expect([method.method, words.every((text) => text !== '' && !text.includes('undefined'))]).toEqual([
      method.method,
      true,
    ])
  }
})

test('the first request is the one that the walk makes, with all parameters', async () => {
  const checked = checkedQuery('crm.item.list', {
    params: { entityTypeId: '2' },
    where: [
      { field: 'id', operator: '>', value: '100' },
      { field: 'stageId', operator: '=', value: 'NEW' },
    ],
    select: ['title'],
  })
  const { first, range } = await explained(checked, OPTIONS)
  const params = {
    entityTypeId: '2',
    filter: { stageId: 'NEW', '>id': '100' },
    select: ['id', 'title'],
    start: '-1',
  }
  expect(first).toEqual({
    isBatch: true,
    forFields: null,
    commands: [
      { method: 'crm.item.list', params: { ...params, order: { id: 'ASC' } } },
      { method: 'crm.item.list', params: { ...params, order: { id: 'DESC' } } },
    ],
  })
  expect(range).toEqual({ after: 100, upTo: null })
})

test('masks that only the portal can expand are asked for before', async () => {
  const checked = checkedQuery('crm.item.list', {
    params: { entityTypeId: '2' },
    where: [],
    select: ['ufCrm*'],
  })
  const { first } = await explained(checked, OPTIONS)
  expect(first?.forFields).toMatchObject({ method: 'crm.item.fields', params: { entityTypeId: '2' } })
  expect(first?.commands).toHaveLength(2)
})

test('of a method that is not in the table nothing is claimed', async () => {
  const checked = checkedQuery('foo.bar.list', { params: {}, where: [], select: undefined })
  expect(await explained(checked, OPTIONS)).toMatchObject({
    knownFrom: 'nothing',
    shape: null,
    words: null,
    first: null,
    estimate: null,
  })
})
