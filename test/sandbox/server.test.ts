import { gunzipSync } from 'node:zlib'
import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettingsFromText } from '../../src/sandbox/settings.ts'

let open: Sandbox[] = []

async function sandbox(settings: string): Promise<Sandbox> {
  const started = await startSandbox(sandboxSettingsFromText(`plan=box,${settings}`))
  open.push(started)
  return started
}

afterEach(async () => {
  await Promise.all(open.map((one) => one.close()))
  open = []
})

const inspect = (one: Sandbox, call: string): string => `http://127.0.0.1:${one.port}/_sandbox/${call}`

describe('over HTTP', () => {
  test('the portal answers at the webhook it names', async () => {
    const one = await sandbox('rows=120')
    expect(one.webhook).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/rest\/1\/[a-z0-9]{16}\/$/)
    const response = await fetch(`${one.webhook}crm.deal.list`, {
      method: 'POST',
      body: new URLSearchParams({ start: '50' }),
    })
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toMatchObject({ total: 120, next: 100 })
  })

  test('the same seed gives the same webhook code', async () => {
    const [one, two, other] = await Promise.all([sandbox('seed=5'), sandbox('seed=5'), sandbox('seed=6')])
    expect(one.webhook.slice(-17)).toBe(two.webhook.slice(-17))
    expect(one.webhook.slice(-17)).not.toBe(other.webhook.slice(-17))
  })

  test('a port that is taken rejects the start', async () => {
    const { port } = await sandbox('rows=1')
    await expect(startSandbox(sandboxSettingsFromText(''), { port })).rejects.toThrow(/EADDRINUSE/)
  })

  test('answers are compressed only when that is set and the client accepts it', async () => {
    const plain = await sandbox('rows=50')
    const zipping = await sandbox('rows=50,gzip=on')
    const encodingOf = (one: Sandbox, accepted: string): Promise<[string | undefined, Buffer]> =>
      new Promise((resolve, reject) => {
        request(`${one.webhook}crm.deal.list`, { headers: { 'accept-encoding': accepted } }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve([response.headers['content-encoding'], Buffer.concat(chunks)]))
        })
          .on('error', reject)
          .end()
      })
    expect((await encodingOf(plain, 'gzip'))[0]).toBeUndefined()
    expect((await encodingOf(zipping, 'identity'))[0]).toBeUndefined()
    const [encoding, body] = await encodingOf(zipping, 'gzip, deflate')
    expect(encoding).toBe('gzip')
    expect(JSON.parse(gunzipSync(body).toString())).toHaveProperty('total', 50)
  })

  test.each(['reset-before', 'reset-middle', 'lost-reply'])(
    '%s fails the request, and the next one is fine',
    async (fault) => {
      const one = await sandbox(`rows=50,fault=${fault}@1`)
      await expect(fetch(`${one.webhook}crm.deal.list`).then((response) => response.text())).rejects.toThrow()
      expect((await fetch(`${one.webhook}crm.deal.list`)).status).toBe(200)
    },
  )

  test('a hanging request ends when the sandbox closes', async () => {
    const one = await sandbox('fault=hang@1')
    const hanging = fetch(`${one.webhook}server.time`)
    const outcome = hanging.then(
      () => 'answered',
      () => 'failed',
    )
    while (one.portal.stats.faults.hang === undefined) await new Promise((resolve) => setImmediate(resolve))
    expect((await fetch(`${one.webhook}server.time`)).status).toBe(200)
    await one.close()
    expect(await outcome).toBe('failed')
  })

  test('a redirect names another host', async () => {
    const one = await sandbox('fault=redirect@1')
    const response = await fetch(`${one.webhook}server.time`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      expect.stringMatching(/^https:\/\/moved\.example\/rest\/1\//),
    ])
  })

  test('introspection streams the truth and tells the statistics', async () => {
    const one = await sandbox('rows=20000')
    await fetch(`${one.webhook}crm.deal.list`)
    const ids = (await (await fetch(inspect(one, 'truth?method=crm.deal.list&only=ids'))).text())
      .trim()
      .split('\n')
    expect(ids).toHaveLength(20_000)
    const truth = await (await fetch(inspect(one, 'truth?method=crm.deal.list&filter[%3CID]=200'))).text()
    expect(truth.trim().split('\n').length).toBe(ids.filter((id) => Number(id) < 200).length)
    expect(await (await fetch(inspect(one, 'stats'))).json()).toMatchObject({ requests: 1, rowsServed: 50 })
    expect((await fetch(inspect(one, 'faults?fault=http-502@1'), { method: 'POST' })).status).toBe(200)
    expect((await fetch(`${one.webhook}server.time`)).status).toBe(502)
  })
})
