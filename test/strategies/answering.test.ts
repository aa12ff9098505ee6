import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { Bitrix24 } from '../../src/index.ts'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { fakePortal } from '../support/fake-portal.ts'

const HELD = 4

test('while a full answer is on its way the portal is asked for more already, by a single lane too', async () => {
  const portal = new Portal(sandboxSettings({ plan: 'box', rows: '12000', ids: 'dense' }))
  let asked = 0
  let release: () => void = () => undefined
  const next = new Promise<void>((resolve) => (release = resolve))
  // The rest of one answer comes only when somebody asks for more.
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const ordinal = ++asked
    if (ordinal > HELD) release()
    const { status, headers, body } = await portal.handle({
      method: 'POST',
      path: portal.webhookPath + (request.url ?? '').split('/').slice(4).join('/'),
      headers: { 'content-type': 'application/json' },
      body: server.bodies.at(-1) ?? Buffer.alloc(0),
    })
    response.writeHead(status, { ...headers, 'content-length': String(body.length) })
    if (ordinal !== HELD) {
      response.end(body)
      return
    }
    response.write(body.subarray(0, 1000))
    await next
    response.end(body.subarray(1000))
  }
  const server = await fakePortal((request, response) => void answer(request, response))
  const client = new Bitrix24({ webhook: server.webhook(), plan: 'box' })
  let rows = 0
  for await (const page of client.getAll('crm.deal.list', {}, { concurrency: 1 }).pages()) rows += page.length
  expect(rows).toBe(12_000)
  await client.close()
})
