import { describe, expect, test } from 'vitest'
import { HAS_OPENSSL, makeCertificate } from '../support/certificates.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'
import { tlsPortal } from '../support/tls-portal.ts'

const RUN = ['get-all', 'some.thing.list', '--retries', '0']
const CANARY = 'canary7secret9code'

describe.skipIf(!HAS_OPENSSL)('a portal with a certificate of its own', () => {
  test('is refused with what to do, and read with --ca-file, from wherever that comes', async () => {
    const own = makeCertificate({ names: ['IP:127.0.0.1'] })
    const env = { BX24_WEBHOOK: `https://127.0.0.1:${await tlsPortal(own)}/rest/1/${CANARY}/` }
    const refused = await runCli(RUN, { env })
    expect([refused.code, refused.stdout]).toEqual([5, ''])
    expect(refused.stderr).toContain('is self-signed')
    expect(refused.stderr).toContain('--ca-file')
    expect(refused.stderr).not.toContain(CANARY)
    for (const [words, more] of [
      [['--ca-file', own.file], {}],
      [[], { BX24_CA_FILE: own.file }],
    ] as const) {
      const { code, stdout, stderr } = await runCli([...RUN, ...words], { env: { ...env, ...more } })
      expect([code, stdout, stderr]).toEqual([0, '{"ID":"1"}\n', ''])
    }
  })

  test('is read with --insecure, which says so at every run', async () => {
    const port = await tlsPortal(makeCertificate({ names: ['DNS:other.example'] }))
    const env = { BX24_WEBHOOK: `https://127.0.0.1:${port}/rest/1/${CANARY}/` }
    const { code, stdout, stderr } = await runCli([...RUN, '--insecure'], { env })
    expect([code, stdout]).toEqual([0, '{"ID":"1"}\n'])
    expect(stderr).toMatch(/^bx24: warning: --insecure: [^\n]+\n$/)
    expect(stderr).not.toContain(CANARY)
  })

  test('is reached through the proxy of the environment', async () => {
    const own = makeCertificate({ names: ['DNS:portal.example'] })
    const proxy = await connectProxy(await tlsPortal(own))
    const env = {
      BX24_WEBHOOK: `https://portal.example/rest/1/${CANARY}/`,
      https_proxy: `http://me:${CANARY}@${proxy.host}`,
    }
    const { code, stdout, stderr } = await runCli([...RUN, '--ca-file', own.file], { env })
    expect([code, stdout, stderr]).toEqual([0, '{"ID":"1"}\n', ''])
    expect(proxy.requests).toEqual(['CONNECT portal.example:443'])
    const past = await runCli(RUN, { env: { ...env, no_proxy: 'portal.example' } })
    expect(past.stderr).toContain('portal.example cannot be reached')
    expect(proxy.requests).toHaveLength(1)
  })
})

test('roots that Node.js was told of hold beside --ca-file', { skip: !HAS_OPENSSL }, async () => {
  const [ours, others] = [makeCertificate({ names: ['IP:127.0.0.1'] }), makeCertificate({ names: ['DNS:x'] })]
  const env = {
    BX24_WEBHOOK: `https://127.0.0.1:${await tlsPortal(ours)}/rest/1/${CANARY}/`,
    NODE_EXTRA_CA_CERTS: ours.file,
  }
  expect((await runCli([...RUN, '--ca-file', others.file], { env })).code).toBe(0)
})

test.each([407, 403])('a proxy that answers %i is named without its password', async (status) => {
  const proxy = await connectProxy(1, { status })
  const env = {
    BX24_WEBHOOK: `https://portal.example/rest/1/${CANARY}/`,
    HTTPS_PROXY: `http://me:${CANARY}@${proxy.host}`,
    BX24_DEBUG: '1',
  }
  // Without --retries 0: what a proxy refuses it refuses again.
  const { code, stderr } = await runCli(['get-all', 'some.thing.list'], { env })
  expect(code).toBe(5)
  expect(stderr).toContain(`The proxy ${proxy.host} `)
  expect(stderr).not.toContain(CANARY)
  expect(proxy.requests).toHaveLength(1)
})

test('the sandbox and other portals on this machine are not reached through a proxy', async () => {
  const proxy = await connectProxy(1)
  const env = { http_proxy: `http://${proxy.host}`, https_proxy: `http://${proxy.host}` }
  expect((await runCli(['get-all', 'crm.deal.list', '--sandbox=rows=3'], { env })).code).toBe(0)
  expect(proxy.requests).toEqual([])
})

test('plain http is refused, and allowed with --allow-http', async () => {
  const portal = await fakePortal(always({ result: [{ ID: '1' }], total: 1 }))
  const proxy = await connectProxy(Number(portal.host.split(':')[1]))
  const env = { BX24_WEBHOOK: `http://box.example/rest/1/${CANARY}/`, http_proxy: proxy.host }
  const refused = await runCli(RUN, { env })
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('--allow-http')
  const { code, stdout, stderr } = await runCli([...RUN, '--allow-http'], { env })
  expect([code, stdout, stderr]).toEqual([0, '{"ID":"1"}\n', ''])
  expect(proxy.requests).toEqual([`POST http://box.example/rest/1/${CANARY}/some.thing.list.json`])
})
