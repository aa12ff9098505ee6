import { describe, expect, test } from 'vitest'
import { Bitrix24 } from '../../src/index.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { all, client, pause, settled, until } from './sandbox-client.ts'

const WEBHOOK = 'https://portal.example/rest/1/canary7secret/'

test('results come in the order of the ids, with the id as it was given, whatever the ids come in', async () => {
  const { portal, ids } = await client()
  const [a = 0, b = 0, c = 0] = await ids()
  // eslint-disable-next-line @typescript-eslint/require-await -- the library takes asynchronous input
  async function* given(): AsyncGenerator<number | string | bigint> {
    yield* [c, String(a), 90_000_001, BigInt(b), c]
  }
  const results = await all(portal.getById<{ ID: string }>('crm.deal.get', given()))
  expect(results.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5])
  expect(results.map(({ id }) => id)).toEqual([c, String(a), 90_000_001, BigInt(b), c])
  expect(results.map((result) => (result.ok ? Number(result.result.ID) : result.outcome))).toEqual([
    c,
    a,
    'refused',
    b,
    c,
  ])
  expect(results[2]).toEqual({
    line: 3,
    id: 90_000_001,
    ok: false,
    outcome: 'refused',
    error: { code: 'NOT_FOUND', description: 'Not found', status: null },
  })
  expect(await all(portal.getById('crm.deal.get', new Set([a, b])))).toHaveLength(2)
})

test('texts are the result lines of the command line, with literals that parsing would change', async () => {
  const fake = await fakePortal((_request, response) => {
    response.end('{"result":{"result":{"c0":{"ID":1.0,"BIG":12345678901234567890}},"result_error":[]}}')
  })
  const portal = new Bitrix24({ webhook: fake.webhook() })
  expect(await all(portal.getById('crm.deal.get', [98765432109876543210n]).texts())).toEqual([
    '{"line":1,"id":98765432109876543210,"ok":true,"outcome":"done","result":{"ID":1.0,"BIG":12345678901234567890}}',
  ])
})

test('a list is followed to its end, and further parameters go with each id', async () => {
  const { portal, ids } = await client()
  const some = (await ids()).slice(0, 30)
  const params = { filter: { ENTITY_TYPE: 'deal' } }
  const comments = portal.getById<{ ENTITY_ID: string }[]>('crm.timeline.comment.list', some, { params })
  let rows = 0
  for await (const result of comments) {
    if (!result.ok) throw new Error(result.error.description)
    for (const row of result.result) expect(Number(row.ENTITY_ID)).toBe(result.id)
    rows += result.result.length
  }
  expect(rows).toBeGreaterThan(30)
})

test('nothing is sent before somebody iterates, and that is possible once', async () => {
  const { portal, ids, sent } = await client()
  const deals = portal.getById('crm.deal.get', await ids())
  await pause(30)
  expect(sent()).toBe(0)
  expect(await all(deals)).toHaveLength(260)
  await expect(all(deals)).rejects.toMatchObject({ code: 'usage.option' })
  await expect(all(deals.texts())).rejects.toMatchObject({ code: 'usage.option' })
})

describe('what ends the run is thrown behind the last result:', () => {
  test('an id that is none', async () => {
    const { portal, ids } = await client()
    const [a = 0, b = 0] = await ids()
    for (const wrong of ['', ' ', 1.5, 2 ** 60, null, undefined, {}, true]) {
      const { items, error } = await settled(portal.getById('crm.deal.get', [a, b, wrong, a] as number[]))
      expect(items.map(({ id }) => id)).toEqual([a, b])
      expect(error).toMatchObject({ code: 'usage.input-id', message: 'Line 3 of the ids is no id.' })
    }
  })

  test('an error of the source', async () => {
    const { portal, ids } = await client()
    const [a = 0] = await ids()
    const why = new Error('the file ends early')
    function* given(): Generator<number> {
      yield a
      throw why
    }
    const { items, error } = await settled(portal.getById('crm.deal.get', given()))
    expect(items.map(({ id }) => id)).toEqual([a])
    expect(error).toBe(why)
  })

  test('a refusal that concerns all', async () => {
    const fake = await fakePortal(always({ error: 'NO_AUTH_FOUND', error_description: 'no' }, 401))
    const { items, error } = await settled(
      new Bitrix24({ webhook: fake.webhook() }).getById('crm.deal.get', [1, 2]),
    )
    expect(items.map((item) => !item.ok && [item.outcome, item.error.code])).toEqual([
      ['refused', 'NOT_SENT'],
      ['refused', 'NOT_SENT'],
    ])
    expect(error).toMatchObject({ name: 'AuthError', refusal: { apiCode: 'NO_AUTH_FOUND' } })
  })
})

describe('the end from outside', () => {
  test('to leave the loop ends the run and the source, and nothing more is sent', async () => {
    const { portal, sent } = await client({ 'latency-ms': '30' })
    let hasEnded = false
    async function* endless(): AsyncGenerator<number> {
      try {
        for (let id = 1; ; id++) {
          if (id % 50 === 0) await pause(1)
          yield id
        }
      } finally {
        hasEnded = true
      }
    }
    for await (const result of portal.getById('crm.deal.get', endless())) {
      expect(result.line).toBe(1)
      break
    }
    const before = sent()
    await pause(100)
    expect(sent()).toBe(before)
    await until(() => hasEnded)
  })

  test('a signal ends it at once, with its reason and no further result', async () => {
    const { portal, ids } = await client()
    const over = new AbortController()
    const why = new Error('enough')
    const taken: number[] = []
    const walk = async (): Promise<void> => {
      const deals = portal.getById('crm.deal.get', await ids(), { signal: over.signal })
      for await (const { line } of deals) if (taken.push(line) === 3) over.abort(why)
    }
    await expect(walk()).rejects.toBe(why)
    expect(taken).toEqual([1, 2, 3])
    await expect(walk()).rejects.toBe(why)
  })

  test('a signal ends it while an answer is waited for', async () => {
    const fake = await fakePortal(() => undefined)
    const signal = AbortSignal.timeout(100)
    const startedAt = Date.now()
    const deals = new Bitrix24({ webhook: fake.webhook() }).getById('crm.deal.get', [1], { signal })
    await expect(all(deals)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(Date.now() - startedAt).toBeLessThan(2_000)
  })

  test('close ends it, and nothing can be asked behind it', async () => {
    const { portal, ids } = await client()
    const some = await ids()
    const walk = async (): Promise<void> => {
      for await (const { ok } of portal.getById('crm.deal.get', some)) if (ok) await portal.close()
    }
    await expect(walk()).rejects.toMatchObject({ code: 'usage.closed' })
    await expect(all(portal.getById('crm.deal.get', some))).rejects.toMatchObject({ code: 'usage.closed' })
  })
})

describe('refused at once:', () => {
  const portal = new Bitrix24({ webhook: WEBHOOK })

  test.each<[string, unknown[], string]>([
    ['a method that is none', ['get me', []], 'usage.method-name'],
    ['no method', [undefined, []], 'usage.option'],
    ['a method that changes something', ['crm.deal.delete', []], 'usage.not-a-read'],
    ['a text for ids', ['crm.deal.get', '123'], 'usage.option'],
    ['one id', ['crm.deal.get', 5], 'usage.option'],
    ['no ids', ['crm.deal.get'], 'usage.option'],
    ['an option that does not exist', ['crm.deal.get', [], { idparam: 'ID' }], 'usage.option'],
    ['a number for the parameter', ['crm.deal.get', [], { idParam: 0 }], 'usage.option'],
    ['no lane', ['crm.deal.get', [], { concurrency: 0 }], 'usage.option'],
    ['a text for lanes', ['crm.deal.get', [], { concurrency: '2' }], 'usage.option'],
    ['an object for a signal', ['crm.deal.get', [], { signal: {} }], 'usage.option'],
    ['undefined parameters', ['crm.deal.get', [], { params: { a: undefined } }], 'usage.parameter-type'],
    ['the id among them', ['crm.deal.get', [], { params: { ID: 5 } }], 'usage.id-among-parameters'],
    ['a parameter that is missing', ['crm.item.get', []], 'usage.parameter-missing'],
  ])('%s', (_what, words, code) => {
    const ask = portal.getById.bind(portal) as (...words: unknown[]) => unknown
    expect(() => ask(...words)).toThrow(expect.objectContaining({ code }))
  })
})
