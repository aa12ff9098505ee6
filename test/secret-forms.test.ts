import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fakePortal } from './support/fake-portal.ts'
import { runCli, startCli } from './support/run-cli.ts'
import { tempFolder } from './support/temp-folder.ts'

/** Found anywhere but where it was put, it is a secret that got out. Each kind of secret has one of its own. */
const CODE = 'canary1webhook9code'
const ACCESS = 'canary2access9token'
const REFRESH = 'canary3refresh9token'
const CLIENT = 'canary4client9secret'
const CANARY = /canary\d[a-z]+9[a-z]+/

interface Form {
  /** What of it opens something. */
  readonly secrets: readonly string[]
  /** Files below the home folder, with their text. */
  readonly files: (host: string) => Readonly<Record<string, string>>
  readonly env?: (host: string, home: string) => Readonly<Record<string, string>>
}

const token = (host: string): string => JSON.stringify({ access_token: ACCESS, portal: `http://${host}` })

const oauth = (host: string): string =>
  JSON.stringify({
    version: 1,
    kind: 'oauth',
    client_id: 'local.app',
    client_secret: CLIENT,
    tokens: {
      access_token: ACCESS,
      refresh_token: REFRESH,
      client_endpoint: `http://${host}/rest/`,
      server_endpoint: `http://${host}/rest/`,
    },
  })

/** Every way to give a credential. */
const FORMS: Readonly<Record<string, Form>> = {
  'a webhook in a variable': {
    secrets: [CODE],
    files: () => ({}),
    env: (host) => ({ BX24_WEBHOOK: webhook(host) }),
  },
  'a webhook in a file': {
    secrets: [CODE],
    files: (host) => ({ w: webhook(host) }),
    env: () => ({ BX24_WEBHOOK_FILE: 'w' }),
  },
  'a webhook in .bitrixrc': {
    secrets: [CODE],
    files: (host) => ({ '.bitrixrc': `webhook: ${webhook(host)}\n` }),
  },
  'a webhook in a profile': {
    secrets: [CODE],
    files: (host) => ({
      '.config/bx24/config.yaml': `profile: a\nprofiles: { a: { webhook: '${webhook(host)}' } }\n`,
    }),
  },
  'a stored webhook': {
    secrets: [CODE],
    files: (host) => ({
      '.config/bx24/credentials/a.json': JSON.stringify({
        version: 1,
        kind: 'webhook',
        webhook: webhook(host),
      }),
      '.config/bx24/credentials/default': 'a\n',
    }),
  },
  'a stored application': {
    secrets: [ACCESS, REFRESH, CLIENT],
    files: (host) => ({
      '.config/bx24/credentials/a.json': oauth(host),
      '.config/bx24/credentials/default': 'a',
    }),
  },
  'an application in the environment': {
    secrets: [REFRESH, CLIENT],
    files: () => ({ secret: CLIENT, refresh: REFRESH }),
    env: (host) => ({
      BX24_PORTAL: `http://${host}`,
      BX24_CLIENT_ID: 'local.app',
      BX24_CLIENT_SECRET_FILE: 'secret',
      BX24_REFRESH_TOKEN_FILE: 'refresh',
    }),
  },
  'a token of a program': {
    secrets: [ACCESS],
    files: (host) => ({
      token: token(host),
      '.config/bx24/config.yaml': 'credentialCommand: [cat, ../../token]\n',
    }),
  },
  'a webhook of a program': {
    secrets: [CODE],
    files: (host) => ({
      token: webhook(host),
      '.config/bx24/config.yaml': 'credentialCommand: [cat, ../../token]\n',
    }),
  },
}

function webhook(host: string): string {
  return `http://${host}/rest/1/${CODE}/`
}

const COMMANDS: readonly (readonly string[])[] = [
  ['get-all', 'crm.deal.list', '-o', 'out.ndjson', '--manifest', 'out.manifest', '--resume'],
  ['get-by-id', 'crm.deal.get', 'ids', '-o', 'out.ndjson', '--errors', 'out.errors'],
  ['call', 'crm.lead.add', 'input', '-o', 'out.ndjson', '--journal', 'out.journal'],
  ['batch', 'commands', '-o', 'out.ndjson', '--errors', 'out.errors'],
  ['raw', 'crm.deal.get', '-p', 'id=1', '--include', '-o', '/dev/null'],
  ['config', '--json'],
  ['limits'],
  ['auth', 'status', '--check'],
  ['auth', 'refresh'],
  ['doctor', 'crm.deal.list'],
]

const INPUTS = {
  ids: '1\n2\n',
  input: '{"fields":{"TITLE":"x"}}\n',
  commands: '{"method":"crm.lead.add","params":{"fields":{}}}\n',
}

const LOUD = [
  '-vv',
  '--trace-http=bodies',
  '--summary',
  'full',
  '--summary-file',
  'out.summary',
  '--retries',
  '1',
]

const KINDS = ['refuses', 'expires', 'answers'] as const
type Kind = (typeof KINDS)[number]

/** A portal, and an authorization server, that repeat the secrets that they were sent: in words, quotes and addresses. */
async function echo(kind: Kind, form: Pick<Form, 'secrets'>): ReturnType<typeof fakePortal> {
  const portal = await fakePortal((request: IncomingMessage, response: ServerResponse): void => {
    const sent = `${request.url ?? ''} ${portal.bodies.at(-1)?.toString() ?? ''} ${JSON.stringify(request.headers)}`
    const secrets = form.secrets.filter((one) => sent.includes(one))
    const [secret = ''] = secrets
    const all = `${request.url ?? ''} ${secrets.join(' ')} rest%2F1%2F${secret}`
    const url = `https://x.example/rest/1/${secret}/download/?auth=${secret}&token=${secret}`
    const isToken = (request.url ?? '').startsWith('/oauth/')
    const body = isToken
      ? { error: 'invalid_grant', error_description: `no: ${all}`, refresh_token: secret }
      : kind === 'answers'
        ? { result: `text ${url}`, access_token: secret, auth: secret, url }
        : {
            error: kind === 'expires' ? 'expired_token' : 'ERROR_CORE',
            error_description: `no: ${all} ${url}`,
          }
    const headers = { 'content-type': 'application/json', 'set-cookie': `PHPSESSID=${secret}` }
    const status = kind === 'answers' ? 200 : kind === 'expires' ? 401 : 400
    response.writeHead(isToken ? 400 : status, headers).end(JSON.stringify(body))
  })
  return portal
}

describe.each(Object.entries(FORMS).map(([what, form], at) => ({ what, form, at })))(
  '$what',
  ({ form, at }) => {
    test.each(
      COMMANDS.map((command, of) => ({ command, kind: KINDS[(of + at) % KINDS.length] ?? 'refuses' })),
    )('is nowhere but where it was put: $command.0 at a portal that $kind', async ({ command, kind }) => {
      const portal = await echo(kind, form)
      const { said, found } = await runWith(form, portal.host, command, kind)
      expect(said).not.toMatch(CANARY)
      expect(found).toEqual([])
      expect(said.length).toBeGreaterThan(20)
    })
  },
)

/** What a command said, and every file that holds a canary and was not given to it, or is open to others. */
async function runWith(
  form: Form,
  host: string,
  command: readonly string[],
  kind: Kind,
): Promise<{ said: string; found: string[] }> {
  const home = tempFolder()
  const given = { ...INPUTS, ...form.files(host) }
  for (const [name, text] of Object.entries(given)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text, { mode: 0o600 })
  }
  const stateDir = join(home, 'state')
  const { stdout, stderr } = await runCli([...command, ...LOUD], {
    cwd: home,
    env: { BX24_DEBUG: '1', ...form.env?.(host, home) },
    stateDir,
  })
  const found = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(home, name)
    if (!statSync(path).isFile()) return false
    // What the portal sent as rows is the user's; what it said of our secrets is not.
    const isAnswer = name.startsWith('out.ndjson') && kind === 'answers'
    const holds = CANARY.test(readFileSync(path, 'latin1'))
    return holds && !isAnswer && (!(name in given) || (statSync(path).mode & 0o077) !== 0)
  })
  return { said: stdout + stderr, found }
}

test('no secret is among the words of a process, which everybody sees', async () => {
  const portal = await fakePortal(() => undefined)
  for (const form of Object.values(FORMS)) {
    const home = tempFolder()
    for (const [name, text] of Object.entries(form.files(portal.host))) {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), text, { mode: 0o600 })
    }
    const before = portal.requests.length
    const { child, ended } = startCli(['get-all', 'crm.deal.list'], {
      cwd: home,
      env: form.env?.(portal.host, home) ?? {},
    })
    while (portal.requests.length === before) await new Promise((resolve) => setTimeout(resolve, 20))
    const words = await output('ps', ['-ww', '-o', 'args=', '-p', String(child.pid)])
    child.kill('SIGKILL')
    await ended
    expect(words).toContain('get-all')
    expect(words).not.toMatch(CANARY)
  }
}, 120_000)

test('--unsafe-show-secrets is the way past, and warns', async () => {
  const portal = await echo('refuses', { secrets: [CODE] })
  const env = { BX24_WEBHOOK: webhook(portal.host) }
  const words = ['raw', 'crm.deal.get', '--trace-http=bodies']
  expect((await runCli(words, { env })).stderr).not.toMatch(CANARY)
  const { stderr } = await runCli([...words, '--unsafe-show-secrets'], { env })
  expect(stderr).toContain(`POST ${webhook(portal.host)}crm.deal.get`)
  expect(stderr).toContain('bx24: warning: --unsafe-show-secrets: ')
})

function output(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    child.once('error', reject)
    child.once('close', () => {
      resolve(text)
    })
  })
}
