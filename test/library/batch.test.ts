import { describe, expect, test } from 'vitest'
import { type BatchCommand, Bitrix24 } from '../../src/index.ts'
import { all, client, settled, until } from './sandbox-client.ts'

const WEBHOOK = 'https://portal.example/rest/1/canary7secret/'

test('commands refer to answers of earlier ones, and results come in their order', async () => {
  const { portal, sent } = await client()
  const commands: BatchCommand[] = [
    { id: 'company', method: 'crm.company.add', params: { fields: { TITLE: 'New' } } },
    { id: 7, method: 'crm.deal.add', params: { fields: { COMPANY_ID: '$result[company]' } } },
    { id: 8n, method: 'crm.deal.list', params: { filter: { '>ID': 0 }, select: ['ID'] } },
    { method: 'crm.deal.get', params: { id: 90_000_001 } },
    { method: 'crm.deal.get', params: { id: '$result[7]' } },
  ]
  const results = await all(portal.batch(commands))
  expect(results.map(({ id }) => id)).toEqual(['company', 7, 8n, 4, 5])
  expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'refused', 'done'])
  const [company, , list, , deal] = results
  if (company?.ok !== true || deal?.ok !== true) throw new Error('not done')
  expect(Number((deal.result as { COMPANY_ID: string }).COMPANY_ID)).toBe(company.result)
  expect(list).toMatchObject({ next: 50, time: { duration: expect.any(Number) as number } })
  expect(deal).not.toHaveProperty('total')
  expect(sent()).toBeLessThanOrEqual(3)
})

test('texts have total, next and time as the portal sent them', async () => {
  const { portal } = await client()
  const [line = ''] = await all(portal.batch([{ id: 'd', method: 'crm.deal.list' }]).texts())
  expect(line).toMatch(
    /^\{"line":1,"id":"d","ok":true,"outcome":"done","result":\[.*\],"total":260,"next":50,"time":\{.*\}\}$/,
  )
})

test('what refers to a command that was not done is not sent', async () => {
  const { portal, writes } = await client()
  const commands: BatchCommand[] = [
    { id: 'a', method: 'crm.deal.get', params: { id: 90_000_001 } },
    {
      id: 'b',
      method: 'crm.contact.update',
      params: { id: '$result[a][CONTACT_ID]', fields: { NAME: 'x' } },
    },
    { id: 'c', method: 'crm.lead.add', params: { fields: { TITLE: 'done' } } },
  ]
  const results = await all(portal.batch(commands))
  expect(results.map((result) => (result.ok ? 'done' : result.error.code))).toEqual([
    'NOT_FOUND',
    'DEPENDS_ON_REFUSED',
    'done',
  ])
  expect((await writes()).map(({ method }) => method)).toEqual(['crm.lead.add'])
})

test('with halt the first command that is not done ends the run', async () => {
  const { portal, writes } = await client()
  const commands = Array.from({ length: 120 }, (_, at): BatchCommand => {
    if (at === 70) return { method: 'crm.deal.delete', params: { id: 90_000_001 } }
    return { method: 'crm.lead.add', params: { fields: { TITLE: `Lead ${at}` } } }
  })
  const results = await all(portal.batch(commands, { halt: true }))
  expect(results.map((result) => (result.ok ? 'done' : result.error.code))).toEqual([
    ...Array.from({ length: 70 }, () => 'done'),
    'NOT_FOUND',
    ...Array.from({ length: 49 }, () => 'HALTED'),
  ])
  expect(await writes()).toHaveLength(70)
})

test('no write is made twice when answers are lost', async () => {
  const { portal, writes } = await client({ fault: ['lost-reply@1', 'lost-reply@3'] })
  const commands = Array.from({ length: 200 }, (_, at): BatchCommand => {
    return { method: 'crm.lead.add', params: { fields: { TITLE: `Lead ${at}` } } }
  })
  const results = await all(portal.batch(commands))
  const titles = (await writes()).map(({ written }) => written['TITLE'])
  expect(new Set(titles).size).toBe(titles.length)
  expect(results.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(0)
  expect(results.filter(({ outcome }) => outcome === 'refused')).toEqual([])
})

describe('a command that cannot be meant ends the run, and what was not sent by then has no result:', () => {
  const good: BatchCommand = { method: 'crm.lead.add', params: { fields: { TITLE: 'good' } } }

  test.each<[string, unknown, string, string]>([
    [
      'no command',
      null,
      'usage.parameter-type',
      'Line 2 of the commands: The command must be a plain object.',
    ],
    ['a text', 'crm.deal.get?ID=1', 'usage.parameter-type', 'Line 2 of the commands: The command must be'],
    ['no method', { params: {} }, 'usage.batch-command', 'Line 2 of the commands: It has no method.'],
    ['a member that means nothing', { method: 'profile', parms: {} }, 'usage.batch-command', '"parms"'],
    [
      'an id that is none',
      { id: '', method: 'profile' },
      'usage.batch-command',
      'no text and no whole number',
    ],
    [
      'an id that is a list',
      { id: [1], method: 'profile' },
      'usage.batch-command',
      'no text and no whole number',
    ],
    ['parameters that are none', { method: 'profile', params: 5 }, 'usage.batch-command', 'no object'],
    ['undefined', { method: 'profile', params: { a: undefined } }, 'usage.parameter-type', 'params[a] has'],
    ['a wrong clause', { method: 'crm.deal.list', params: { filter: 5 } }, 'usage.clause-type', 'Line 2'],
    ['a batch', { method: 'batch' }, 'usage.batch-nested', 'Line 2'],
    ['an id that is taken', { id: '1', method: 'profile' }, 'usage.batch-id-twice', 'Line 2'],
    [
      'a reference that leads nowhere',
      { method: 'crm.deal.get', params: { id: '$result[x]' } },
      'usage.reference-unknown',
      'Line 2',
    ],
  ])('%s', async (_what, wrong, code, said) => {
    const { portal, writes } = await client()
    const { items, error } = await settled(portal.batch([good, wrong] as BatchCommand[]))
    expect(items).toEqual([])
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(said)
    expect(await writes()).toEqual([])
  })
})

test('behind a signal comes what became of all that was sent, then its reason', async () => {
  const { portal, writes, sent } = await client({ 'latency-ms': '150' })
  const over = new AbortController()
  const commands = Array.from({ length: 400 }, (_, at): BatchCommand => {
    return { method: 'crm.lead.add', params: { fields: { TITLE: `Lead ${at}` } } }
  })
  const run = settled(portal.batch<number>(commands, { signal: over.signal }))
  await until(() => sent() > 0)
  over.abort()
  const { items, error } = await run
  expect(error).toMatchObject({ name: 'AbortError' })
  expect(items.length).toBeGreaterThan(0)
  expect(items.every(({ ok }) => ok)).toBe(true)
  expect(await writes()).toHaveLength(items.length)
})

test.each<[string, unknown[]]>([
  ['the portal’s own form', [{ cmd: { a: 'crm.deal.get?ID=1' } }]],
  ['an option that does not exist', [[], { halts: true }]],
  ['a number for yes', [[], { halt: 1 }]],
  ['no lane', [[], { concurrency: 0.5 }]],
])('%s is refused at once', (_what, words) => {
  const portal = new Bitrix24({ webhook: WEBHOOK })
  const ask = portal.batch.bind(portal) as (...words: unknown[]) => unknown
  expect(() => ask(...words)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})
