import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { fakePortal } from '../support/fake-portal.ts'
import { oauthEnv } from '../support/oauth-env.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

async function portalWith(settings: Readonly<Record<string, string>>): Promise<Sandbox> {
  const sandbox = await startSandbox(sandboxSettings({ plan: 'box', rows: '2000', ...settings }))
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** Somebody who hears all that is sent to `host`, and should hear nothing. */
async function listener(
  host: string,
): Promise<{ readonly origin: string; readonly heard: IncomingMessage[] }> {
  const heard: IncomingMessage[] = []
  const server = createServer((request, response) => {
    heard.push(request)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"result":[]}')
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => void server.close())
  return { origin: `http://${host}:${(server.address() as AddressInfo).port}`, heard }
}

describe('a portal that has moved', () => {
  test('is asked at its new address, by POST, and the user is told once', async () => {
    const fresh = await portalWith({})
    const old = await portalWith({ 'moved-to': `http://127.0.0.1:${fresh.port}` })
    const cwd = tempFolder()
    const env = { BX24_WEBHOOK: old.webhook }
    const words = ['get-all', 'crm.deal.list', '-o', 'deals.ndjson', '--batch-size', '2']
    const { code, stderr } = await runCli(words, { env, cwd })
    expect(code).toBe(0)
    expect(readFileSync(join(cwd, 'deals.ndjson'), 'utf8').split('\n')).toHaveLength(2001)
    const told = `the portal http://127.0.0.1:${old.port} has moved to http://127.0.0.1:${fresh.port}`
    expect(stderr.split(told)).toHaveLength(2)
    expect(stderr).not.toContain(old.webhook.split('/')[5])
    // What was on its way when the first answer came, and no more.
    expect(old.portal.stats.requests).toBeLessThanOrEqual(8)
    expect(fresh.portal.stats.requests).toBeGreaterThan(10)
  })

  test('is written to once', async () => {
    const fresh = await portalWith({})
    const old = await portalWith({ 'moved-to': `http://127.0.0.1:${fresh.port}` })
    const words = ['raw', 'crm.lead.add', '-p', 'fields[TITLE]=x', '--yes']
    const { code } = await runCli(words, { env: { BX24_WEBHOOK: old.webhook } })
    expect(code).toBe(0)
    expect([old.portal.stats.writes, fresh.portal.stats.writes]).toEqual([{}, { 'crm.lead.add': 1 }])
  })

  test('takes the access of an application along', async () => {
    const fresh = await portalWith({})
    const old = await portalWith({ 'moved-to': `http://127.0.0.1:${fresh.port}` })
    const cwd = tempFolder()
    // Both give out the same tokens, since they are the same portal.
    const env = oauthEnv(old, cwd)
    oauthEnv(fresh, tempFolder())
    const { code, stderr } = await runCli(['raw', 'profile'], { env, cwd })
    // The new one does not know what the old one has issued since, but was asked.
    expect([code, fresh.portal.stats.requests > 0]).toEqual([4, true])
    expect(stderr).toContain('has moved to')
  })
})

describe('credentials stay where they belong', () => {
  const RUN = ['raw', 'profile', '--retries', '0']

  test.each(['127.0.0.2', 'localhost'])('a redirect to another host, %s, is not followed', async (host) => {
    const stranger = await listener(host)
    for (const status of [301, 302, 303, 307, 308]) {
      const portal = await fakePortal((request, response) => {
        response.writeHead(status, { location: `${stranger.origin}${request.url ?? ''}` }).end()
      })
      const { code, stderr } = await runCli(RUN, { env: { BX24_WEBHOOK: portal.webhook() } })
      expect([status, code, portal.requests.length]).toEqual([status, 1, 1])
      expect(stderr).toContain('sends us to')
    }
    expect(stranger.heard).toEqual([])
  })

  test('nor is one of an application', async () => {
    const stranger = await listener('127.0.0.2')
    const portal = await portalWith({ 'moved-to': stranger.origin })
    const cwd = tempFolder()
    const { code } = await runCli(RUN, { env: oauthEnv(portal, cwd), cwd })
    expect([code, stranger.heard]).toEqual([1, []])
  })

  test('nor one to another path, be it on the same host', async () => {
    const other = await listener('127.0.0.1')
    const portal = await fakePortal((_request, response) => {
      response.writeHead(302, { location: `${other.origin}/login` }).end()
    })
    const { code } = await runCli(RUN, { env: { BX24_WEBHOOK: portal.webhook() } })
    expect([code, other.heard]).toEqual([1, []])
  })

  test('a circle ends after one step', async () => {
    const one = await fakePortal((request, response) => {
      response.writeHead(302, { location: `http://${other.host}${request.url ?? ''}` }).end()
    })
    const other = await fakePortal((request, response) => {
      response.writeHead(302, { location: `http://${one.host}${request.url ?? ''}` }).end()
    })
    const { code } = await runCli(RUN, { env: { BX24_WEBHOOK: one.webhook() } })
    expect([code, one.requests.length, other.requests.length]).toEqual([1, 1, 1])
  })

  test('an authorization server that points elsewhere gets nobody a secret', async () => {
    const stranger = await listener('127.0.0.1')
    const sandbox = await portalWith({})
    const portal = await fakePortal((request, response) => {
      response.writeHead(302, { location: `${stranger.origin}${request.url ?? ''}` }).end()
    })
    const cwd = tempFolder()
    const env = { ...oauthEnv(sandbox, cwd), BX24_PORTAL: `http://${portal.host}` }
    const { code } = await runCli(RUN, { env, cwd })
    expect([code, portal.requests, stranger.heard]).toEqual([5, ['/oauth/token/'], []])
  })
})
