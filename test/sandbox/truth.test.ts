import { describe, expect, test } from 'vitest'
import { ask, idsOf, inspected, portalWith, rowsOf, send, type TestRow } from './asking.ts'

describe('/_sandbox/truth', () => {
  test.each([
    ['', {}],
    ['&filter[%3EID]=5000', { filter: { '>ID': 5000 } }],
    [
      '&filter[STAGE_SEMANTIC_ID]=S&select[]=ID&select[]=TITLE',
      { filter: { STAGE_SEMANTIC_ID: 'S' }, select: ['ID', 'TITLE'] },
    ],
  ])('with %j is what paging by hand gives', async (query, params) => {
    const portal = portalWith('rows=1000,ids=hole')
    const rows: TestRow[] = []
    for (let start: number | undefined = 0; start !== undefined;) {
      const body = await ask(portal, 'crm.deal.list', { ...params, start })
      rows.push(...(body.result as TestRow[]))
      start = body.next
    }
    expect(
      inspected(portal, `truth?method=crm.deal.list${query}`).map((line) => JSON.parse(line) as unknown),
    ).toEqual(rows)
  })

  test('is in ascending id also for tasks, whose own order falls', () => {
    const lines = inspected(portalWith('rows=90,ids=dense'), 'truth?method=tasks.task.list&only=ids')
    expect(lines).toEqual(Array.from({ length: 90 }, (_, index) => String(index + 1)))
  })

  test('knows which rows were there all the time', async () => {
    const portal = portalWith('rows=5,ids=dense')
    await ask(portal, 'crm.deal.add', { fields: { TITLE: 'x' } })
    await ask(portal, 'crm.deal.delete', { id: 2 })
    expect(inspected(portal, 'truth?method=crm.deal.list&only=ids')).toEqual(['1', '3', '4', '5', '6'])
    expect(inspected(portal, 'truth?method=crm.deal.list&only=ids&throughout=1')).toEqual([
      '1',
      '3',
      '4',
      '5',
    ])
  })

  test('knows the dictionary of statuses and the comments of a deal', async () => {
    const portal = portalWith('rows=10,ids=dense')
    const truth = (query: string): unknown[] =>
      inspected(portal, `truth?method=${query}`).map((line) => JSON.parse(line) as unknown)
    expect(truth('crm.status.list')).toEqual(await rowsOf(portal, 'crm.status.list'))
    const filter = 'filter[ENTITY_ID]=3&filter[ENTITY_TYPE]=deal'
    expect(truth(`crm.timeline.comment.list&${filter}`)).toHaveLength(173)
    expect(truth('task.commentitem.getlist&0=3')).toHaveLength(173)
  })

  test('says so when a method is no list or the filter is refused', () => {
    const portal = portalWith()
    expect(inspected(portal, 'truth?method=crm.deal.get')).toEqual([
      'crm.deal.get is no list method of the sandbox',
    ])
    expect(inspected(portal, 'truth?method=crm.item.list')[0]).toMatch(/^100: /)
  })
})

describe('/_sandbox/stats and log', () => {
  test('count what was done, and the log tells it', async () => {
    const portal = portalWith('rows=120,ids=dense')
    await send(portal, 'batch', { cmd: { a: 'crm.deal.list', b: 'crm.deal.list?start=50', c: 'no.such' } })
    await idsOf(portal, 'crm.lead.list')
    await ask(portal, 'crm.deal.add', { fields: { TITLE: 'x', NOPE: 'y' } })
    expect(portal.stats).toMatchObject({
      requests: 3,
      batches: 1,
      commands: { 'crm.deal.list': 2, 'crm.lead.list': 1, 'crm.deal.add': 1 },
      pages: 3,
      rowsServed: 150,
      refusals: { ERROR_METHOD_NOT_FOUND: 1 },
      violations: { bucket: 0, operating: 0 },
      writes: { 'crm.deal.add': 1 },
      scopeless: portal.scopelessPath,
    })
    const log = inspected(portal, 'log').map((line) => JSON.parse(line) as TestRow)
    expect(log.map((entry) => entry.kind)).toEqual(['request', 'request', 'request', 'write', 'dropped'])
    expect(log[0]).toMatchObject({ ordinal: 1, method: 'batch', rows: 100, params: { a: 'crm.deal.list' } })
    expect(log[3]).toMatchObject({
      method: 'crm.deal.add',
      id: 121,
      ordinal: 3,
      nested: false,
      asked: { fields: { NOPE: 'y' } },
      written: { TITLE: 'x' },
    })
  })

  test('are not counted themselves', () => {
    const portal = portalWith()
    inspected(portal, 'log')
    expect(inspected(portal, 'stats').join('')).toContain('"requests": 0')
  })

  test('the log keeps the last requests and counts those it dropped', async () => {
    const portal = portalWith('rows=1')
    for (let count = 0; count < 10_050; count++) await rowsOf(portal, 'server.time')
    const log = inspected(portal, 'log')
    expect(log.length).toBeLessThanOrEqual(10_001)
    expect(JSON.parse(log[log.length - 2] ?? '')).toMatchObject({ ordinal: 10_050 })
    expect((JSON.parse(log.at(-1) ?? '') as { requests: number }).requests).toBe(10_050 - (log.length - 1))
  })
})
