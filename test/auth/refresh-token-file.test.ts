import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { refreshTokenFile } from '../../src/auth/refresh-token-file.ts'
import type { OAuthTokens, TokenStore } from '../../src/auth/token-store.ts'
import { Secret } from '../../src/lib/secret.ts'
import { tempFolder } from '../support/temp-folder.ts'

const SIGNAL = new AbortController().signal
const ENDPOINTS = {
  clientEndpoint: 'https://example.bitrix24.com/rest/',
  serverEndpoint: 'https://oauth.bitrix.info/rest/',
}

let folder: string
let path: string
let pairPath: string
let said: string[]
beforeEach(() => {
  folder = tempFolder()
  path = join(folder, 'refresh-token')
  pairPath = join(folder, 'state', 'tokens', 'pair.json')
  said = []
  writeFileSync(path, 'seed\n', { mode: 0o600 })
})

function store(more: { pairPath?: string | undefined } = {}): TokenStore {
  return refreshTokenFile({
    path,
    pairPath,
    ...ENDPOINTS,
    pid: process.pid,
    modesMatter: true,
    tell: (message) => said.push(`tell: ${message}`),
    warn: (message) => said.push(`warn: ${message}`),
    ...more,
  })
}

function pair(number: number): OAuthTokens {
  return {
    ...ENDPOINTS,
    accessToken: new Secret(`access-${number}`),
    refreshToken: new Secret(`refresh-${number}`),
    memberId: 'member',
  }
}

function refreshTokenOf({ refreshToken }: OAuthTokens): string | undefined {
  return refreshToken?.reveal()
}

/** Makes it as if the file lay where nothing can be written. */
function mountReadOnly(): void {
  const mount = join(folder, 'mount')
  mkdirSync(mount)
  path = join(mount, 'refresh-token')
  writeFileSync(path, 'seed\n')
  // Root may write anywhere, but nobody may make a file below one that is none.
  writeFileSync(`${path}.new`, '')
  mkdirSync(join(folder, 'blocked'))
}

test('begins with the refresh token of the file, and nothing else is known', async () => {
  const tokens = await store().read()
  expect([refreshTokenOf(tokens), tokens.accessToken, tokens.clientEndpoint]).toEqual([
    'seed',
    undefined,
    ENDPOINTS.clientEndpoint,
  ])
})

test('a new pair is kept beside and its refresh token in the file, for this user alone', async () => {
  await store().update(() => Promise.resolve(pair(1)), SIGNAL)
  expect(readFileSync(path, 'utf8')).toBe('refresh-1\n')
  expect([path, pairPath].map((file) => (statSync(file).mode & 0o777).toString(8))).toEqual(['600', '600'])
  expect(readdirSync(join(folder, 'state', 'tokens'))).toEqual(['pair.json'])
  const again = await store().read()
  expect([refreshTokenOf(again), again.accessToken?.reveal(), again.memberId]).toEqual([
    'refresh-1',
    'access-1',
    'member',
  ])
  expect(said).toEqual([])
})

test('what did not change is not written', async () => {
  const before = statSync(path).ino
  await store().update((current) => Promise.resolve(current), SIGNAL)
  expect([statSync(path).ino, existsSync(pairPath), readdirSync(folder).sort()]).toEqual([
    before,
    false,
    ['refresh-token', 'state'],
  ])
})

test('a server that does not rotate leaves the file alone', async () => {
  const before = statSync(path).ino
  await store().update(() => Promise.resolve({ ...pair(1), refreshToken: new Secret('seed') }), SIGNAL)
  expect([statSync(path).ino, (await store().read()).accessToken?.reveal()]).toEqual([before, 'access-1'])
})

describe('which of the two is newer', () => {
  test('the pair, as long as the file holds what it was made from', async () => {
    await store().update(() => Promise.resolve(pair(1)), SIGNAL)
    writeFileSync(path, 'seed')
    expect(refreshTokenOf(await store().read())).toBe('refresh-1')
    await store().update(() => Promise.resolve(pair(2)), SIGNAL)
    expect([refreshTokenOf(await store().read()), readFileSync(path, 'utf8')]).toEqual([
      'refresh-2',
      'refresh-2\n',
    ])
  })

  test('the file, if somebody has put another token there', async () => {
    await store().update(() => Promise.resolve(pair(1)), SIGNAL)
    writeFileSync(path, 'signed-in-again\n')
    const tokens = await store().read()
    expect([refreshTokenOf(tokens), tokens.accessToken, tokens.memberId]).toEqual([
      'signed-in-again',
      undefined,
      undefined,
    ])
  })

  test('a pair that is damaged, or that others could have written, is none', async () => {
    await store().update(() => Promise.resolve(pair(1)), SIGNAL)
    writeFileSync(path, 'seed')
    chmodSync(pairPath, 0o666)
    expect(refreshTokenOf(await store().read())).toBe('seed')
    chmodSync(pairPath, 0o600)
    writeFileSync(pairPath, '{"version":1,')
    expect(refreshTokenOf(await store().read())).toBe('seed')
  })
})

describe('killed', () => {
  test('behind the first write of a pair it is there all the same', async () => {
    await store().update(() => Promise.resolve(pair(1)), SIGNAL)
    const [old, file] = [readFileSync(pairPath, 'utf8'), readFileSync(path, 'utf8')]
    await store().update(() => Promise.resolve(pair(2)), SIGNAL)
    const text = readFileSync(pairPath, 'utf8')
    writeFileSync(path, file)
    writeFileSync(pairPath, old)
    writeFileSync(`${pairPath}.new`, `${text}${'\n'.repeat(4000)}`, { mode: 0o600 })
    let seen: string | undefined
    await store().update((current) => {
      seen = refreshTokenOf(current)
      return Promise.resolve(current)
    }, SIGNAL)
    expect(seen).toBe('refresh-2')
  })

  test('in the middle of it the old one holds, and nothing is left', async () => {
    await store().update(() => Promise.resolve(pair(1)), SIGNAL)
    for (const text of ['\n'.repeat(4096), '{"version":1,"from":"x","tok']) {
      writeFileSync(`${pairPath}.new`, text)
      let seen: string | undefined
      await store().update((current) => {
        seen = refreshTokenOf(current)
        return Promise.resolve(current)
      }, SIGNAL)
      expect([seen, readdirSync(join(folder, 'state', 'tokens'))]).toEqual(['refresh-1', ['pair.json']])
    }
  })

  test('what it had begun does not come back behind a newer file', async () => {
    const only = store({ pairPath: undefined })
    writeFileSync(`${path}.new`, 'refresh-9\n\n\n')
    utimesSync(`${path}.new`, 1_000, 1_000)
    let seen: string | undefined
    await only.update((current) => {
      seen = refreshTokenOf(current)
      return Promise.resolve(current)
    }, SIGNAL)
    expect([seen, existsSync(`${path}.new`)]).toEqual(['seed', false])
  })
})

test('a file that can only be read: the pair beside is told of once, and is used', async () => {
  mountReadOnly()
  // A folder of this name is in the way of every draft, also for root.
  const blocked = `${path}.new`
  chmodSync(path, 0o444)
  const { unlinkSync } = await import('node:fs')
  unlinkSync(blocked)
  mkdirSync(blocked)
  const one = store()
  await one.update(() => Promise.resolve(pair(1)), SIGNAL)
  await one.update(() => Promise.resolve(pair(2)), SIGNAL)
  expect(refreshTokenOf(await store().read())).toBe('refresh-2')
})

test('with no place at all the run goes on with the pair in its memory, and the user is warned', async () => {
  writeFileSync(join(folder, 'state'), 'no folder')
  const link = join(folder, 'link')
  symlinkSync('/proc/version', link)
  path = link
  const one = store()
  await one.update(() => Promise.resolve(pair(1)), SIGNAL)
  expect(refreshTokenOf(await one.read())).toBe('refresh-1')
  await one.update((current) => Promise.resolve({ ...pair(2), memberId: refreshTokenOf(current) }), SIGNAL)
  expect((await one.read()).memberId).toBe('refresh-1')
  expect(said).toEqual([expect.stringMatching(/^warn: the new refresh token can be kept neither/)])
})

test.each([
  ['missing', 'config.unreadable', () => (path = join(folder, 'nothing'))],
  ['empty', 'config.refresh-token-missing', () => writeFileSync(path, ' \n')],
  ['writable by others', 'config.refresh-token-file-exposed', () => chmodSync(path, 0o602)],
])('a file that is %s is refused as %s', async (_what, code, spoil) => {
  spoil()
  await expect(Promise.resolve().then(() => store().read())).rejects.toMatchObject({ code })
})

test('processes take turns', async () => {
  let inside = 0
  let most = 0
  await Promise.all(
    [1, 2, 3, 4].map((number) =>
      store().update(async () => {
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setTimeout(resolve, 20))
        inside--
        return pair(number)
      }, SIGNAL),
    ),
  )
  expect(most).toBe(1)
})
