import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { bytes, raw, sandbox, writes } from '../support/raw-call.ts'
import { tempFolder } from '../support/temp-folder.ts'

const OK = always({ result: true })
const DENIED = { error: 'ACCESS_DENIED', error_description: 'no' }

describe('the body goes out byte for byte', () => {
  const BODIES = [
    '[123,{"ID":"desc"},null,[],{}]',
    '{ "fields" : {"TITLE":null, "PRICE": 12345678901234567890.50, "PHONE":[]} }',
    '{"b":"é 😀 \\ud83d\\ude00 \\/","a":1,"a":2}',
  ]

  test.each(BODIES)('from the command line: %s', async (body) => {
    const portal = await fakePortal(OK)
    const { code, stdout, stderr } = await raw(portal, ['some.method', '--data', body])
    expect([code, stdout, stderr]).toEqual([0, '{"result":true}', ''])
    expect(portal.requests).toEqual(['/rest/1/abcdef0123456789/some.method.json'])
    expect(portal.bodies.map(String)).toEqual([body])
  })

  test('from a file and from standard input, with its line ends', async () => {
    const portal = await fakePortal(OK)
    const cwd = tempFolder()
    const body = `\n${BODIES.join('\r\n').replace(/\r\n[^]*/, '')}\r\n`
    writeFileSync(join(cwd, 'body.json'), body)
    expect((await raw(portal, ['some.method', '--data', '@body.json'], { cwd })).code).toBe(0)
    expect((await raw(portal, ['some.method', '--data', '-'], { stdin: body })).code).toBe(0)
    expect(portal.bodies.map(String)).toEqual([body, body])
  })

  test('made of parameters, null and empty lists included', async () => {
    const portal = await fakePortal(OK)
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'p.json'), '{"filter":{"!ID":null}}')
    const words = ['--params', 'p.json', '-p', 'order[ID]=ASC', '-P', 'fields={"UF_LIST":[],"NAME":""}']
    await raw(portal, ['some.method', ...words], { cwd })
    await raw(portal, ['some.method', '-P', '0=123', '-P', '1={"ID":"desc"}'])
    await raw(portal, ['some.method'])
    expect(portal.bodies.map(String)).toEqual([
      '{"filter":{"!ID":null},"order":{"ID":"ASC"},"fields":{"UF_LIST":[],"NAME":""}}',
      '[123,{"ID":"desc"}]',
      '{}',
    ])
  })

  test('and the portal reads it as it was meant', async () => {
    const portal = await sandbox('')
    const body = '{"fields":{"TITLE":"<script>1.0</script>","COMMENTS":null,"OPPORTUNITY":"1.50"}}'
    expect((await raw(portal, ['crm.deal.add', '--data', body])).code).toBe(0)
    expect(await writes(portal)).toEqual([JSON.parse(body)])
    const comments = await raw(portal, ['task.commentitem.getlist', '--data', '[3,{"ID":"desc"}]'])
    expect([comments.code, comments.stderr]).toEqual([0, ''])
  })
})

describe('the answer comes out byte for byte', () => {
  const BARE = '\n{ "openapi" : "3.0.4",\r\n  "n": 1.0, "paths": {} }\n'

  test.each([
    ['a bare document', BARE],
    ['a list', '[1.0,  2]'],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from('{"result":"'), Buffer.from([0xff, 0x22, 0x7d])])],
  ])('%s', async (_what, body) => {
    const portal = await fakePortal(bytes(body))
    const path = join(tempFolder(), 'out')
    const file = openSync(path, 'w')
    const { code, stderr } = await raw(portal, ['rest.documentation.openapi'], {
      stdio: ['pipe', file, 'pipe'],
    })
    closeSync(file)
    expect([code, stderr]).toEqual([0, ''])
    expect(readFileSync(path).equals(Buffer.from(body))).toBe(true)
  })

  test('what was packed on the way is unpacked', async () => {
    const portal = await fakePortal(bytes(gzipSync(BARE), 200, { 'content-encoding': 'gzip' }))
    expect((await raw(portal, ['some.method'])).stdout).toBe(BARE)
  })

  test('to a file, which an error leaves alone', async () => {
    const cwd = tempFolder()
    const fine = await fakePortal(bytes(BARE))
    expect(await raw(fine, ['some.method', '-o', 'a.json'], { cwd })).toMatchObject({ code: 0, stdout: '' })
    await raw(fine, ['some.method', '-o', 'b.json.gz'], { cwd })
    expect(gunzipSync(readFileSync(join(cwd, 'b.json.gz'))).toString()).toBe(BARE)
    const { code, stdout, stderr } = await raw(
      await fakePortal(always(DENIED, 403)),
      ['some.method', '-o', 'a.json'],
      { cwd },
    )
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toContain('  The answer is in a.json.partial; a.json was left alone.')
    expect(readFileSync(join(cwd, 'a.json'), 'utf8')).toBe(BARE)
    expect(readFileSync(join(cwd, 'a.json.partial'), 'utf8')).toBe(JSON.stringify(DENIED))
  })
})

describe('--include', () => {
  const SECRET = 'canary7secret9code'
  const HEADERS = {
    'content-type': 'application/json',
    'x-address': `https://portal.example/rest/1/${SECRET}/x`,
    'x-words': `the code is ${SECRET}`,
    'set-cookie': ['PHPSESSID=abc123; path=/', 'B=session-b'],
  }

  test.each([200, 403])('shows status %i and headers on standard error, without secrets', async (status) => {
    const portal = await fakePortal(bytes(JSON.stringify(DENIED), status, HEADERS))
    const { stdout, stderr } = await raw(portal, ['some.method', '-i', '--log-format', 'text'], {
      env: { BX24_WEBHOOK: portal.webhook(SECRET) },
    })
    expect(stdout).toBe(JSON.stringify(DENIED))
    expect(stderr).toMatch(new RegExp(`^HTTP ${status}\ncontent-type: application/json\nx-address: `))
    expect(stderr).toContain('\nset-cookie: ***\nset-cookie: ***\n')
    expect(stderr).not.toMatch(/canary7|PHPSESSID|session-b/)
  })

  test('is JSON where standard error is', async () => {
    const portal = await fakePortal(bytes('{"result":1}', 200, { 'x-a': 'b' }))
    const { stderr } = await raw(portal, ['some.method', '--include', '--log-format', 'json'])
    const head = JSON.parse(stderr) as { type: string; message: string }
    expect(head).toMatchObject({
      type: 'head',
      message: expect.stringContaining('HTTP 200\nx-a: b') as string,
    })
  })
})

describe('nothing is sent', () => {
  test.each<[string, readonly string[], string]>([
    ['for a body that is no JSON', ['some.method', '--data', '{ID:1}'], '--data is not JSON'],
    ['for an empty body', ['some.method', '--data', ''], '--data is not JSON'],
    ['for a body that is no object', ['some.method', '--data', '5'], 'neither an object nor an array'],
    ['for half of a character', ['some.method', '--data', '["\\ud83d"]'], 'half of a character'],
    ['for half of a character in a parameter', ['some.method', '-P', 'a="\\ud83d"'], 'half of a character'],
    ['for a file that is no UTF-8', ['some.method', '--data', '@latin1'], 'is not UTF-8'],
    ['for a word that was no UTF-8', ['some.method', '--data', '["\uFFFD"]'], 'no UTF-8'],
    ['for a file that is missing', ['some.method', '--data', '@missing'], 'the file missing cannot be read'],
    ['for a credential', ['some.method', '--data', '{"access_token":"x"}'], 'takes it as a credential'],
    ['for a credential in a parameter', ['some.method', '-p', 'AUTH=x'], 'takes it as a credential'],
    [
      'for a body beside parameters',
      ['some.method', '--data', '{}', '-p', 'a=1'],
      '--data is the whole body',
    ],
    ['for two readers of stdin', ['some.method', '-P', 'a=@-', '--params', '-'], 'both read standard input'],
    ['for what is no method', ['some/method'], 'is no method name'],
    ['for an output that is read', ['some.method', '--data', '@body', '-o', 'body'], 'name the same file'],
    ['for a deletion without --yes', ['crm.deal.delete', '-p', 'id=1'], 'crm.deal.delete deletes'],
    ['for one in a batch', ['batch', '--data', '{"cmd":["crm.deal.delete?id=1"]}'], 'batch deletes'],
  ])('%s', async (_what, words, said) => {
    const portal = await fakePortal(OK)
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'latin1'), Buffer.from('{"a":"é"}', 'latin1'))
    writeFileSync(join(cwd, 'body'), '{}')
    const { code, stdout, stderr } = await raw(portal, words, { cwd, stdin: '{}' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(portal.requests).toEqual([])
    expect(readdirSync(cwd).sort()).toEqual(['body', 'latin1'])
  })
})

test('a deletion is sent with --yes', async () => {
  const portal = await sandbox('')
  const { code, stderr } = await raw(portal, ['crm.deal.delete', '-p', 'id=1', '--yes'])
  expect([code, stderr]).toEqual([0, ''])
  expect(await writes(portal)).toEqual([{ id: '1' }])
})
