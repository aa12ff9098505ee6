import { describe, expect, test } from 'vitest'
import type { Body, TestRow } from './asking.ts'
import { portalForTests } from './over-http.ts'

type Params = Record<string, unknown>
/** How a dialect goes on: parameters of the next page from the rows so far and the last answer; undefined at the end. */
type Step = (seen: readonly unknown[], body: Body, page: readonly unknown[]) => Params | undefined

interface Dialect {
  readonly method: string
  readonly params?: Params
  /** The same parameters for the truth, as a query. */
  readonly query?: string
  readonly at?: string
  readonly step: Step
  /** Rows of a full page. */
  readonly size: number
}

const byNext: Step = (_seen, body) => (body.next === undefined ? undefined : { start: body.next })
const byLength = (size: number, params: (offset: number) => Params): Step => {
  return (seen, _body, page) => (page.length < size ? undefined : params(seen.length))
}
const inResult = (body: Body): TestRow => body.result as TestRow
const lastId = (seen: readonly unknown[], name = 'id'): number => Number((seen.at(-1) as TestRow)[name])

const DIALECTS: readonly Dialect[] = [
  {
    method: 'catalog.product.list',
    params: { filter: { iblockId: 23 } },
    query: 'filter[iblockId]=23',
    at: 'products',
    step: byNext,
    size: 50,
  },
  { method: 'sale.order.list', at: 'orders', step: byNext, size: 50 },
  {
    method: 'crm.item.productrow.list',
    params: { filter: { '=ownerType': 'D', '=ownerId': 7 } },
    query: 'filter[%3DownerType]=D&filter[%3DownerId]=7',
    at: 'productRows',
    step: byNext,
    size: 50,
  },
  {
    method: 'crm.timeline.logmessage.list',
    params: { entityTypeId: 2, entityId: 5 },
    query: 'entityTypeId=2&entityId=5',
    step: byNext,
    size: 10,
  },
  { method: 'crm.address.list', step: byNext, size: 50 },
  { method: 'sonet_group.get', step: byNext, size: 50 },
  { method: 'bizproc.workflow.instances', step: byNext, size: 50 },
  {
    method: 'bizproc.task.list',
    step: (_seen, { next }) => (next === undefined ? undefined : { START: next }),
    size: 50,
  },
  { method: 'disk.storage.getChildren', params: { id: 4 }, query: 'id=4', step: byNext, size: 50 },
  { method: 'disk.file.search', params: { QUERY: 'report' }, query: 'QUERY=report', step: byNext, size: 50 },
  { method: 'entity.item.get', params: { ENTITY: 'dish' }, query: 'ENTITY=dish', step: byNext, size: 50 },
  { method: 'event.offline.list', step: byNext, size: 50 },
  { method: 'log.blogpost.get', step: byNext, size: 50 },
  { method: 'documentgenerator.numerator.list', at: 'numerators', step: byNext, size: 50 },
  {
    method: 'socialnetwork.api.workgroup.list',
    params: { select: ['ID', 'NAME'] },
    query: 'select[]=ID&select[]=NAME',
    at: 'workgroups',
    step: byNext,
    size: 50,
  },
  {
    method: 'rpa.item.list',
    params: { typeId: 1 },
    query: 'typeId=1',
    at: 'items',
    step: byLength(50, (start) => ({ start })),
    size: 50,
  },
  { method: 'tasks.api.scrum.epic.list', step: byLength(50, (start) => ({ start })), size: 50 },
  {
    method: 'landing.landing.getList',
    params: { params: { limit: 60 } },
    step: byLength(60, (offset) => ({ params: { limit: 60, offset } })),
    size: 60,
  },
  {
    method: 'imopenlines.config.list.get',
    step: byLength(50, (offset) => ({ PARAMS: { offset } })),
    size: 50,
  },
  {
    method: 'im.dialog.users.list',
    params: { DIALOG_ID: 'chat1' },
    query: 'DIALOG_ID=chat1',
    step: (_seen, { next }) => (next === undefined ? undefined : { OFFSET: next }),
    size: 50,
  },
  { method: 'humanresources.hcmlink.company.list', step: byLength(100, (offset) => ({ offset })), size: 100 },
  { method: 'sign.b2e.mysafe.tail', params: { limit: 1000 }, step: () => undefined, size: 320 },
  {
    method: 'imbot.v2.Bot.list',
    at: 'bots',
    step: (seen, body) => (inResult(body).hasNextPage === true ? { offset: seen.length } : undefined),
    size: 50,
  },
  {
    method: 'biconnector.source.list',
    step: byLength(50, (offset) => ({ page: offset / 50 + 1 })),
    size: 50,
  },
  {
    method: 'vote.AttachedVote.getAnswerVoted',
    params: { answerId: 1, attachId: 2 },
    query: 'answerId=1&attachId=2',
    at: 'items',
    step: byLength(50, (offset) => ({ pageNavigation: { size: 50, page: offset / 50 + 1 } })),
    size: 50,
  },
  {
    method: 'im.dialog.messages.get',
    params: { DIALOG_ID: 'chat1' },
    query: 'DIALOG_ID=chat1',
    at: 'messages',
    step: (seen, _body, page) => (page.length === 0 ? undefined : { LAST_ID: lastId(seen) }),
    size: 20,
  },
  {
    method: 'im.dialog.messages.get',
    params: { DIALOG_ID: 'chat2', FIRST_ID: 0, LIMIT: 50 },
    query: 'DIALOG_ID=chat2',
    at: 'messages',
    step: (seen, _body, page) => (page.length === 0 ? undefined : { FIRST_ID: lastId(seen) }),
    size: 50,
  },
  {
    method: 'im.notify.get',
    at: 'notifications',
    step: (seen, _body, page) =>
      page.length === 0
        ? undefined
        : { LAST_ID: lastId(seen), LAST_TYPE: (seen.at(-1) as TestRow).notify_type === 1 ? 1 : 3 },
    size: 50,
  },
  {
    method: 'im.notify.history.search',
    at: 'notifications',
    step: (seen, _body, page) => (page.length === 0 ? undefined : { LAST_ID: lastId(seen) }),
    size: 50,
  },
  {
    method: 'log.blogcomment.user.get',
    at: 'comments',
    step: (seen, _body, page) => (page.length === 0 ? undefined : { LAST_ID: lastId(seen) }),
    size: 100,
  },
]

describe('every page of a dialect put together is the truth', () => {
  const portal = portalForTests()

  test.each(DIALECTS)('$method $params', async ({ method, params = {}, query, at, step, size }) => {
    const truth = await portal.truth(method, query)
    const seen: unknown[] = []
    const sizes: number[] = []
    for (let more: Params | undefined = {}; more !== undefined;) {
      const body = await portal.ask(method, { ...params, ...more })
      const page = (at === undefined ? body.result : inResult(body)[at]) as unknown[]
      seen.push(...page)
      sizes.push(page.length)
      more = sizes.length > 40 ? undefined : step(seen, body, page)
    }
    expect(sizes[0]).toBe(size)
    expect(sizes.length).toBeLessThanOrEqual(20)
    expect(sorted(seen)).toEqual(sorted(truth))
    expect(new Set(sorted(seen)).size).toBe(seen.length)
  })
})

describe('parameters by position', () => {
  const portal = portalForTests()

  test.each([
    ['task.item.list', '', (nav: object) => [{ ID: 'asc' }, {}, { NAV_PARAMS: nav }, []]],
    [
      'task.items.getlist',
      '',
      (nav: object) => ({ ORDER: { ID: 'desc' }, FILTER: {}, TASKDATA: [], NAV_PARAMS: nav }),
    ],
    ['task.elapseditem.getlist', '0=5', (nav: object) => [5, {}, {}, ['*'], { NAV_PARAMS: nav }]],
  ])('%s', async (method, query, params) => {
    const seen: unknown[] = []
    for (let iNumPage = 1, total = 1; seen.length < total; iNumPage++) {
      const body = await portal.ask(method, params({ nPageSize: 50, iNumPage }))
      expect(body).not.toHaveProperty('next')
      seen.push(...(body.result as unknown[]))
      total = iNumPage > 9 ? 0 : (body.total ?? 0)
    }
    expect(sorted(seen)).toEqual(sorted(await portal.truth(method, query)))
  })
})

/** Rows as texts in one order, whatever order they came in. */
function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}
