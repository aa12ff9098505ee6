import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { MOST_BODY_BYTES, type TraceKind } from '../../src/transport/trace-text.ts'
import { traced } from '../../src/transport/traced.ts'
import type { WireAnswer } from '../../src/transport/transport.ts'

const SECRET = 'canary7secret9code'

interface Sent {
  readonly body?: string
  readonly answer?: string
  readonly status?: number
  readonly headers?: WireAnswer['headers']
  readonly error?: Error
}

/** What a trace tells of one exchange. */
async function told(kind: TraceKind, sent: Sent = {}): Promise<string> {
  const { body = '{"start":"-1"}', answer = '{"result":[]}', status = 200, headers = {}, error } = sent
  let text = ''
  const transport = traced(
    () => {
      if (error !== undefined) return Promise.reject(error)
      return Promise.resolve({
        status,
        body: Buffer.from(answer),
        location: undefined,
        headers,
        elapsedMs: 12.4,
      })
    },
    { kind, write: (more) => (text += more) },
  )
  const call = {
    url: new Secret(`https://x.bitrix24.com/rest/1/${SECRET}/crm.deal.list.json`),
    headers: { authorization: new Secret('Bearer token-of-somebody') },
    body,
    host: 'x.bitrix24.com',
    method: 'crm.deal.list',
  }
  await transport(call, new AbortController().signal).catch(() => undefined)
  return text
}

test('headers show who was asked, how it was answered, and no secret', async () => {
  const headers = { 'content-type': 'application/json', 'set-cookie': `PHPSESSID=${SECRET}` }
  expect(await told('headers', { headers })).toBe(
    [
      '> POST https://x.bitrix24.com/rest/1/***/crm.deal.list.json',
      '> content-type: application/json',
      '> authorization: ***',
      '< HTTP 200, 13 bytes in 12 ms',
      '< content-type: application/json',
      '< set-cookie: ***',
      '',
    ].join('\n'),
  )
})

test('bodies are shown, but not what opens the portal, wherever it stands', async () => {
  const text = await told('bodies', {
    body: JSON.stringify({ auth: SECRET, cmd: { a: `x.y?auth=${SECRET}&z=1` } }),
    answer: `{"result":[{"URL":"https:\\/\\/x.bitrix24.com\\/rest\\/1\\/${SECRET}\\/","TITLE":"${SECRET}"}]}`,
  })
  expect(text).toContain('z=1')
  expect(text).not.toContain(SECRET)
  expect(text).not.toContain('token-of-somebody')
})

test('a long body is cut, and a secret at the cut does not come through in part', async () => {
  for (let shift = -60; shift < 60; shift += 7) {
    for (const edge of [MOST_BODY_BYTES, MOST_BODY_BYTES + 2 * 1024]) {
      const text = await told('bodies', {
        answer: `{"x":"${'a'.repeat(edge + shift)}${SECRET}${'b'.repeat(9_000)}"}`,
      })
      expect(text.length).toBeLessThan(MOST_BODY_BYTES + 1_000)
      expect(text).not.toContain(SECRET.slice(0, 8))
      expect(text).toMatch(/… \(\d+ bytes in all\)/)
    }
  }
})

test('data cannot drive the terminal', async () => {
  const text = await told('bodies', { answer: '{"x":"\u001b]0;owned\u0007\u202e"}' })
  expect(text).toContain('\\u001b]0;owned\\u0007\\u202e')
  expect(text).not.toMatch(/[\u001b\u0007\u202e]/)
})

test.each<[string, Sent, boolean]>([
  ['a good answer', {}, false],
  ['a good batch', { answer: '{"result":{"result":{},"result_error":[]}}' }, false],
  ['a refusal', { answer: '{"error":"X","error_description":""}', status: 400 }, true],
  ['a refusal with status 200', { answer: '{"error":"X"}' }, true],
  ['a batch with a refused command', { answer: '{"result":{"result_error":{"a":{"error":"X"}}}}' }, true],
  ['a page', { answer: '<html>' }, true],
  ['no answer', { error: new Error('reset') }, true],
])('of %s, errors tell: %j → %s', async (_what, sent, isTold) => {
  expect((await told('errors', sent)) !== '').toBe(isTold)
})

test('a curl command asks the same again, with the webhook from where it always is', async () => {
  const body = JSON.stringify({ filter: { TITLE: 'it\'s \u202e"$HOME" `x`' }, auth: SECRET })
  const command = await told('curl', { body })
  expect(command).toMatch(/^curl -sS "\$\{BX24_WEBHOOK%\/\}\/crm\.deal\.list\.json" /)
  expect(command).not.toContain(SECRET)
  const words = execFileSync('bash', ['-c', command.replace(/^curl/, "printf '%s\\n'")], {
    encoding: 'utf8',
    env: { BX24_WEBHOOK: 'https://x/rest/1/y/' },
  }).split('\n')
  expect(words[1]).toBe('https://x/rest/1/y/crm.deal.list.json')
  expect(JSON.parse(words.at(-2) ?? '')).toEqual({
    filter: { TITLE: 'it\'s \u202e"$HOME" `x`' },
    auth: '***',
  })
})
