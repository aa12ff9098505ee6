import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { SETTINGS } from '../../src/cli/options.ts'
import { resolveSettings } from '../../src/config/settings.ts'
import { Bitrix24, type Bitrix24Options } from '../../src/index.ts'
import { clientSettings } from '../../src/library/options.ts'
import { userParameters } from '../../src/library/parameters.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { all, client } from './sandbox-client.ts'

const WEBHOOK = 'https://portal.example/rest/1/canary7secret/'

test('rows, pages and texts are the same rows in ascending id', async () => {
  const { portal } = await client()
  const deals = portal.getAll<{ ID: string }>('crm.deal.list')
  const rows = await all(deals)
  const ids = rows.map(({ ID }) => Number(ID))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  expect(rows).toHaveLength(260)
  const pages = await all(deals.pages())
  expect(pages.flat()).toEqual(rows)
  expect(pages.every((page) => page.length > 0 && page.length <= 50)).toBe(true)
  const texts = await all(deals.texts())
  expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(rows)
})

test('texts keep literals that parsing would change', async () => {
  const row = '{"ID":"1","big":12345678901234567890,"one":1.0}'
  const portal = await fakePortal((_request, response) => {
    response.end(`{"result":[${row}],"total":1}`)
  })
  const found = await all(new Bitrix24({ webhook: portal.webhook() }).getAll('some.thing.list').texts())
  expect(found).toEqual([row])
})

test('limit, select and where are those of the command line', async () => {
  const { portal } = await client()
  const where = [{ field: 'ID', operator: '>', value: 10 }] as const
  const rows = await all(portal.getAll('crm.deal.list', {}, { limit: 60, select: ['ID', 'TITLE'], where }))
  expect(rows).toHaveLength(60)
  expect(Object.keys(rows[0] ?? {})).toEqual(['ID', 'TITLE'])
  expect(Number(rows[0]?.['ID'])).toBeGreaterThan(10)
})

test('nothing is sent before somebody iterates', async () => {
  const { portal, events } = await client()
  portal.getAll('crm.deal.list')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(events).toEqual([])
})

test('to leave the loop ends the walk', async () => {
  const { portal, events } = await client({ rows: '20000' })
  for await (const row of portal.getAll('crm.deal.list')) {
    expect(row).toHaveProperty('ID')
    break
  }
  const sent = events.filter(({ type }) => type === 'sent').length
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(events.filter(({ type }) => type === 'sent')).toHaveLength(sent)
  expect(sent).toBeLessThanOrEqual(2)
  expect(await all(portal.getAll('crm.deal.list', {}, { limit: 5 }))).toHaveLength(5)
})

test('no page is asked for while the rows of the one before are not taken', async () => {
  const { portal, events } = await client({ rows: '20000' })
  const rows = portal.getAll('crm.deal.list')[Symbol.asyncIterator]()
  await rows.next()
  const sent = events.filter(({ type }) => type === 'sent').length
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(events.filter(({ type }) => type === 'sent')).toHaveLength(sent)
  await rows.return?.()
})

test('rows that cannot be shown to be all end with IncompleteError, behind the last of them', async () => {
  const portal = await fakePortal(always({ result: [{ ID: '1' }, { ID: '2' }], total: 5 }))
  const found: unknown[] = []
  const walk = async (): Promise<void> => {
    for await (const row of new Bitrix24({ webhook: portal.webhook() }).getAll('department.get'))
      found.push(row)
  }
  await expect(walk()).rejects.toMatchObject({ name: 'IncompleteError', code: 'walk.incomplete' })
  expect(found).toEqual([{ ID: '1' }, { ID: '2' }])
})

test('a refusal is thrown with the words of the portal', async () => {
  const portal = await fakePortal(always({ error: 'ACCESS_DENIED', error_description: 'no' }, 403))
  await expect(
    all(new Bitrix24({ webhook: portal.webhook() }).getAll('crm.deal.list')),
  ).rejects.toMatchObject({
    name: 'AuthError',
    refusal: { apiCode: 'ACCESS_DENIED', description: 'no', status: 403 },
  })
})

describe('the end from outside', () => {
  test('comes with what the signal was aborted with, also before the first row', async () => {
    const { portal } = await client({ rows: '5000' })
    const over = new AbortController()
    const why = new Error('enough')
    const walk = async (): Promise<void> => {
      for await (const row of portal.getAll('crm.deal.list', {}, { signal: over.signal })) {
        if (row['ID'] !== undefined) over.abort(why)
      }
    }
    await expect(walk()).rejects.toBe(why)
    await expect(walk()).rejects.toBe(why)
  })

  test.each(['rows', 'texts', 'pages'] as const)(
    'gives no more of the %s that are there already',
    async (form) => {
      const { portal } = await client({ rows: '5000' })
      const over = new AbortController()
      const rows = portal.getAll('crm.deal.list', {}, { signal: over.signal })
      let taken = 0
      const walk = async (): Promise<void> => {
        const items: AsyncIterable<unknown> = form === 'rows' ? rows : rows[form]()
        for await (const item of items) if (item !== undefined && ++taken === 3) over.abort()
      }
      await expect(walk()).rejects.toMatchObject({ name: 'AbortError' })
      expect(taken).toBe(3)
    },
  )

  test('comes while an answer is waited for', async () => {
    const portal = await fakePortal(() => undefined)
    const rows = new Bitrix24({ webhook: portal.webhook() }).getAll(
      'crm.deal.list',
      {},
      {
        signal: AbortSignal.timeout(100),
      },
    )
    await expect(all(rows)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('close ends what is running, may be called twice, and nothing can be read behind it', async () => {
    const { portal } = await client({ rows: '5000' })
    const walk = async (): Promise<void> => {
      for await (const row of portal.getAll('crm.deal.list'))
        if (row['ID'] !== undefined) await portal.close()
    }
    await expect(walk()).rejects.toMatchObject({ code: 'usage.closed' })
    await portal.close()
    await expect(all(portal.getAll('crm.deal.list'))).rejects.toMatchObject({ code: 'usage.closed' })
  })

  test('comes at the end of a block where the language knows that', async () => {
    const { asyncDispose } = Symbol as { asyncDispose?: symbol }
    if (asyncDispose === undefined) return
    const { portal } = await client()
    await (portal as unknown as Record<symbol, () => Promise<void>>)[asyncDispose]?.()
    await expect(all(portal.getAll('crm.deal.list'))).rejects.toMatchObject({ code: 'usage.closed' })
  })
})

test('walks side by side share the limits of the portal', async () => {
  const { portal, events } = await client({ plan: 'standard' }, { plan: 'standard', burst: 2, tps: 2 })
  await Promise.all([all(portal.getAll('crm.deal.list')), all(portal.getAll('crm.contact.list'))])
  expect(events.some((event) => event.type === 'waiting' && event.reason === 'bucket')).toBe(true)
})

describe('options', () => {
  test('have the defaults of the command line', () => {
    const { values } = resolveSettings(SETTINGS, { flags: {}, environment: {}, files: [] })
    expect(clientSettings({ webhook: WEBHOOK })).toMatchObject({
      plan: values.plan,
      burst: values.burst,
      tps: values.tps,
      retries: values.retries,
      maxWaitMs: values.maxWait,
      timeoutMs: values.timeout,
      connectTimeoutMs: values.connectTimeout,
      batchSize: values.batchSize,
      caFile: values.caFile,
      insecure: values.insecure,
      allowHttp: values.allowHttp,
    })
  })

  test.each<[Record<string, unknown>, string]>([
    [{ retry: 3 }, 'There is no option retry.'],
    [{ retries: -1 }, 'The option retries must be a whole number from 0 to 100.'],
    [{ batchSize: 51 }, 'The option batchSize must'],
    [{ timeoutMs: Infinity }, 'The option timeoutMs must'],
    [{ tps: '2/s' }, 'The option tps must'],
    [{ plan: 'gold' }, 'The option plan must be one of'],
    [{ caFile: true }, 'The option caFile has a value of the wrong type'],
    [{ webhook: undefined }, 'The option webhook must'],
  ])('%j is refused', (options, said) => {
    const make = (): Bitrix24 => new Bitrix24({ webhook: WEBHOOK, ...options })
    expect(make).toThrow(expect.objectContaining({ code: 'usage.option' }))
    expect(make).toThrow(said)
  })

  test.each<[Partial<Bitrix24Options>, string]>([
    [{ webhook: 'http://portal.example/rest/1/a/' }, 'config.webhook-not-https'],
    [{ webhook: 'nonsense' }, 'config.webhook-malformed'],
    [{ webhook: 'https://x.bitrix24.com/rest/1/a/', plan: 'box' }, 'usage.plan-box-in-cloud'],
    [{ webhook: 'https://x.bitrix24.com/rest/1/a/', tps: 3 }, 'usage.above-plan'],
  ])('%j is refused as on the command line', (options, code) => {
    expect(() => new Bitrix24({ webhook: WEBHOOK, ...options })).toThrow(expect.objectContaining({ code }))
  })

  test('that need a file or a proxy are checked with the first request', async () => {
    const missing = new Bitrix24({ webhook: WEBHOOK, caFile: '/nowhere.pem' })
    await expect(all(missing.getAll('crm.deal.list'))).rejects.toMatchObject({ code: 'config.ca-file' })
    const socks = new Bitrix24({ webhook: WEBHOOK, proxy: 'socks5://u:canary7secret@p:1' })
    const error: unknown = await all(socks.getAll('crm.deal.list')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'config.proxy-malformed' })
    expect(inspect(error)).not.toContain('canary7secret')
  })
})

const CIRCLE: Record<string, unknown> = {}
CIRCLE['filter'] = CIRCLE

test.each([undefined, null, 'https://x/', []])('%j in place of the options is refused', (options) => {
  expect(() => new Bitrix24(options as never)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})

describe('parameters', () => {
  const portal = new Bitrix24({ webhook: WEBHOOK })

  test.each<[string, unknown, string]>([
    ['a condition that is undefined', { filter: { '>ID': undefined } }, 'usage.parameter-type'],
    ['an undefined filter', { filter: undefined }, 'usage.parameter-type'],
    ['a number that is none', { filter: { '>ID': Number.NaN } }, 'usage.parameter-type'],
    ['a date that is none', { filter: { '>DATE_CREATE': new Date('x') } }, 'usage.parameter-type'],
    ['a function', { filter: () => 1 }, 'usage.parameter-type'],
    ['a list in place of all', [], 'usage.parameter-type'],
    ['a Map, which looks empty', { filter: new Map([['STAGE_ID', 'NEW']]) }, 'usage.parameter-type'],
    ['a circle', CIRCLE, 'usage.parameter-type'],
    ['null', { filter: { STAGE_ID: null } }, 'usage.null-value'],
    ['an order', { order: { TITLE: 'ASC' } }, 'usage.walk-owns'],
  ])('%s is refused at once', (_what, params, code) => {
    expect(() => portal.getAll('crm.deal.list', params as never)).toThrow(expect.objectContaining({ code }))
  })

  test.each<[string, unknown, string]>([
    ['no rows at all', { limit: 0 }, 'usage.option'],
    ['a text for fields', { select: 'ID' }, 'usage.parameter-type'],
    ['no fields', { select: [] }, 'usage.parameter-type'],
    ['an option that does not exist', { limt: 5 }, 'usage.option'],
    ['null for options', null, 'usage.option'],
    ['a text for a limit', { limit: '5' }, 'usage.option'],
    ['an object for a signal', { signal: {} }, 'usage.option'],
    ['one condition without a list', { where: { field: 'ID' } }, 'usage.parameter-type'],
    ['a condition without a value', { where: [{ field: 'A', operator: '!=' }] }, 'usage.parameter-type'],
    [
      'a condition on nothing',
      { where: [{ field: 'A', operator: '=', value: null }] },
      'usage.parameter-type',
    ],
    ['NaN in a condition', { where: [{ field: 'A', operator: '>', value: NaN }] }, 'usage.parameter-type'],
    ['no date', { where: [{ field: 'A', operator: '>', value: new Date('x') }] }, 'usage.parameter-type'],
    [
      'an object in a condition',
      { where: [{ field: 'A', operator: '=', value: {} }] },
      'usage.parameter-type',
    ],
    ['a text for a list', { where: [{ field: 'A', operator: 'in', value: 'NEW' }] }, 'usage.parameter-type'],
    ['an empty list', { where: [{ field: 'A', operator: 'in', value: [] }] }, 'usage.parameter-type'],
    [
      'undefined in a list',
      { where: [{ field: 'A', operator: 'in', value: [undefined] }] },
      'usage.parameter-type',
    ],
    ['an unknown operator', { where: [{ field: 'A', operator: '==', value: '1' }] }, 'usage.parameter-type'],
  ])('%s is refused at once', (_what, options, code) => {
    expect(() => portal.getAll('crm.deal.list', {}, options as never)).toThrow(
      expect.objectContaining({ code }),
    )
  })

  test('half of a character does not spoil the body that holds the conditions', () => {
    const filter = { '%TITLE': 'a\uD83D', 'X\uDE00': ['\uD83D\uDE00'] }
    expect(userParameters({ filter }, [], undefined).params).toEqual({
      filter: { '%TITLE': 'a\uFFFD', 'X\uFFFD': ['\uD83D\uDE00'] },
    })
  })

  test('a Date goes as text, and a bigint whole', () => {
    const filter = { '>=DATE': new Date('2026-01-31T00:00:00Z'), CODE: 12345678901234567890n }
    expect(userParameters({ filter }, [], undefined).params).toEqual({
      filter: { '>=DATE': '2026-01-31T00:00:00.000Z', CODE: '12345678901234567890' },
    })
  })
})

test('a client cannot print its webhook', () => {
  const portal = new Bitrix24({ webhook: WEBHOOK })
  expect(`${inspect(portal, { depth: 9, showHidden: true })} ${JSON.stringify(portal)}`).not.toContain(
    'canary7',
  )
  expect(portal.host).toBe('portal.example')
})

test.each([1, 3])('%i requests are in flight where that is the most one wants', async (concurrency) => {
  const { portal, sandbox } = await client({ rows: '6000', 'page-ms': '20', 'row-bytes': '100' })
  expect(await all(portal.getAll('crm.deal.list', {}, { select: ['ID'], concurrency }))).toHaveLength(6000)
  expect(sandbox.portal.stats.peakInFlight).toBe(concurrency)
})
