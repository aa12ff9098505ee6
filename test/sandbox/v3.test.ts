import { describe, expect, test } from 'vitest'
import { inspected, portalWith, type TestRow } from './asking.ts'
import type { Portal } from '../../src/sandbox/portal.ts'
import { portalForTests } from './over-http.ts'

interface V3Answer {
  readonly status: number
  readonly body: TestRow & { result: TestRow }
  readonly headers: Headers
}

/** The code of an error without what all codes begin with. */
function codeOf({ body }: V3Answer): string {
  return ((body.error as TestRow).code as string).replace('BITRIX_REST_V3_EXCEPTION_', '')
}

const http = portalForTests('rows=300,ids=dense')

async function call(
  method: string,
  params: unknown = {},
  headers: Record<string, string> = {},
): Promise<V3Answer> {
  const response = await http.sendV3(method, params, headers)
  return {
    status: response.status,
    body: (await response.json()) as V3Answer['body'],
    headers: response.headers,
  }
}

async function items(method: string, params: unknown = {}): Promise<TestRow[]> {
  return (await call(method, params)).body.result.items as TestRow[]
}

describe('lists', () => {
  test('answer items and time, neither total nor next, of tasks only the id without a select', async () => {
    const { body, status } = await call('tasks.task.list')
    expect([status, Object.keys(body), Object.keys(body.result)]).toEqual([
      200,
      ['result', 'time'],
      ['items'],
    ])
    const rows = body.result.items as TestRow[]
    expect(rows).toHaveLength(50)
    expect(rows[0]).toEqual({ id: 1 })
  })

  test('leave an unknown field out and refuse one of a related object', async () => {
    const [row] = await items('tasks.task.list', { select: ['id', 'stageId', 'responsible.name'] })
    expect(Object.keys(row ?? {})).toEqual(['id', 'responsible'])
    expect(row?.responsible).toEqual({ name: expect.stringContaining('Сотрудник') as string })
    expect(await items('tasks.task.list', { select: ['stageId'], pagination: { limit: 2 } })).toEqual([
      [],
      [],
    ])
    expect(codeOf(await call('tasks.task.list', { select: ['responsible.stageId'] }))).toBe(
      'UNKNOWNDTOPROPERTYEXCEPTION',
    )
  })

  test.each([
    [[['id', '>', 290]], [291, 292, 293, 294, 295, 296, 297, 298, 299, 300]],
    [[['id', [5, 3]]], [3, 5]],
    [['id', 7], [7]],
    [
      [
        ['id', 'between', [10, 12]],
        ['id', '!=', 11],
      ],
      [10, 12],
    ],
    [
      [
        ['id', '<', 100],
        {
          logic: 'or',
          conditions: [
            ['id', 2],
            ['id', 'in', [4, 400]],
          ],
        },
      ],
      [2, 4],
    ],
    [
      [
        ['id', '>=', 299],
        ['id', '<=', '300'],
      ],
      [299, 300],
    ],
    [[['id', '=', 0]], []],
  ])('filter by %j', async (filter, ids) => {
    expect((await items('tasks.task.list', { filter })).map(({ id }) => id)).toEqual(ids)
  })

  test.each([
    [{ filter: [['stageId', 5]] }, 'UNKNOWNDTOPROPERTYEXCEPTION'],
    [{ filter: [['title', 'x']] }, 'INVALIDFILTEREXCEPTION'],
    [{ filter: [['id', '~', 5]] }, 'UNKNOWNFILTEROPERATOREXCEPTION'],
    [{ filter: [['id', '>', 'five']] }, 'VALIDATION_REQUESTVALIDATIONEXCEPTION'],
    [{ filter: { '>ID': 5 } }, 'INVALIDFILTEREXCEPTION'],
    [{ order: { description: 'ASC' } }, 'INVALIDORDEREXCEPTION'],
    [{ pagination: { limit: 'abc' } }, 'INVALIDPAGINATIONEXCEPTION'],
    [{ pagination: { limit: 0 } }, 'INVALIDPAGINATIONEXCEPTION'],
  ])('refuse %j: %s', async (params, code) => {
    const answer = await call('tasks.task.list', params)
    expect([answer.status, codeOf(answer), answer.body.result]).toEqual([400, code, undefined])
  })

  test('name what is missing', async () => {
    for (const [method, field] of [
      ['humanresources.node.list', 'type'],
      ['timeman.record.list', 'filter.userId'],
      ['call.followup.list', 'filter.startDate'],
    ] as const) {
      const { body } = await call(method)
      expect((body.error as TestRow).validation).toEqual([
        { message: expect.stringContaining(field) as string, field },
      ])
    }
  })

  test.each([
    ['tasks.task.list', {}, 300, 300],
    ['main.eventlog.list', {}, 320, 320],
    ['humanresources.node.list', { type: 'TEAM' }, 200, 320],
    ['mail.mailbox.list', {}, 100, 320],
  ])('cut a limit that is too large without a word: %s', async (method, params, most, count) => {
    const seen = await items(method, { ...params, pagination: { limit: 5000 } })
    expect(seen).toHaveLength(most)
    const rest = await items(method, { ...params, pagination: { limit: 200, offset: count - 3 } })
    expect(rest).toHaveLength(3)
    const second = await items(method, { ...params, pagination: { page: 2, limit: 7, offset: 99 } })
    expect(second.map(({ id }) => id)).toEqual(seen.slice(7, 14).map(({ id }) => id))
  })

  test('come by cursors to the end: one that the caller makes, and two that are given back', async () => {
    const tail: unknown[] = []
    for (let value = 0, page: TestRow[] = []; ; value = Number(page.at(-1)?.id)) {
      page = await items('main.eventlog.tail', { cursor: { value } })
      if (page.length === 0) break
      tail.push(...page)
    }
    expect(tail).toEqual(await http.truth('main.eventlog.tail', 'api=v3'))
    for (const [method, key, params, query] of [
      ['note.collection.list', 'nextCursor', {}, ''],
      [
        'call.followup.list',
        'afterCursor',
        { filter: { startDate: { from: '2019-01-01' } } },
        '&filter[startDate][from]=2019-01-01',
      ],
    ] as const) {
      const rows: unknown[] = []
      for (let afterCursor: unknown; afterCursor !== null;) {
        const { body } = await call(method, { ...params, pagination: { limit: 60, afterCursor } })
        rows.push(...(body.result.items as unknown[]))
        afterCursor = body.result[key]
      }
      expect(sorted(rows)).toEqual(sorted(await http.truth(method, `api=v3${query}`)))
    }
    expect(codeOf(await call('main.eventlog.tail', { filter: [['id', '>', 5]] }))).toBe(
      'INVALIDFILTEREXCEPTION',
    )
  })

  test('of follow-ups come in twenties with heavy parts', async () => {
    const params = { filter: { startDate: { from: '2019-01-01' } }, select: ['callId', 'overview'] }
    expect(await items('call.followup.list', { ...params, pagination: { limit: 200 } })).toHaveLength(20)
  })

  test('that are a tree hold every document once', async () => {
    const tops = await items('note.document.tree.list', { collectionId: 4 })
    const flat = (rows: TestRow[]): TestRow[] =>
      rows.flatMap(({ children, ...own }) => [own, ...flat(children as TestRow[])])
    expect(tops.length).toBeLessThan(5)
    const truth = await http.truth('note.document.tree.list', 'api=v3&collectionId=4')
    expect(truth).toHaveLength(130)
    expect(sorted(flat(tops))).toEqual(sorted(truth))
  })

  test('that know only a first page', async () => {
    const found = await call('note.document.search.list', { query: 'x', pagination: { limit: 500 } })
    expect([(found.body.result.items as unknown[]).length, found.body.result.hasMore]).toEqual([200, true])
    const thread = await call('mail.message.thread', { id: 1, limit: 70 })
    expect(thread.body.result).toHaveLength(50)
    expect(
      (await call('humanresources.employee.subordinates', { id: 1 })).body.result.departments,
    ).toHaveLength(60)
  })

  test('of fields say what can be filtered by', async () => {
    const rows = await items('tasks.task.field.list', { select: ['name', 'filterable'] })
    expect(rows.filter(({ filterable }) => filterable)).toEqual([{ name: 'id', filterable: true }])
  })
})

describe('requests', () => {
  test('hold JSON in the body and nothing else', async () => {
    const form = await http.sendV3('tasks.task.list', undefined, {}, 'POST', 'filter[0][]=id')
    expect([form.status, await form.text()]).toEqual([400, expect.stringContaining('INVALIDJSONEXCEPTION')])
    const get = await http.sendV3('tasks.task.get?id=5', undefined, {}, 'GET')
    expect(await get.text()).toContain('Обязательное поле')
    const openapi = await http.sendV3('rest.documentation.openapi', undefined, {}, 'GET')
    const { paths } = (await openapi.json()) as { paths: TestRow }
    expect(paths).toHaveProperty(['/tasks.task.list'])
    expect(paths).not.toHaveProperty(['/crm.deal.list'])
  })

  test('find methods of their own API alone', async () => {
    const there = await call('crm.deal.list')
    expect([there.status, codeOf(there)]).toEqual([404, 'METHODNOTFOUNDEXCEPTION'])
    expect(await http.ask('main.eventlog.list')).toMatchObject({ error: 'ERROR_METHOD_NOT_FOUND' })
    expect((await http.ask('methods')).result).not.toContain('main.eventlog.list')
  })

  test('are authorised, billed and limited', async () => {
    const portal = portalWith(
      'plan=standard,rows=10,bucket-capacity=3,bucket-drain=0.001,operating-seconds=0.15',
    )
    const statuses: [number, string][] = []
    for (const path of [portal.scopelessPath, '/rest/1/wrong/', portal.webhookPath, portal.webhookPath]) {
      const answer = await sendV3(portal, path, 'tasks.task.list')
      statuses.push([answer.status, /"(?:code|error)":"([^"]+)"/.exec(answer.body.toString())?.[1] ?? ''])
    }
    expect(statuses).toEqual([
      [403, 'BITRIX_REST_V3_EXCEPTION_INSUFFICIENTSCOPEEXCEPTION'],
      [401, 'INVALID_CREDENTIALS'],
      [200, ''],
      [503, 'QUERY_LIMIT_EXCEEDED'],
    ])
    expect(portal.stats.billedSecondsByMethod['tasks.task.list']).toBeGreaterThan(0)
    const worded = portalWith('plan=standard,bucket-capacity=1,bucket-drain=0.001,reading=v3-limit=new')
    await sendV3(worded, worded.webhookPath, 'tasks.task.list')
    expect((await sendV3(worded, worded.webhookPath, 'tasks.task.list')).status).toBe(429)
  })

  test('above the operating limit get 429 in words of their own', async () => {
    const portal = portalWith('plan=standard,rows=10,operating-seconds=0.15')
    const params = { select: ['id', 'title', 'description', 'created', 'status'] }
    const statuses: number[] = []
    for (let index = 0; index < 6; index++) {
      statuses.push((await sendV3(portal, portal.webhookPath, 'tasks.task.list', params)).status)
    }
    expect([...new Set(statuses)]).toEqual([200, 429])
  })
})

function sendV3(
  portal: Portal,
  path: string,
  method: string,
  params: unknown = {},
): ReturnType<Portal['handle']> {
  return portal.handle({
    method: 'POST',
    path: path.replace('/rest/', '/rest/api/') + method,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(params)),
  })
}

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}

test('the truth of REST 3.0 is asked for by its name', () => {
  const portal = portalWith('rows=5,ids=dense')
  const query = 'truth?method=tasks.task.list&api=v3&filter[0][]=id&filter[0][]=%3E&filter[0][]=3'
  expect(inspected(portal, query)).toEqual(['{"id":4}', '{"id":5}'])
})
