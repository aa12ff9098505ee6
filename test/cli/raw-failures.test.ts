import { closeSync, openSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fakePortal } from '../support/fake-portal.ts'
import { bytes, raw, sandbox, writes } from '../support/raw-call.ts'
import { startCli } from '../support/run-cli.ts'

const DENIED = { error: 'ACCESS_DENIED', error_description: 'no' }
const QUICK = ['--retries', '0', '--max-wait', '1s']

describe('an error comes out as it is, with its exit code:', () => {
  const MOVED = { location: 'https://moved.example/rest/1/abcdef0123456789/x.json' }

  test.each<[string, string, number, Record<string, string>, number, string]>([
    [
      'a refusal',
      '{"error":"","error_description":"Not found"}',
      400,
      {},
      1,
      'refused some.method: Not found',
    ],
    ['one with HTTP 200', '{"error":"ERROR_CORE","x":[ ]}', 200, {}, 1, 'ERROR_CORE'],
    ['a missing right', JSON.stringify(DENIED), 403, {}, 4, 'ACCESS_DENIED'],
    ['trouble in the portal', '{"error":"INTERNAL_SERVER_ERROR"}', 500, {}, 5, 'INTERNAL_SERVER_ERROR'],
    ['a limit that does not lift', '{"error":"QUERY_LIMIT_EXCEEDED"}', 503, {}, 5, '--max-wait'],
    ['a page with HTTP 200', '<h1>maintenance</h1>', 200, {}, 5, 'something else than JSON'],
    ['a page with HTTP 502', '<h1>bad gateway</h1>\n', 502, {}, 5, 'HTTP 502'],
    ['half an answer', '{"result":{"ID"', 200, {}, 5, 'cut short'],
    ['JSON that says nothing with HTTP 500', '{"detail":1}', 500, {}, 5, 'HTTP 500'],
    ['another address', '<h1>302</h1>', 302, MOVED, 1, 'sends us to moved.example'],
    ['no portal', '<h1>404</h1>', 404, {}, 1, 'no REST API there'],
  ])('%s', async (_what, body, status, headers, code, said) => {
    const portal = await fakePortal(bytes(body, status, headers))
    const result = await raw(portal, ['some.method', ...QUICK])
    expect([result.code, result.stdout]).toEqual([code, body])
    expect(result.stderr).toContain(said)
    expect(result.stderr.split('\n')[0]).toMatch(/^bx24: /)
    expect(result.stderr).not.toContain('until then')
  })

  test('of several answers the last', async () => {
    let times = 0
    const portal = await fakePortal((request, response) => bytes(`<p>${++times}</p>`, 502)(request, response))
    expect((await raw(portal, ['crm.deal.get', '--retries', '2'])).stdout).toBe('<p>3</p>')
  })

  test('none, if the last attempt got no answer', async () => {
    let times = 0
    const portal = await fakePortal((request, response) => {
      if (++times === 1) bytes('<p>1</p>', 502)(request, response)
      else request.socket.destroy()
    })
    const { code, stdout, stderr } = await raw(portal, ['crm.deal.get', '--retries', '1'])
    expect([code, stdout]).toEqual([5, ''])
    expect(stderr).toContain('broke during crm.deal.get')
  })
})

describe('a lost answer', () => {
  const ADD = ['crm.deal.add', '-p', 'fields[TITLE]=x']
  const WARNING = 'crm.deal.add may have been carried out: look into the portal before you send it again.'

  test.each(['lost-reply', 'truncated', 'http-504'])(
    '(%s) of a write is not asked for again',
    async (fault) => {
      const portal = await sandbox(`fault=${fault}@1`)
      const { code, stderr } = await raw(portal, ADD)
      expect(code).toBe(5)
      expect(stderr).toContain(WARNING)
      expect(await writes(portal)).toHaveLength(1)
    },
  )

  test('of a write that does no harm twice is', async () => {
    const portal = await sandbox('fault=lost-reply@1')
    const { code, stderr } = await raw(portal, [...ADD, '--idempotent'])
    expect([code, stderr]).toEqual([0, ''])
    expect(await writes(portal)).toHaveLength(2)
  })

  test('of a read is', async () => {
    const portal = await sandbox('fault=lost-reply@1-2')
    const single = await raw(portal, ['crm.deal.get', '-p', 'id=3'])
    expect(single).toMatchObject({ code: 0, stderr: '' })
    expect((JSON.parse(single.stdout) as { result: { ID: string } }).result.ID).toBe('3')
  })

  test.each([
    ['only reads is', 'crm.deal.get?id=1', 0, 2],
    ['reads and writes is not', 'crm.deal.update?id=1&fields[TITLE]=x', 5, 1],
  ])('of a batch that %s', async (_what, command, code, requests) => {
    const portal = await sandbox('fault=lost-reply@1')
    const body = { halt: 0, cmd: { a: 'crm.deal.list?select[]=ID', b: command } }
    const result = await raw(portal, ['batch', '--data', JSON.stringify(body)])
    expect(result.code).toBe(code)
    expect(result.stderr.includes('batch may have been carried out')).toBe(code !== 0)
    expect(portal.portal.stats.requests).toBe(requests)
  })

  test('of a write that surely was not carried out is', async () => {
    const portal = await sandbox('fault=rate-limit@1')
    const { code, stderr } = await raw(portal, ADD)
    expect([code, stderr]).toEqual([0, ''])
    expect(await writes(portal)).toHaveLength(1)
  })

  test('does not become certain by an end with a signal', async () => {
    let asked: () => void
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const portal = await fakePortal(() => asked())
    const { child, ended } = startCli(['raw', ...ADD], { env: { BX24_WEBHOOK: portal.webhook() } })
    await isAsked
    child.kill('SIGTERM')
    const { signal, stderr } = await ended
    expect(signal).toBe('SIGTERM')
    expect(stderr).toContain(WARNING)
  })

  test('by a full disk is no reason to send a write again', async () => {
    const portal = await sandbox('')
    const full = openSync('/dev/full', 'w')
    const { code, stderr } = await raw(portal, ADD, { stdio: ['pipe', full, 'pipe'] })
    closeSync(full)
    expect(code).toBe(74)
    expect(stderr).toContain('crm.deal.add was carried out; do not send it again')
  })

  test('is in the report, if one is wanted', async () => {
    const portal = await sandbox('fault=lost-reply@1-2')
    const { stderr } = await raw(portal, [...ADD, '--summary', 'full'])
    expect(stderr).toContain(`next: ${WARNING}`)
    const read = await raw(portal, ['crm.deal.get', '-p', 'id=1', '--retries', '0', '--summary', 'full'])
    expect(read.stderr).toContain('next: run again: bx24 raw crm.deal.get')
  })
})

test('retries and waits are told with -v', async () => {
  const portal = await sandbox('fault=http-502@1')
  const { code, stderr } = await raw(portal, ['crm.deal.get', '-p', 'id=1', '-v'])
  expect(code).toBe(0)
  expect(stderr).toContain('retry 1 of crm.deal.get')
})
