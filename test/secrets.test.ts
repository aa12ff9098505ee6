import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { always, fakePortal } from './support/fake-portal.ts'
import { runCli } from './support/run-cli.ts'
import { tempFolder } from './support/temp-folder.ts'

/** Found anywhere in what the program says or writes, it is a secret that got out. */
const CANARY = 'canary7secret9code'

const RUN = ['get-all', 'crm.deal.list', '-o', 'deals.ndjson', '--retries', '0', '--max-wait', '1s']

type Answer = (request: IncomingMessage, response: ServerResponse) => void

function html(status: number): Answer {
  return (request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(`<h1>${request.url ?? ''}</h1>`)
  }
}

/** Runs with the canary as the code of the webhook, everything shown that can be shown. */
async function run(
  env: Record<string, string>,
  cwd = tempFolder(),
  words: readonly string[] = RUN,
): Promise<{ code: number | null; said: string }> {
  const { code, stdout, stderr } = await runCli(words, { cwd, env: { BX24_DEBUG: '1', ...env } })
  const written = readdirSync(cwd)
    .filter((name) => name.startsWith('deals') && statSync(join(cwd, name)).isFile())
    .map((name) => readFileSync(join(cwd, name), 'utf8'))
  return { code, said: [stdout, stderr, ...written].join('\n') }
}

test.each<[string, Answer, number]>([
  ['a portal that quotes the address in its refusal', echoRefusal(400, 'ERROR_CORE'), 1],
  ['a refusal of the credential', echoRefusal(401, 'INVALID_CREDENTIALS'), 4],
  ['a missing right', echoRefusal(403, 'ACCESS_DENIED'), 4],
  ['a limit', always({ error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' }, 503), 5],
  ['a server error', html(502), 5],
  ['a page in place of an answer', html(200), 5],
  ['a redirection that repeats the path', redirected, 1],
  [
    'an answer that ends early',
    (_request, response) => void response.writeHead(200).end('{"result":[{"ID"'),
    5,
  ],
  ['a connection that breaks', (request) => void request.socket.destroy(), 5],
])('%s does not show the webhook', async (_what, answer, code) => {
  const portal = await fakePortal(answer)
  const result = await run({ BX24_WEBHOOK: portal.webhook(CANARY) })
  expect(portal.requests[0]).toContain(CANARY)
  expect(result.said).not.toContain(CANARY)
  expect(result.code).toBe(code)
})

test.each([
  [
    'call',
    ['call', 'crm.lead.add', '--journal', 'deals.journal', '-o', 'deals.ndjson', '--errors', 'deals.errors'],
  ],
  ['get-by-id', ['get-by-id', 'crm.deal.get', '--flat', '-o', 'deals.ndjson', '--errors', 'deals.errors']],
  ['batch', ['batch', '-o', 'deals.ndjson', '--errors', 'deals.errors', '--unknown', 'deals.unknown']],
])(
  'a portal that quotes the address to %s does not bring it into result lines, journal or files',
  async (name, words) => {
    const said = `no: https://h/rest/1/${CANARY}/crm.lead.add, that is ${CANARY}`
    const refusal = { error: 'ERROR_CORE', error_description: said }
    const names = Array.from({ length: 60 }, (_, at) => `c${at}`)
    const portal = await fakePortal(
      always({
        result: { result: [], result_error: Object.fromEntries(names.map((one) => [one, refusal])) },
      }),
    )
    const input =
      name === 'batch' ? '{"method":"crm.lead.add"}' : name === 'call' ? '{"fields":{"TITLE":"x"}}' : '5'
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'input.ndjson'), `${input}\n`)
    const file = name === 'batch' ? ['input.ndjson'] : [words[1] ?? '', 'input.ndjson']
    const result = await run({ BX24_WEBHOOK: portal.webhook(CANARY) }, cwd, [
      name,
      ...file,
      ...words.slice(name === 'batch' ? 1 : 2),
      '-vv',
      '--trace-http=bodies',
    ])
    expect(result.said).toContain('ERROR_CORE')
    expect(result.said).not.toContain(CANARY)
    expect(result.code).toBe(3)
  },
)

test('a portal that speaks of the code in other words does not show it', async () => {
  const said = `Webhook ${CANARY} is unknown; see rest%2F1%2F${CANARY}, HTTPS://h/REST/1/${CANARY}/`
  const portal = await fakePortal(always({ error: 'INVALID_CREDENTIALS', error_description: said }, 401))
  const result = await run({ BX24_WEBHOOK: portal.webhook(CANARY) })
  expect(result.code).toBe(4)
  expect(result.said).toContain('is unknown')
  expect(result.said).not.toContain(CANARY)
})

function echoRefusal(status: number, error: string): Answer {
  return (request, response) =>
    always({ error, error_description: `no: ${request.url ?? ''}` }, status)(request, response)
}

function redirected(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(302, { location: `https://moved.example${request.url ?? ''}` }).end()
}

test.each([
  ['a portal that cannot be reached', `http://127.0.0.1:9/rest/1/${CANARY}/`, 5],
  ['a name that does not exist', `https://portal.invalid/rest/1/${CANARY}/`, 5],
  ['plain http', `http://portal.example/rest/1/${CANARY}/`, 2],
  ['a port that cannot be', `https://portal.example:99999/rest/1/${CANARY}/`, 2],
  ['a missing user', `https://portal.example/rest/${CANARY}/`, 2],
  ['the code alone', CANARY, 2],
  ['a password in front of the host', `https://user:${CANARY}@portal.example/rest/1/x/`, 2],
  ['a query behind the path', `https://portal.example/rest/1/x/?auth=${CANARY}`, 2],
  ['blanks within', `https://portal.example/rest/1/${CANARY} x/`, 2],
])('a webhook with %s is not shown', async (_what, webhook, code) => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'webhook'), webhook)
  for (const env of [{ BX24_WEBHOOK: webhook }, { BX24_WEBHOOK_FILE: 'webhook' }]) {
    const result = await run(env, cwd)
    expect(result.said).not.toContain(CANARY)
    expect(result.code).toBe(code)
  }
})

test.each([
  ['open to others', `webhook: https://portal.example/rest/1/${CANARY}/\n`, 0o644],
  ['broken YAML', `webhook: "https://portal.example/rest/1/${CANARY}/\n`, 0o600],
  ['broken JSON', `{ "webhook": "https://portal.example/rest/1/${CANARY}/" "plan": "box" }`, 0o600],
  ['a bare webhook', `https://portal.example/rest/1/${CANARY}/\n`, 0o600],
  ['a webhook for a key', `{ "https://portal.example/rest/1/${CANARY}/": 1 }`, 0o600],
  ['a webhook for a plan', `plan: https://portal.example/rest/1/${CANARY}/\n`, 0o600],
  ['a malformed webhook', `webhook: https://portal.example/rest/${CANARY}\n`, 0o600],
  ['a list of webhooks', `webhook:\n  - https://portal.example/rest/1/${CANARY}/\n`, 0o600],
])('a .bitrixrc that is %s does not show its webhook', async (_what, text, mode) => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, '.bitrixrc'), text, { mode })
  const result = await run({}, cwd)
  expect(result.said).not.toContain(CANARY)
  expect(result.code).toBe(2)
})

test('a webhook where a name or a value should stand is not shown', async () => {
  const webhook = `https://portal.example/rest/1/${CANARY}/`
  const wrong = [
    [webhook],
    ['get-all', webhook],
    ['get-all', 'crm.deal.list', webhook],
    ['get-all', 'crm.deal.list', '--plan', webhook],
    ['get-all', 'crm.deal.list', '--webhook', webhook],
    ['get-all', 'crm.deal.list', `--webhook=${webhook}`],
    ['get-all', 'crm.deal.list', `--sandbox=${webhook}`],
    ['get-all', 'crm.deal.list', '--where', webhook],
    ['get-all', 'crm.deal.list', '-P', `x=${webhook}`],
    ['get-all', 'crm.deal.list', '-o', `${webhook}x`],
  ]
  for (const words of wrong) {
    const result = await run({}, tempFolder(), words)
    expect(result.said).not.toContain(CANARY)
    expect(result.code).toBe(2)
  }
})

test.each([
  ['without rows in it', { result: 'text' }, 1],
  ['with fewer rows than it counts', { result: [{ ID: '1' }], total: 5 }, 3],
])('an answer %s does not show the webhook', async (_what, answer, code) => {
  const portal = await fakePortal(always(answer))
  const env = { BX24_WEBHOOK: portal.webhook(CANARY) }
  const result = await run(env, tempFolder(), ['get-all', 'department.get', '-o', 'deals.ndjson'])
  expect(result.said).not.toContain(CANARY)
  expect(result.code).toBe(code)
})

test('rows that were written do not hold the webhook', async () => {
  const portal = await fakePortal(always({ result: [{ ID: '1' }], total: 1 }))
  const result = await run({ BX24_WEBHOOK: portal.webhook(CANARY) }, tempFolder(), [
    'get-all',
    'department.get',
    '-o',
    'deals.ndjson',
  ])
  expect(result.said).toContain('{"ID":"1"}')
  expect(result.said).not.toContain(CANARY)
})

/** Everything on that says anything; the file is read together with the rows. */
const LOUD = ['-vv', '--log-file', 'deals.log', '--trace-file', 'deals.trace', '--summary', 'full']

const TRACED: readonly (readonly string[])[] = [
  ['get-all', 'crm.deal.list', '-o', 'deals.ndjson', '--retries', '1'],
  ['get-all', 'some.thing.list', '-o', 'deals.csv', '--retries', '0'],
  ['config'],
]

const ANSWERS: readonly Answer[] = [
  echoRefusal(400, 'ERROR_CORE'),
  html(502),
  redirected,
  (request) => void request.socket.destroy(),
  (request, response) => {
    const cookie = { 'set-cookie': `PHPSESSID=${CANARY}`, 'x-address': request.url ?? '' }
    const answer = { result: 'text', auth: CANARY, url: `https://x.example/rest/1/${CANARY}/` }
    response.writeHead(200, cookie).end(JSON.stringify(answer))
  },
]

test.each(['headers', 'bodies', 'curl', 'errors'])(
  'every command at -vv with --trace-http=%s does not show the webhook',
  async (kind) => {
    for (const command of TRACED) {
      for (const answer of command[0] === 'config' ? ANSWERS.slice(0, 1) : ANSWERS) {
        const portal = await fakePortal(answer)
        const env = { BX24_WEBHOOK: portal.webhook(CANARY) }
        const words = [...command, ...LOUD, `--trace-http=${kind}`]
        expect((await run(env, tempFolder(), words)).said).not.toContain(CANARY)
        const onStderr = [...command, '-vv', '--log-format', 'json', `--trace-http=${kind}`]
        expect((await run(env, tempFolder(), onStderr)).said).not.toContain(CANARY)
      }
    }
  },
  120_000,
)
