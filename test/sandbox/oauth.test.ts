import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PortalAnswer } from '../../src/sandbox/answer.ts'
import type { Portal } from '../../src/sandbox/portal.ts'
import { bodyOf, inspected, portalWith } from './asking.ts'

type Answer = Record<string, string | number>

function request(portal: Portal, path: string, form?: Record<string, string>): Promise<PortalAnswer> {
  return portal.handle({
    method: form === undefined ? 'GET' : 'POST',
    path,
    headers: { host: 'portal.test', 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(form ?? {}).toString()),
  })
}

function json(answer: PortalAnswer): Answer {
  return JSON.parse(answer.body.toString()) as Answer
}

function text(value: string | number | undefined): string {
  return String(value)
}

function clientOf(portal: Portal): { client_id: string; client_secret: string } {
  const { clientId, clientSecret } = portal.oauth.identities
  return { client_id: clientId, client_secret: clientSecret }
}

async function refreshed(portal: Portal, token: string): Promise<Answer> {
  const form = { ...clientOf(portal), grant_type: 'refresh_token', refresh_token: token }
  return json(await request(portal, '/oauth/token/', form))
}

/** `profile`, as whoever has this token. */
function call(
  portal: Portal,
  path: string,
  headers: Record<string, string> = {},
  body = '{}',
): Promise<PortalAnswer> {
  return portal.handle({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(body),
  })
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('signing in', () => {
  const authorize = (portal: Portal, more = ''): Promise<PortalAnswer> =>
    request(portal, `/oauth/authorize/?client_id=${portal.oauth.identities.clientId}&state=abc${more}`)

  async function codeOf(portal: Portal): Promise<string> {
    const back = encodeURIComponent('http://127.0.0.1:9/back?x=1')
    const { status, headers } = await authorize(portal, `&redirect_uri=${back}`)
    expect(status).toBe(302)
    const target = new URL(headers['location'] ?? '')
    expect(target.searchParams.get('state')).toBe('abc')
    expect(target.searchParams.get('x')).toBe('1')
    return target.searchParams.get('code') ?? ''
  }

  test('gives a code, and for the code tokens with all that the documentation names', async () => {
    const portal = portalWith()
    const form = { ...clientOf(portal), grant_type: 'authorization_code', code: await codeOf(portal) }
    expect(json(await request(portal, '/oauth/token/', form))).toMatchObject({
      expires: 1_700_003_600,
      expires_in: 3600,
      server_endpoint: 'http://portal.test/rest/',
      client_endpoint: 'http://portal.test/rest/',
      member_id: portal.oauth.identities.memberId,
      user_id: 1,
    })
    expect(json(await request(portal, '/oauth/token/', form))).toEqual({ error: 'invalid_grant' })
  })

  test('a code lives for half a minute', async () => {
    const portal = portalWith()
    const code = await codeOf(portal)
    vi.advanceTimersByTime(30_000)
    const query = new URLSearchParams({
      ...clientOf(portal),
      grant_type: 'authorization_code',
      code,
    }).toString()
    expect(json(await request(portal, `/oauth/token/?${query}`))).toEqual({ error: 'invalid_grant' })
  })

  test('without an address to go back to the code is shown', async () => {
    expect((await authorize(portalWith())).body.toString()).toMatch(/code: <b>[0-9a-f]{32}<\/b>/)
  })
})

describe('access', () => {
  test('lets in by body, query and header, until it expires', async () => {
    const portal = portalWith('token-seconds=5')
    const token = text(portal.oauth.signIn('h')['access_token'] as string)
    const calls = [
      () => call(portal, '/rest/profile', {}, JSON.stringify({ auth: token })),
      () => call(portal, '/rest/profile.json', {}, JSON.stringify({ access_token: token })),
      () => call(portal, `/rest/profile?auth=${token}`),
      () => call(portal, '/rest/profile', { authorization: `Bearer ${token}` }, '[]'),
      // The header wins.
      () => call(portal, '/rest/profile?auth=wrong', { authorization: `Bearer ${token}` }),
    ]
    for (const one of calls) expect(bodyOf(await one())).toMatchObject({ result: { ID: '1' } })
    vi.advanceTimersByTime(5_000)
    for (const one of calls) {
      const answer = await one()
      expect([answer.status, bodyOf(answer).error]).toEqual([401, 'expired_token'])
    }
    expect(portal.stats.refusals['expired_token']).toBe(calls.length)
  })

  test('that is unknown or was revoked is told apart', async () => {
    const portal = portalWith()
    const token = portal.oauth.signIn('h')['access_token'] as string
    expect(bodyOf(await call(portal, `/rest/profile?auth=x${token}`)).error).toBe('invalid_token')
    portal.inspect({ method: 'POST', path: '/_sandbox/revoke' })
    expect(bodyOf(await call(portal, `/rest/profile?auth=${token}`)).error).toBe('invalid_token')
    expect(bodyOf(await call(portal, '/rest/profile')).error).toBe('NO_AUTH_FOUND')
  })

  test('is billed to the application, whoever signed in', async () => {
    const portal = portalWith('plan=standard,page-cost=5,operating-seconds=9')
    const tokens = [1, 2].map(() => portal.oauth.signIn('h')['access_token'] as string)
    const ask = (token: string | undefined): Promise<PortalAnswer> =>
      call(portal, `/rest/crm.deal.list?auth=${token ?? ''}`)
    expect([(await ask(tokens[0])).status, (await ask(tokens[1])).status]).toEqual([200, 200])
    expect(bodyOf(await ask(tokens[0])).error).toBe('OPERATION_TIME_LIMIT')
  })
})

describe('a used refresh token', () => {
  test.each([
    ['dead', [false, false, false]],
    ['grace', [true, true, false]],
    ['until-used', [true, false, false]],
    ['alive', [true, true, true]],
  ])('%s: again at once, when the new one is in use, and later', async (reading, expected) => {
    const portal = portalWith(`reading=old-refresh=${reading}`)
    const old = portal.oauth.signIn('h')['refresh_token'] as string
    const isGood = async (): Promise<boolean> => 'access_token' in (await refreshed(portal, old))
    const fresh = await refreshed(portal, old)
    const seen = [await isGood()]
    await call(portal, `/rest/profile?auth=${text(fresh['access_token'])}`)
    seen.push(await isGood())
    vi.advanceTimersByTime(10_000)
    seen.push(await isGood())
    expect(seen).toEqual(expected)
    expect(await refreshed(portal, text(fresh['refresh_token']))).toHaveProperty('access_token')
  })

  test('what came of each request for tokens is counted, and none is a request of the portal', async () => {
    const portal = portalWith()
    const { refresh_token: token } = portal.oauth.signIn('h') as unknown as { refresh_token: string }
    await refreshed(portal, token)
    await refreshed(portal, token)
    expect(portal.stats).toMatchObject({ requests: 0, tokens: { code: 0, refresh: 1, refused: 1 } })
    expect(inspected(portal, 'tokens').map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'refresh',
      'refused',
    ])
  })
})

test.each([
  ['token-invalid-grant', 400, 'invalid_grant'],
  ['token-invalid-client', 401, 'invalid_client'],
  ['token-wrong-client', 200, 'wrong_client'],
  ['token-invalid-request', 400, 'invalid_request'],
  ['token-scope', 400, 'insufficient_scope'],
  ['token-payment', 401, 'PAYMENT_REQUIRED'],
  ['token-not-installed', 400, 'NOT_INSTALLED'],
])('the fault %s answers %i %s and issues nothing', async (fault, status, code) => {
  const portal = portalWith(`fault=${fault}@1`)
  const token = portal.oauth.signIn('h')['refresh_token'] as string
  const form = { ...clientOf(portal), grant_type: 'refresh_token', refresh_token: token }
  const answer = await request(portal, '/oauth/token/', form)
  expect([answer.status, json(answer)['error']]).toEqual([status, code])
  expect(portal.stats.faults).toEqual({ [fault]: 1 })
  expect(await refreshed(portal, token)).toHaveProperty('access_token')
})

test('tokens that got lost on the way were issued, tokens that were not asked for in time were not', async () => {
  const portal = portalWith('fault=token-reset@1,fault=token-hang@2,fault=token-500@3,fault=token-lost@4')
  const token = portal.oauth.signIn('h')['refresh_token'] as string
  const form = { ...clientOf(portal), grant_type: 'refresh_token', refresh_token: token }
  const wires = []
  for (let turn = 0; turn < 4; turn++) wires.push((await request(portal, '/oauth/token/', form)).wire)
  expect(wires).toEqual(['reset-before', 'hang', undefined, 'lost-reply'])
  expect(await refreshed(portal, token)).toEqual({ error: 'invalid_grant' })
})

test('a wrong application, a wrong secret and other grants are refused as the real server does', async () => {
  const portal = portalWith()
  const client = clientOf(portal)
  const ask = async (form: Record<string, string>): Promise<unknown[]> => {
    const answer = await request(portal, '/oauth/token/', form)
    return [answer.status, json(answer)['error']]
  }
  expect(await ask({ ...client, client_id: 'x' })).toEqual([200, 'wrong_client'])
  expect(await ask({ ...client, client_secret: 'x' })).toEqual([401, 'invalid_client'])
  expect(await ask({ ...client, grant_type: 'refresh_token' })).toEqual([400, 'invalid_request'])
  expect(await ask({ ...client, grant_type: 'password' })).toEqual([400, 'invalid_request'])
})

test('a portal that has moved answers every call with its new address, and executes nothing', async () => {
  const portal = portalWith('moved-to=http://127.0.0.1:9')
  const path = `${portal.webhookPath}crm.lead.add`
  const answer = await call(portal, path, {}, '{"fields":{"TITLE":"x"}}')
  expect([answer.status, answer.headers['location']]).toEqual([302, `http://127.0.0.1:9${path}`])
  expect(portal.stats).toMatchObject({ requests: 1, writes: {} })
})
