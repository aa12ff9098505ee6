import { describe, expect, test } from 'vitest'
import { FAULTS, isFaultName } from '../../src/sandbox/faults.ts'
import type { Portal } from '../../src/sandbox/portal.ts'
import { ask, batch, bodyOf, inspected, portalWith, send, type TestRow } from './asking.ts'

interface LoggedWrite {
  readonly kind: string
  readonly ordinal: number
  readonly nested: boolean
  readonly method: string
  readonly id: number
  readonly asked: TestRow
}

function writesOf(portal: Portal): LoggedWrite[] {
  return inspected(portal, 'log?kind=write').map((line) => JSON.parse(line) as LoggedWrite)
}

/** `fields` of a JSON body exactly as it is spelled. */
async function sendText(portal: Portal, method: string, body: string): Promise<void> {
  await portal.handle({
    method: 'POST',
    path: portal.webhookPath + method,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
  })
}

describe.each(['deal', 'lead', 'contact', 'company'])('crm.%s', (entity) => {
  const name = entity === 'contact' ? 'NAME' : 'TITLE'

  test('add answers a number, update and delete true, and the second delete finds nothing', async () => {
    const portal = portalWith('rows=3,ids=dense')
    const call = (action: string, params: TestRow): Promise<unknown> =>
      ask(portal, `crm.${entity}.${action}`, params).then((body) => body.result ?? body)
    const notFound = { error: '', error_description: 'Not found' }
    expect(await call('add', { fields: { [name]: 'x' } })).toBe(4)
    expect(await call('update', { id: 4, fields: { [name]: 'y' } })).toBe(true)
    expect(await call('get', { id: 4 })).toMatchObject({ ID: '4', [name]: 'y' })
    expect(await call('delete', { id: 4 })).toBe(true)
    expect(await call('delete', { id: 4 })).toEqual(notFound)
    expect(await call('update', { id: 4, fields: { [name]: 'z' } })).toEqual(notFound)
    expect(await call('get', { id: 4 })).toEqual(notFound)
    expect(writesOf(portal).map((one) => one.method)).toEqual(
      ['add', 'update', 'delete'].map((action) => `crm.${entity}.${action}`),
    )
  })

  test.each([undefined, 'TITLE=x', null, 5])('fields that are %j are refused', async (fields) => {
    const portal = portalWith('rows=1,ids=dense')
    for (const action of ['add', 'update']) {
      const answer = await send(portal, `crm.${entity}.${action}`, { id: 1, fields })
      expect([answer.status, bodyOf(answer).error]).toEqual([400, ''])
    }
    expect(portal.stats.writes).toEqual({})
  })

  test('an empty map of fields is a write, but a batch cannot spell it', async () => {
    const portal = portalWith('rows=1,ids=dense')
    expect((await ask(portal, `crm.${entity}.update`, { id: 1, fields: {} })).result).toBe(true)
    expect((await batch(portal, { a: `crm.${entity}.update?id=1&fields=` })).result_error).toHaveProperty('a')
  })
})

describe('crm.item', () => {
  test.each([1, 2, 128])('of type %d can be added, updated and deleted once', async (entityTypeId) => {
    const portal = portalWith('rows=3,ids=dense')
    const call = (action: string, params: TestRow): Promise<unknown> =>
      ask(portal, `crm.item.${action}`, { entityTypeId, ...params }).then((body) => body.result ?? body)
    expect(await call('add', { fields: { title: 'x' } })).toMatchObject({ item: { id: 4, title: 'x' } })
    expect(await call('update', { id: 4, fields: { title: null } })).toMatchObject({ item: { title: null } })
    expect(await call('delete', { id: 4 })).toEqual([])
    expect(await call('delete', { id: 4 })).toMatchObject({ error: 'NOT_FOUND' })
    expect(await call('update', { id: 4, fields: {} })).toMatchObject({ error: 'NOT_FOUND' })
    expect(await call('add', { fields: 'title' })).toMatchObject({ error: '100' })
  })
})

describe('what empties a field', () => {
  const FIELDS = {
    TITLE: null,
    COMMENTS: '',
    OPPORTUNITY: null,
    CLOSEDATE: '',
    UF_CRM_1602: [],
    UF_CRM_1606: false,
  }

  test('is read back as a JSON body gave it', async () => {
    const portal = portalWith('rows=1,ids=dense')
    await ask(portal, 'crm.deal.update', { id: 1, fields: FIELDS })
    expect((await ask(portal, 'crm.deal.get', { id: 1 })).result).toMatchObject(FIELDS)
    const { result } = await ask(portal, 'crm.deal.add', { fields: FIELDS })
    expect((await ask(portal, 'crm.deal.get', { id: result })).result).toMatchObject(FIELDS)
  })

  test('empties a field of several values whatever it is', async () => {
    const portal = portalWith('rows=1,ids=dense')
    for (const nothing of [null, '', []]) {
      await ask(portal, 'crm.deal.update', { id: 1, fields: { UF_CRM_1602: ['a', 'b'] } })
      await ask(portal, 'crm.deal.update', { id: 1, fields: { UF_CRM_1602: nothing } })
      expect((await ask(portal, 'crm.deal.get', { id: 1 })).result).toMatchObject({ UF_CRM_1602: [] })
    }
  })

  test('matches a filter for nothing', async () => {
    const portal = portalWith('rows=3,ids=dense')
    await ask(portal, 'crm.deal.update', { id: 2, fields: { TITLE: null } })
    expect((await ask(portal, 'crm.deal.list', { filter: { TITLE: '' } })).total).toBe(1)
  })
})

describe('the log of writes', () => {
  test('shows the parameters as the portal read them, types kept', async () => {
    const portal = portalWith('rows=1,ids=dense')
    const fields = {
      TITLE: true,
      COMMENTS: null,
      UF_CRM_1602: [],
      UF_CRM_1606: false,
      OPPORTUNITY: 1.5,
      NOPE: '1',
    }
    await ask(portal, 'crm.deal.update', { id: 1, fields, params: { REGISTER_SONET_EVENT: 'N' } })
    await batch(portal, {
      a: 'crm.deal.update?id=1&fields[TITLE]=true&fields[UF_CRM_1602][]=&fields[COMMENTS]',
    })
    const [direct, nested] = writesOf(portal)
    expect(direct).toMatchObject({ ordinal: 1, nested: false, method: 'crm.deal.update', id: 1 })
    expect(direct?.asked).toEqual({ id: 1, fields, params: { REGISTER_SONET_EVENT: 'N' } })
    expect(nested).toMatchObject({ ordinal: 2, nested: true })
    expect(nested?.asked).toEqual({ id: '1', fields: { TITLE: 'true', UF_CRM_1602: [''], COMMENTS: '' } })
  })

  test('keeps integers of 64 bits, and rounds longer ones as PHP does', async () => {
    const portal = portalWith('rows=1,ids=dense')
    const body = '{"id":1,"fields":{"TITLE":9007199254740993,"COMMENTS":92233720368547758070}}'
    await sendText(portal, 'crm.deal.update', body)
    const line = inspected(portal, 'log?kind=write')[0]
    expect(line).toContain('"TITLE":9007199254740993,')
    expect(line).toContain('"COMMENTS":92233720368547760000}')
    expect((await ask(portal, 'crm.deal.get', { id: 1 })).result).toMatchObject({ TITLE: '9007199254740993' })
  })

  test('shows references as what they became', async () => {
    const portal = portalWith('rows=1,ids=dense')
    await batch(portal, { a: 'crm.deal.add?fields[TITLE]=x', b: 'crm.deal.delete?id=$result[a]' })
    expect(writesOf(portal).map(({ ordinal, id, asked }) => [ordinal, id, asked.id])).toEqual([
      [1, 2, undefined],
      [1, 2, 2],
    ])
  })

  test('has no line for what was refused', async () => {
    const portal = portalWith('rows=1,ids=dense')
    await ask(portal, 'crm.deal.update', { id: 99, fields: { TITLE: 'x' } })
    await batch(portal, { a: 'crm.deal.delete?id=99', b: 'crm.deal.add' })
    expect(writesOf(portal)).toEqual([])
  })

  test('is whole for ten thousand writes, in order, and quick to read', async () => {
    const portal = portalWith('rows=1,ids=dense')
    for (let request = 0; request < 200; request++) {
      const add = (at: number): [string, string] => [
        `c${at}`,
        `crm.deal.add?fields[TITLE]=${request * 50 + at}`,
      ]
      await batch(portal, Object.fromEntries(Array.from({ length: 50 }, (_, at) => add(at))))
    }
    const startedAt = performance.now()
    const writes = writesOf(portal)
    expect(performance.now() - startedAt).toBeLessThan(1000)
    expect(writes.map(({ asked }) => (asked.fields as TestRow).TITLE)).toEqual(
      Array.from({ length: 10_000 }, (_, index) => String(index)),
    )
    expect(writes.at(-1)).toMatchObject({ ordinal: 200, nested: true, id: 10_001 })
    expect(inspected(portal, 'log?kind=dropped')).toEqual(['{"kind":"dropped","requests":0,"writes":0}'])
    expect(inspected(portal, 'log?kind=request')).toHaveLength(200)
    expect(inspected(portal, 'log?kind=reads')).toEqual(['kind is request, write or dropped'])
  })
})

describe('a fault, the rows and the log agree on what was executed:', () => {
  const REQUESTS = 30
  const faults = Object.keys(FAULTS)
    .filter(isFaultName)
    .filter((name) => FAULTS[name].target !== 'token')
    .filter((name) => !['inserts', 'updates', 'deletes', 'empty-command'].includes(name))

  test.each(faults)('%s', async (fault) => {
    const portal = portalWith(`rows=10,ids=dense,fault=${fault}=100%`)
    for (let count = 0; count < REQUESTS; count++) {
      await send(portal, 'batch', {
        cmd: { a: 'crm.deal.add?fields[TITLE]=a', b: 'crm.deal.add?fields[TITLE]=b' },
      })
    }
    const done = new Set(writesOf(portal).map(({ id }) => id))
    expect(inspected(portal, 'truth?method=crm.deal.list&only=ids')).toHaveLength(10 + done.size)
    expect(portal.stats.writes['crm.deal.add'] ?? 0).toBe(done.size)
    const { isExecuted } = FAULTS[fault]
    if (isExecuted === 'always') expect(done.size).toBe(REQUESTS * 2)
    if (isExecuted === 'never') expect(done.size).toBe(0)
    if (isExecuted === 'maybe') {
      expect(done.size).toBeGreaterThan(REQUESTS * 0.4)
      expect(done.size).toBeLessThan(REQUESTS * 1.6)
    }
  })

  test('a batch that is cut off', async () => {
    const portal = portalWith('rows=10,ids=dense,page-ms=400,cut-seconds=1')
    const add = 'crm.deal.add?fields[TITLE]=x'
    const answer = await send(portal, 'batch', { cmd: { a: add, b: add, c: add, d: add, e: add, f: add } })
    expect(answer.status).toBe(504)
    expect(writesOf(portal).map(({ id }) => id)).toEqual([11, 12, 13])
    expect(inspected(portal, 'truth?method=crm.deal.list&only=ids')).toHaveLength(13)
  })
})
