import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import {
  profileTokens,
  readCredential,
  replaceCredential,
  type StoredCredential,
} from '../../src/auth/stored-credential.ts'
import type { OAuthTokens } from '../../src/auth/token-store.ts'
import { Secret } from '../../src/lib/secret.ts'
import { tempFolder } from '../support/temp-folder.ts'

const SIGNAL = new AbortController().signal

const TOKENS: OAuthTokens = {
  accessToken: new Secret('access-1'),
  refreshToken: new Secret('refresh-1'),
  clientEndpoint: 'https://example.bitrix24.com/rest/',
  serverEndpoint: 'https://oauth.bitrix.info/rest/',
  // Behind 2038.
  expiresAt: 4_102_444_800,
  memberId: 'member',
  userId: '7',
  scope: 'crm,task',
}

const OAUTH: StoredCredential = {
  kind: 'oauth',
  clientId: 'local.1',
  clientSecret: new Secret('client-secret'),
  tokens: TOKENS,
}

let folder: string
let path: string
beforeEach(() => {
  folder = tempFolder()
  path = join(folder, 'acme.json')
})

/** A credential with its secrets in the open. */
function opened(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, function (this: Record<string, unknown>, key: string, one: unknown) {
      const original = this[key]
      return original instanceof Secret ? original.reveal() : one
    }),
  )
}

test.each<StoredCredential>([OAUTH, { kind: 'webhook', webhook: new Secret('https://h/rest/1/code/') }])(
  'comes back as it was put away, for this user alone: $kind',
  async (credential) => {
    await replaceCredential(path, process.pid, credential, SIGNAL)
    expect(opened(await readCredential(path))).toEqual(opened(credential))
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    expect(readdirSync(folder)).toEqual(['acme.json'])
  },
)

test('new tokens take the place of the old, and all else stays', async () => {
  await replaceCredential(path, process.pid, OAUTH, SIGNAL)
  const store = profileTokens(path, 'the profile acme', process.pid)
  const fresh = { ...TOKENS, accessToken: new Secret('access-2'), refreshToken: new Secret('refresh-2') }
  await store.update((current) => {
    expect(current.refreshToken?.reveal()).toBe('refresh-1')
    return Promise.resolve(fresh)
  }, SIGNAL)
  expect(opened(await store.read())).toEqual(opened(fresh))
  expect(opened(await readCredential(path))).toEqual(opened({ ...OAUTH, tokens: fresh }))
})

test('a renewal that fails leaves the file as it was, and no lock', async () => {
  await replaceCredential(path, process.pid, OAUTH, SIGNAL)
  const before = readFileSync(path, 'utf8')
  const store = profileTokens(path, 'the profile acme', process.pid)
  await expect(store.update(() => Promise.reject(new Error('no')), SIGNAL)).rejects.toThrow('no')
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual([before, ['acme.json']])
})

test('where nothing can be written nothing is asked for, since the answer would be lost', async () => {
  await replaceCredential(path, process.pid, OAUTH, SIGNAL)
  const { mkdirSync } = await import('node:fs')
  mkdirSync(`${path}.new`)
  writeFileSync(join(`${path}.new`, 'x'), '')
  const store = profileTokens(path, 'the profile acme', process.pid)
  let asked = 0
  const renew = (): Promise<OAuthTokens> => {
    asked++
    return Promise.resolve(TOKENS)
  }
  await expect(store.update(renew, SIGNAL)).rejects.toMatchObject({ code: 'output.failed' })
  expect(asked).toBe(0)
})

test('a process that was killed behind the first write has left the new pair', async () => {
  await replaceCredential(path, process.pid, OAUTH, SIGNAL)
  writeFileSync(`${path}.new`, readFileSync(path, 'utf8').replaceAll('-1"', '-2"'))
  const store = profileTokens(path, 'the profile acme', process.pid)
  await store.update((current) => {
    expect(current.refreshToken?.reveal()).toBe('refresh-2')
    return Promise.resolve(current)
  }, SIGNAL)
  expect([existsSync(`${path}.new`), (await store.read()).accessToken?.reveal()]).toEqual([false, 'access-2'])
})

test.each([
  '',
  '{',
  '[]',
  'null',
  '{"version":2,"kind":"webhook","webhook":"x"}',
  '{"version":1,"kind":"oauth"}',
])('what it cannot read is refused: %j', async (text) => {
  writeFileSync(path, text)
  await expect(readCredential(path)).rejects.toMatchObject({ code: 'config.credential-damaged' })
})

test('a profile that was signed out meanwhile says so', async () => {
  expect(await readCredential(path)).toBeUndefined()
  const store = profileTokens(path, 'the profile acme', process.pid)
  await expect(store.read()).rejects.toMatchObject({ code: 'config.signed-out' })
})
