import { describe, expect, test } from 'vitest'
import { inspected, portalWith, type TestRow } from './asking.ts'
import type { Portal } from '../../src/sandbox/portal.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: TestRow
}

async function call(portal: Portal, method: string, params: unknown, key?: string): Promise<Answer> {
  const { status, headers, body } = await portal.handle({
    method: 'POST',
    path: portal.webhookPath.replace('/rest/', '/rest/api/') + method,
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: Buffer.from(JSON.stringify(params)),
  })
  return { status, headers, body: JSON.parse(body.toString()) as TestRow }
}

const codeOf = ({ body }: Answer): string =>
  String((body.error as TestRow).code)
    .split('_')
    .pop() ?? ''
const portal = (more = ''): Portal => portalWith(`rows=5,ids=dense,${more}`)
const X = { fields: { title: 'x', responsibleId: 7 } }

describe('an Idempotency-Key', () => {
  test('makes a second add with the same body the answer of the first', async () => {
    const own = portal()
    const first = await call(own, 'tasks.task.add', X, 'k1')
    const again = await call(own, 'tasks.task.add', X, 'k1')
    expect(first.headers).toMatchObject({ 'idempotency-key': 'k1' })
    expect(first.headers).not.toHaveProperty('idempotent-replayed')
    expect(again.headers).toMatchObject({ 'idempotency-key': 'k1', 'idempotent-replayed': 'true' })
    expect(again.body).toEqual(first.body)
    expect(own.stats.writes).toEqual({ 'tasks.task.add': 1 })
  })

  test('is one for each method, and no key is none', async () => {
    const own = portal()
    await call(own, 'tasks.task.add', X, 'k1')
    expect((await call(own, 'tasks.task.update', { id: 1, ...X }, 'k1')).headers).not.toHaveProperty(
      'idempotent-replayed',
    )
    await call(own, 'tasks.task.add', X)
    await call(own, 'tasks.task.add', X)
    expect(own.stats.writes).toEqual({ 'tasks.task.add': 3, 'tasks.task.update': 1 })
  })

  test('may not be used for another body, and must be printable', async () => {
    const own = portal()
    await call(own, 'tasks.task.add', X, 'k1')
    const other = await call(own, 'tasks.task.add', { fields: { title: 'y' } }, 'k1')
    expect([other.status, codeOf(other)]).toEqual([422, 'IDEMPOTENCYKEYREUSEDEXCEPTION'])
    for (const key of ['', 'ключ', 'k'.repeat(256)]) {
      const refused = await call(own, 'tasks.task.add', X, key)
      expect([refused.status, codeOf(refused)]).toEqual([400, 'INVALIDIDEMPOTENCYKEYEXCEPTION'])
    }
    expect(own.stats.writes).toEqual({ 'tasks.task.add': 1 })
  })

  test('keeps no error, and means nothing to a read', async () => {
    const own = portal()
    expect((await call(own, 'tasks.task.update', { id: 6, ...X }, 'k1')).status).toBe(400)
    await call(own, 'tasks.task.add', X)
    expect((await call(own, 'tasks.task.update', { id: 6, ...X }, 'k1')).body.result).toEqual({
      result: true,
    })
    await call(own, 'tasks.task.list', {}, 'k2')
    expect((await call(own, 'tasks.task.list', {}, 'k2')).headers).not.toHaveProperty('idempotent-replayed')
  })

  test('saves an add whose answer was lost', async () => {
    const own = portal('fault=lost-reply@1')
    await own
      .handle({
        method: 'POST',
        path: own.webhookPath.replace('/rest/', '/rest/api/') + 'tasks.task.add',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
        body: Buffer.from(JSON.stringify(X)),
      })
      .then(({ wire }) => expect(wire).toBe('lost-reply'))
    expect((await call(own, 'tasks.task.add', X, 'k1')).headers).toHaveProperty('idempotent-replayed')
    expect(inspected(own, 'truth?method=tasks.task.list')).toHaveLength(6)
  })
})

describe('a task', () => {
  test('is the same in both APIs', async () => {
    const own = portal()
    const { body } = await call(own, 'tasks.task.add', X)
    expect((body.result as { item: TestRow }).item).toMatchObject({ id: 6, title: 'x', responsibleId: 7 })
    await call(own, 'tasks.task.delete', { id: 2 })
    const titles = inspected(own, 'truth?method=tasks.task.list&select[]=ID&select[]=TITLE')
    expect(titles.at(-1)).toBe('{"id":"6","title":"x"}')
    expect(titles).toHaveLength(5)
    expect(codeOf(await call(own, 'tasks.task.get', { id: 2 }))).toBe('ENTITYNOTFOUNDEXCEPTION')
    expect(codeOf(await call(own, 'tasks.task.add', { fields: {} }))).toBe('REQUESTVALIDATIONEXCEPTION')
  })
})

describe('batch', () => {
  const get = (id: unknown, more = {}): TestRow => ({
    method: 'tasks.task.get',
    query: { id, select: ['id', 'title'] },
    ...more,
  })

  test('answers a list in order; references reach a value, and a field of every row', async () => {
    const own = portal()
    const { body } = await call(own, 'batch', [
      get(3, { as: 'third' }),
      { method: 'tasks.task.update', query: { id: { $ref: 'third.id' }, fields: { title: 'neu' } } },
      { method: 'tasks.task.list', query: { filter: ['id', [{ $ref: '0.id' }, 5]] }, as: 'some' },
      { method: 'tasks.task.list', query: { filter: ['id', { $refArray: 'some.id' }], select: ['title'] } },
    ])
    const [first, updated, listed, titles] = body.result as TestRow[]
    expect((first?.item as TestRow).title).not.toBe('neu')
    expect([updated, listed]).toEqual([{ result: true }, { items: [{ id: 3 }, { id: 5 }] }])
    expect((titles?.items as TestRow[])[0]).toEqual({ title: 'neu' })
    expect(own.stats.batches).toBe(1)
  })

  test('fails as a whole with one of its calls, and what was done stays done', async () => {
    const own = portal()
    const answer = await call(own, 'batch', [{ method: 'tasks.task.add', query: X }, get(999), get(1)])
    expect([answer.status, codeOf(answer), answer.body.result]).toEqual([
      400,
      'ENTITYNOTFOUNDEXCEPTION',
      undefined,
    ])
    expect(own.stats.writes).toEqual({ 'tasks.task.add': 1 })
  })

  test.each([
    [
      'a path that leads nowhere',
      [get(1, { as: 'a' }), get({ $ref: 'a.item.id' })],
      'INVALIDSELECTEXCEPTION',
    ],
    ['a name that comes twice', [get(1, { as: 'a' }), get(2, { as: 'a' })], 'INVALIDSELECTEXCEPTION'],
    ['commands of the older API', { cmd: { a: 'tasks.task.list' } }, 'INVALIDSELECTEXCEPTION'],
    ['a method that is not there', [{ method: 'crm.deal.list', query: {} }], 'METHODNOTFOUNDEXCEPTION'],
    ['a batch in it', [{ method: 'batch', query: [] }], 'METHODNOTFOUNDEXCEPTION'],
  ])('refuses %s', async (_, body, code) => {
    const answer = await call(portal(), 'batch', body)
    expect([answer.status, codeOf(answer)]).toEqual([400, code])
  })
})
