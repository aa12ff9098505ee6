import { describe, expect, test } from 'vitest'
import { Bitrix24, type CallParams } from '../../src/index.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { all, client, pause, settled, until } from './sandbox-client.ts'

const WEBHOOK = 'https://portal.example/rest/1/canary7secret/'

function leads(count: number): CallParams[] {
  return Array.from({ length: count }, (_, at) => ({ fields: { TITLE: `Lead ${at}` } }))
}

test('each row is a call of its own, and results come in their order with the ids of the rows', async () => {
  const { portal, ids, writes } = await client()
  const some = (await ids()).slice(0, 120)
  const rows = some.map((id, at) => ({ id: at % 2 === 0 ? id : String(id), fields: { TITLE: `T${at}` } }))
  const results = await all(portal.call<boolean>('crm.deal.update', rows))
  expect(results.map(({ line }) => line)).toEqual(rows.map((_, at) => at + 1))
  expect(results.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  expect(results.every((result) => result.ok && result.result)).toBe(true)
  const written = new Map((await writes()).map(({ id, written: fields }) => [id, fields['TITLE']]))
  expect(written).toEqual(new Map(some.map((id, at) => [id, `T${at}`])))
})

test('a row without an id has null for it, and a refusal is a result', async () => {
  const { portal } = await client()
  const results = await all(
    portal.call('crm.deal.update', [{ id: 90_000_001, fields: { TITLE: 'x' } }, { fields: { TITLE: 'x' } }]),
  )
  expect(results).toEqual([
    {
      line: 1,
      id: 90_000_001,
      ok: false,
      outcome: 'refused',
      error: { code: 'NOT_FOUND', description: 'Not found', status: null },
    },
    {
      line: 2,
      id: null,
      ok: false,
      outcome: 'refused',
      error: { code: '', description: 'ID is not defined or invalid.', status: null },
    },
  ])
})

test('dates, bigints, booleans, null and markup arrive as they are meant', async () => {
  const { portal, ids, writes } = await client()
  const [id = 0] = await ids()
  const rows = [
    {
      ID: BigInt(id),
      fields: {
        COMMENTS: '<b>bold</b> & co',
        COMPANY_ID: null,
        BEGINDATE: new Date('2026-01-31T00:00:00Z'),
        TITLE: 12345678901234567890n,
        OPENED: true,
      },
    },
  ]
  const [result] = await all(portal.call('crm.deal.update', rows).texts())
  expect(result).toBe(`{"line":1,"id":${id},"ok":true,"outcome":"done","result":true}`)
  expect((await writes())[0]?.asked).toEqual({
    ID: String(id),
    fields: {
      COMMENTS: '<b>bold</b> & co',
      COMPANY_ID: null,
      BEGINDATE: '2026-01-31T00:00:00.000Z',
      TITLE: '12345678901234567890',
      OPENED: 'Y',
    },
  })
})

test('parameters for all go with each row, and cannot be given twice', async () => {
  const { portal, ids, writes } = await client()
  const [id = 0] = await ids()
  const row = { id, fields: { TITLE: 'A' } }
  const params = { params: { REGISTER_SONET_EVENT: 'N' } }
  expect(await all(portal.call('crm.deal.update', [row], { params }))).toMatchObject([{ ok: true }])
  expect((await writes())[0]?.asked).toMatchObject(params)
  const twice = portal.call('crm.deal.update', [{ ...row, params: {} }], { params })
  await expect(all(twice)).rejects.toMatchObject({ code: 'usage.parameter-twice' })
})

describe('a row that cannot be sent ends the run behind the results of those before it:', () => {
  test.each<[string, unknown, string, string]>([
    ['undefined', { fields: { TITLE: undefined } }, 'usage.parameter-type', 'fields[TITLE] has a value'],
    ['a hole in a list', { fields: { X: [1, , 3] } }, 'usage.parameter-type', 'fields[X][1] has a value'],
    ['no row', null, 'usage.parameter-type', 'The row must be a plain object.'],
    ['a Map', new Map([['fields', {}]]), 'usage.parameter-type', 'The row must be a plain object.'],
    ['fields that are none', { fields: 'TITLE' }, 'usage.clause-type', '"fields" must be a map'],
    ['a name in brackets', { 'fields[TITLE]': 'x' }, 'usage.bracket-member', '"fields[TITLE]" is one name'],
    ['a credential', { auth: 'x' }, 'usage.reserved-name', '"auth" is not for parameters'],
    ['what is nested too deeply', nested(600), 'usage.parameter-type', 'a is nested deeper than 500 levels'],
  ])('%s', async (_what, wrong, code, said) => {
    const { portal, writes } = await client()
    const rows = [...leads(2), wrong, ...leads(1)] as CallParams[]
    const { items, error } = await settled(portal.call('crm.lead.add', rows))
    expect(items.map((item) => !item.ok && item.error.code)).toEqual(['NOT_SENT', 'NOT_SENT'])
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(`Line 3 of the rows: ${said}`)
    expect(await writes()).toEqual([])
  })
})

test('what was sent before a row that cannot be sent has its result', async () => {
  const { portal, writes } = await client()
  async function* rows(): AsyncGenerator<CallParams> {
    yield* leads(30)
    await until(async () => (await writes()).length === 30)
    yield { fields: null }
  }
  const { items, error } = await settled(portal.call('crm.lead.add', rows()))
  expect(items.map(({ ok }) => ok)).toEqual(Array.from({ length: 30 }, () => true))
  expect(error).toMatchObject({ code: 'usage.clause-type' })
  expect(await writes()).toHaveLength(30)
})

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let at = 0; at < depth; at++) value = { a: value }
  return value
}

test('half of a character spoils no body', async () => {
  const { portal, writes } = await client()
  const rows = [{ fields: { TITLE: 'a\uD83Db', COMMENTS: '<b>' } }]
  expect(await all(portal.call('crm.lead.add', rows))).toMatchObject([{ ok: true }])
  expect((await writes())[0]?.written['TITLE']).toBe('a\uFFFDb')
})

describe('a write whose answer is lost', () => {
  test('is not sent again, and its outcome is unknown', async () => {
    const { portal, writes } = await client({ fault: ['lost-reply@2', 'lost-reply@4'] })
    const results = await all(portal.call('crm.lead.add', leads(60)))
    const titles = (await writes()).map(({ written }) => written['TITLE'])
    expect(new Set(titles).size).toBe(titles.length)
    const done = results.filter(({ ok }) => ok)
    const unknown = results.filter(({ outcome }) => outcome === 'unknown')
    expect(unknown.length).toBeGreaterThan(0)
    expect(done.length + unknown.length).toBe(60)
    expect(titles).toHaveLength(60)
  })

  test('is sent again if doing it twice does no harm', async () => {
    const { portal, ids } = await client({ fault: 'lost-reply@1' })
    const rows = (await ids()).slice(0, 20).map((id) => ({ id, fields: { TITLE: 'same' } }))
    const results = await all(portal.call('crm.deal.update', rows, { idempotent: true }))
    expect(results.every(({ ok }) => ok)).toBe(true)
  })
})

test('serial calls are made in the order of the rows, one request after the other', async () => {
  const { portal, writes, events } = await client({ 'latency-ms': '5' })
  const results = await all(portal.call('crm.lead.add', leads(80), { serial: true }))
  expect(results.every(({ ok }) => ok)).toBe(true)
  expect((await writes()).map(({ written }) => written['TITLE'])).toEqual(
    leads(80).map((_, at) => `Lead ${at}`),
  )
  const steps = events.filter(({ type }) => type === 'sent' || type === 'answered').map(({ type }) => type)
  expect(steps.every((type, at) => type === (at % 2 === 0 ? 'sent' : 'answered'))).toBe(true)
})

test('rows are taken as they are needed', async () => {
  const { portal } = await client()
  let read = 0
  function* endless(): Generator<CallParams> {
    for (;;) yield { fields: { TITLE: `Lead ${read++}` } }
  }
  for await (const result of portal.call('crm.lead.add', endless())) if (result.line === 10) break
  expect(read).toBeLessThanOrEqual(600)
})

describe('the end from outside', () => {
  test('behind a signal comes what became of all that was sent, then its reason', async () => {
    const { portal, writes, sent } = await client({ 'latency-ms': '150' })
    const over = new AbortController()
    const why = new Error('enough')
    const calls = portal.call<number>('crm.lead.add', leads(300), { signal: over.signal })
    const run = settled(calls)
    await until(() => sent() > 0)
    over.abort(why)
    const { items, error } = await run
    expect(error).toBe(why)
    const made = await writes()
    expect(items.length).toBeGreaterThan(0)
    expect(made.length).toBeLessThan(300)
    expect(items.every(({ ok }) => ok)).toBe(true)
    expect(items.map((item) => item.ok && item.result).sort()).toEqual(made.map(({ id }) => id).sort())
  })

  test('to leave the loop waits for what is in flight and sends nothing more', async () => {
    const { portal, writes, events, sent } = await client({ 'latency-ms': '100' })
    for await (const result of portal.call('crm.lead.add', leads(300))) if (result.ok) break
    const answered = events.filter(({ type }) => type === 'answered').length
    expect(answered).toBe(sent())
    const made = (await writes()).length
    await pause(250)
    expect(await writes()).toHaveLength(made)
    expect(made).toBeLessThan(300)
  })

  test('close waits for writes in flight, so that their outcome is known', async () => {
    const { portal, writes, sent } = await client({ 'latency-ms': '200' })
    const calls = settled(portal.call('crm.lead.add', leads(300)))
    await until(() => sent() > 0)
    await portal.close()
    const { items, error } = await calls
    expect(error).toMatchObject({ code: 'usage.closed' })
    expect(items.length).toBeGreaterThan(0)
    expect(items.every(({ ok }) => ok)).toBe(true)
    expect(await writes()).toHaveLength(items.length)
  })

  test('close within the loop does not wait for the loop', async () => {
    const { portal } = await client({ 'latency-ms': '20' })
    const walk = async (): Promise<void> => {
      for await (const { ok } of portal.call('crm.lead.add', leads(100))) if (ok) await portal.close()
    }
    await expect(walk()).rejects.toMatchObject({ code: 'usage.closed' })
  })

  test('a write that is not answered in time is unknown', async () => {
    const fake = await fakePortal(() => undefined)
    const portal = new Bitrix24({ webhook: fake.webhook() })
    const over = new AbortController()
    const calls = settled(portal.call('crm.lead.add', leads(3), { signal: over.signal }))
    await until(() => fake.requests.length > 0)
    over.abort()
    const { items, error } = await calls
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(items.map((item) => !item.ok && [item.outcome, item.error.code])).toEqual(
      Array.from({ length: 3 }, () => ['unknown', 'INTERRUPTED']),
    )
  })
})

test('a second iteration sends nothing', async () => {
  const { portal, writes } = await client()
  const calls = portal.call('crm.lead.add', leads(3))
  await all(calls)
  await expect(all(calls)).rejects.toMatchObject({ code: 'usage.option' })
  expect(await writes()).toHaveLength(3)
})

test('a refusal that concerns all ends the run; rows that are left were not sent', async () => {
  const fake = await fakePortal(always({ error: 'INVALID_CREDENTIALS', error_description: 'no' }, 401))
  const { items, error } = await settled(
    new Bitrix24({ webhook: fake.webhook() }).call('crm.lead.add', leads(500)),
  )
  expect(items.map((item) => !item.ok && item.error.code)).toEqual(
    Array.from({ length: 500 }, () => 'NOT_SENT'),
  )
  expect(error).toMatchObject({ name: 'AuthError' })
  expect(fake.requests.length).toBeLessThanOrEqual(2)
})

describe('refused at once:', () => {
  const portal = new Bitrix24({ webhook: WEBHOOK })

  test.each<[string, unknown[], string]>([
    ['a method that is none', ['add a lead', []], 'usage.method-name'],
    ['a batch', ['batch', []], 'usage.batch-nested'],
    ['an object for rows', ['crm.lead.add', { fields: {} }], 'usage.option'],
    ['an option that does not exist', ['crm.lead.add', [], { retries: 1 }], 'usage.option'],
    ['a text for yes', ['crm.lead.add', [], { idempotent: 'no' }], 'usage.option'],
    ['a number for yes', ['crm.lead.add', [], { serial: 1 }], 'usage.option'],
    ['too many lanes', ['crm.lead.add', [], { concurrency: 51 }], 'usage.option'],
    ['undefined for all', ['crm.lead.add', [], { params: { params: undefined } }], 'usage.parameter-type'],
    ['a wrong clause for all', ['crm.lead.add', [], { params: { fields: 5 } }], 'usage.clause-type'],
  ])('%s', (_what, words, code) => {
    const ask = portal.call.bind(portal) as (...words: unknown[]) => unknown
    expect(() => ask(...words)).toThrow(expect.objectContaining({ code }))
  })
})
