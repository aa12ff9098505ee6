import { describe, expect, test } from 'vitest'
import { parseProxy, proxyFor } from '../../src/transport/proxy.ts'
import { HAS_OPENSSL, makeCertificate } from '../support/certificates.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { exchange } from '../support/exchange.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { tlsPortal } from '../support/tls-portal.ts'

const HTTPS = 'https://portal.example'

describe('the environment', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    [HTTPS, {}, undefined],
    [HTTPS, { https_proxy: 'http://p:1' }, 'p:1'],
    [HTTPS, { HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    [HTTPS, { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' }, 'low:1'],
    [HTTPS, { https_proxy: '', HTTPS_PROXY: 'http://up:1' }, 'up:1'],
    [HTTPS, { https_proxy: 'p:3128' }, 'p:3128'], // as curl takes it
    [HTTPS, { https_proxy: 'https://p' }, 'p'],
    [HTTPS, { http_proxy: 'http://p:1' }, undefined], // each scheme has its own
    ['http://box.example', { http_proxy: 'http://p:1' }, 'p:1'],
    ['http://box.example', { https_proxy: 'http://p:1' }, undefined],
    ['https://127.0.0.1:8024', { https_proxy: 'http://p:1' }, undefined], // this machine, always
    ['https://localhost', { https_proxy: 'http://p:1' }, undefined],
    ['https://[::1]:1', { https_proxy: 'http://p:1' }, undefined],
  ])('for %s %j gives %s', (origin, environment, host) => {
    expect(proxyFor(origin, environment)?.host).toBe(host)
  })

  test.each([
    ['portal.example', true],
    ['PORTAL.EXAMPLE', true],
    ['example', true], // everything below
    ['.example', true],
    ['*.example', true],
    ['*', true],
    ['other.example, portal.example', true],
    ['other.example portal.example', true],
    ['portal.example:443', true],
    ['portal.example:8443', false],
    ['ortal.example', false], // a part of a label is none
    ['portal.example.org', false],
    ['', false],
  ])('no_proxy=%s keeps the proxy out: %s', (noProxy, isException) => {
    for (const name of ['no_proxy', 'NO_PROXY']) {
      const environment = { https_proxy: 'http://p:1', [name]: noProxy }
      expect(proxyFor(HTTPS, environment) === undefined).toBe(isException)
    }
  })

  test('an address of version 6 may be an exception', () => {
    for (const noProxy of ['[fd00::1]', 'fd00::1', '[fd00::1]:8443']) {
      expect(proxyFor('https://[fd00::1]:8443', { https_proxy: 'p:1', no_proxy: noProxy })).toBeUndefined()
    }
  })

  test.each(['socks5://p:1080', 'http://', 'http://p:99999', ' '])('%j is refused, unquoted', (text) => {
    expect(() => proxyFor(HTTPS, { https_proxy: text })).toThrow(
      expect.objectContaining({ code: 'config.proxy-malformed', exitCode: 2 }),
    )
  })
})

test('user and password are kept apart from the address and cannot be printed', () => {
  const proxy = parseProxy('http://user%40a:canary7%25@p:3128/', 'HTTPS_PROXY')
  expect(proxy.url).toBe('http://p:3128')
  expect(JSON.stringify(proxy)).not.toContain('canary7')
  const header = Buffer.from(proxy.authorization?.reveal().slice('Basic '.length) ?? '', 'base64').toString()
  expect(header).toBe('user@a:canary7%')
})

test('a percent sign that escapes nothing is a percent sign', () => {
  const header = parseProxy('http://u:100%@p', 'x').authorization?.reveal().slice('Basic '.length) ?? ''
  expect(Buffer.from(header, 'base64').toString()).toBe('u:100%')
})

describe.skipIf(!HAS_OPENSSL)('through a proxy', () => {
  test('a portal that only the proxy can reach is reached, its certificate checked', async () => {
    const own = makeCertificate({ names: ['DNS:portal.example'] })
    const proxy = await connectProxy(await tlsPortal(own))
    const options = {
      authorities: [own.cert],
      proxy: parseProxy(`http://me:pw@${proxy.host}`, 'HTTPS_PROXY'),
    }
    const answer = await exchange(`${HTTPS}/rest/1/canary/some.list.json`, options)
    expect(answer.status).toBe(200)
    expect(proxy.requests).toEqual(['CONNECT portal.example:443'])
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('me:pw').toString('base64')}`])
    await expect(exchange(`${HTTPS}/x`, { ...options, authorities: [] })).rejects.toMatchObject({
      code: 'transport.certificate',
      message: expect.stringContaining('The certificate of portal.example is self-signed') as string,
    })
  })
})

test('plain http is passed on without a tunnel', async () => {
  const portal = await fakePortal(always({ result: [] }))
  const proxy = await connectProxy(Number(portal.host.split(':')[1]))
  const options = { proxy: parseProxy(`http://me:pw@${proxy.host}`, 'HTTP_PROXY') }
  const answers = await Promise.all(
    [1, 2, 3].map((n) => exchange(`http://box.example/rest/1/x/some.list.json?${n}`, options)),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(proxy.requests[0]).toMatch(/^POST http:\/\/box\.example\/rest\/1\/x\/some\.list\.json/)
  expect(proxy.authorizations[0]).toBe(`Basic ${Buffer.from('me:pw').toString('base64')}`)
})

describe('a proxy', () => {
  const use = (host: string): { proxy: ReturnType<typeof parseProxy> } => ({
    proxy: parseProxy(`http://me:canary7@${host}`, 'HTTPS_PROXY'),
  })

  test.each([
    [407, 'transport.proxy', 'does not let us in (HTTP 407)'],
    [403, 'transport.proxy', 'refuses to connect to portal.example (HTTP 403)'],
    [502, 'transport.unreachable', 'cannot reach portal.example (HTTP 502)'],
  ])('that answers %i is named, without its password', async (status, code, said) => {
    const proxy = await connectProxy(1, { status })
    const error: unknown = await exchange(`${HTTPS}/x`, use(proxy.host)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, exitCode: 5, executed: 'no' })
    expect((error as Error).message).toContain(`The proxy ${proxy.host} ${said}`)
    expect(`${String((error as Error).stack)} ${(error as { hint: string }).hint}`).not.toContain('canary7')
  })

  test('that cannot be reached is named', async () => {
    await expect(exchange(`${HTTPS}/x`, use('127.0.0.1:9'))).rejects.toMatchObject({
      code: 'transport.unreachable',
      exitCode: 5,
      message: 'The proxy 127.0.0.1:9 cannot be reached (ECONNREFUSED).',
      hint: expect.stringContaining('HTTPS_PROXY') as string,
    })
  })

  test('that never answers is named when the time is up', async () => {
    const proxy = await connectProxy(1, { silent: true })
    await expect(exchange(`${HTTPS}/x`, { ...use(proxy.host), timeoutMs: 300 })).rejects.toMatchObject({
      code: 'transport.timeout',
      message: expect.stringContaining(`through the proxy ${proxy.host}`) as string,
    })
  })

  test('that opens no tunnel is given up on after the time for a connection', async () => {
    const proxy = await connectProxy(1, { silent: true })
    await expect(exchange(`${HTTPS}/x`, { ...use(proxy.host), connectTimeoutMs: 300 })).rejects.toMatchObject(
      {
        code: 'transport.unreachable',
        executed: 'no',
        message: `The proxy ${proxy.host} did not connect to portal.example in time.`,
      },
    )
  })

  test('that refuses a plain request answers in place of the portal', async () => {
    const proxy = await connectProxy(1, { status: 407 })
    await expect(exchange('http://box.example/x', use(proxy.host))).rejects.toMatchObject({
      code: 'transport.proxy',
    })
  })
})
