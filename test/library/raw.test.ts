import { describe, expect, test } from 'vitest'
import { Bitrix24, RefusalError } from '../../src/index.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { client } from './sandbox-client.ts'

test('the answer comes as it is', async () => {
  const body = '{"result":{"ID":"1","BIG":12345678901234567890},"time":{}}'
  const fake = await fakePortal((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-thing': 'a' }).end(body)
  })
  const portal = new Bitrix24({ webhook: fake.webhook() })
  const answer = await portal.raw('crm.deal.get', { id: 1, when: new Date(0), big: 12345678901234567890n })
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-thing': 'a' })
  expect(answer.body).toBe(body)
  expect(answer.json()).toMatchObject({ result: { ID: '1' } })
  expect(answer.error).toBeUndefined()
  expect(fake.requests).toEqual(['/rest/1/abcdef0123456789/crm.deal.get.json'])
  expect(String(fake.bodies[0])).toBe(
    '{"id":1,"when":"1970-01-01T00:00:00.000Z","big":"12345678901234567890"}',
  )
})

test('a text goes out as it is, a list as parameters by position, and nothing as no parameters', async () => {
  const fake = await fakePortal(always({ result: true }))
  const portal = new Bitrix24({ webhook: fake.webhook() })
  await portal.raw('profile', '{"a": 1.0}')
  await portal.raw('task.commentitem.getlist', [11, { ID: 'desc' }])
  await portal.raw('profile')
  expect(fake.bodies.map(String)).toEqual(['{"a": 1.0}', '[11,{"ID":"desc"}]', '{}'])
})

describe('a refusal', () => {
  const no = { error: 'ERROR_CORE', error_description: 'no' }

  test('is thrown', async () => {
    const fake = await fakePortal(always(no, 400))
    const asked = new Bitrix24({ webhook: fake.webhook() }).raw('crm.deal.add', { fields: {} })
    await expect(asked).rejects.toMatchObject({ name: 'RefusalError', refusal: { apiCode: 'ERROR_CORE' } })
  })

  test('is an answer like any other if errors are accepted', async () => {
    const fake = await fakePortal(always(no, 400))
    const portal = new Bitrix24({ webhook: fake.webhook() })
    const answer = await portal.raw('crm.deal.add', { fields: {} }, { acceptErrors: true })
    expect(answer.status).toBe(400)
    expect(answer.json()).toEqual(no)
    expect(answer.error).toBeInstanceOf(RefusalError)
  })
})

test('a write whose answer is lost is not sent again, unless that does no harm', async () => {
  const { portal, writes } = await client({ fault: ['lost-reply@1', 'lost-reply@2'] })
  const lead = { fields: { TITLE: 'once' } }
  await expect(portal.raw('crm.lead.add', lead)).rejects.toMatchObject({ name: 'TransportError' })
  expect(await writes()).toHaveLength(1)
  const answer = await portal.raw('crm.lead.add', lead, { idempotent: true })
  expect(answer.status).toBe(200)
  expect(await writes()).toHaveLength(3)
})

test('a batch of reads is sent again', async () => {
  const { portal } = await client({ fault: 'lost-reply@1' })
  const answer = await portal.raw('batch', { halt: 0, cmd: { a: 'crm.deal.fields', b: 'crm.deal.list' } })
  expect(answer.json()).toMatchObject({ result: { result_total: { b: 260 } } })
})

test('a signal breaks it off, and close ends it', async () => {
  const fake = await fakePortal(() => undefined)
  const portal = new Bitrix24({ webhook: fake.webhook() })
  const signal = AbortSignal.timeout(50)
  await expect(portal.raw('profile', {}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  const asked = portal.raw('profile')
  asked.catch(() => undefined)
  await portal.close()
  await expect(asked).rejects.toMatchObject({ code: 'usage.closed' })
  await expect(portal.raw('profile')).rejects.toMatchObject({ code: 'usage.closed' })
})

test.each<[string, unknown[], string]>([
  ['a method that is none', ['x y'], 'usage.method-name'],
  ['a body that is no JSON', ['profile', 'a=1'], 'usage.json'],
  ['a body that is a number', ['profile', '5'], 'usage.data'],
  ['a Map for a body', ['profile', new Map()], 'usage.parameter-type'],
  ['null for a body', ['profile', null], 'usage.parameter-type'],
  ['undefined in a list', ['profile', [1, undefined]], 'usage.parameter-type'],
  ['a credential', ['profile', { auth: 'x' }], 'usage.reserved-name'],
  ['an option that does not exist', ['profile', {}, { throws: false }], 'usage.option'],
  ['a text for yes', ['profile', {}, { acceptErrors: 'yes' }], 'usage.option'],
])('%s is refused', async (_what, words, code) => {
  const portal = new Bitrix24({ webhook: 'https://portal.example/rest/1/canary7secret/' })
  const ask = portal.raw.bind(portal) as (...words: unknown[]) => Promise<unknown>
  await expect(ask(...words)).rejects.toMatchObject({ code })
})
