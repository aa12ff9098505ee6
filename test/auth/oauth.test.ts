import { describe, expect, test } from 'vitest'
import type { TokenRequest } from '../../src/auth/authorization-server.ts'
import type { Authorisation } from '../../src/auth/credential.ts'
import { EXIT, SignInError, TransportError } from '../../src/errors.ts'
import { Secret } from '../../src/lib/secret.ts'
import { Portal } from '../../src/sandbox/portal.ts'
import { sandboxSettingsFromText } from '../../src/sandbox/settings.ts'
import { asking, credentialFor, tokensOf, TokensInMemory } from '../support/oauth-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

const SIGNAL = new AbortController().signal

function portalWith(settings = ''): Portal {
  return new Portal(sandboxSettingsFromText(`plan=box,${settings}`))
}

function tokenOf({ fields = {} }: Authorisation): string {
  return fields['auth']?.reveal() ?? ''
}

describe('access', () => {
  test('goes into the body, or where that is a list into the header, and never into the address', async () => {
    const portal = portalWith()
    const store = new TokensInMemory(tokensOf(portal))
    const token = store.tokens.accessToken?.reveal() ?? ''
    const credential = await credentialFor(portal, store)
    const plain = await credential.authorise('crm.deal.list', 'v2', '{}', SIGNAL)
    expect([plain.url.reveal(), plain.headers, tokenOf(plain)]).toEqual([
      'http://127.0.0.1:1/rest/crm.deal.list.json',
      {},
      token,
    ])
    const list = await credential.authorise('task.commentitem.getlist', 'v2', ' [8]', SIGNAL)
    expect([list.headers['authorization']?.reveal(), list.fields]).toEqual([`Bearer ${token}`, undefined])
    expect(list.url.reveal()).not.toContain(token)
  })

  test('is counted by the application, whoever signed in, and is another one on another portal', async () => {
    const portal = portalWith()
    const one = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
    const other = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
    const elsewhere = { ...tokensOf(portal), clientEndpoint: 'http://127.0.0.1:2/rest/' }
    const third = await credentialFor(portal, new TokensInMemory(elsewhere))
    expect(one.identity).toBe(other.identity)
    expect(one.identity).not.toBe(third.identity)
  })

  test('that is not there yet is asked for before anything else, and tells who the user is', async () => {
    const portal = portalWith()
    const store = new TokensInMemory({ ...tokensOf(portal), accessToken: undefined, userId: undefined })
    const credential = await credentialFor(portal, store)
    expect(portal.stats.tokens).toEqual({ code: 0, refresh: 1, refused: 0 })
    expect(credential.userId).toBe('1')
    expect(tokenOf(await credential.authorise('profile', 'v2', '{}', SIGNAL))).toBe(
      store.tokens.accessToken?.reveal(),
    )
  })

  test('users of one application are counted together and told apart', async () => {
    const portal = portalWith()
    const one = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
    const other = await credentialFor(portal, new TokensInMemory({ ...tokensOf(portal), userId: '2' }))
    expect([one.identity === other.identity, one.account === other.account]).toEqual([true, false])
  })
})

describe('renewing', () => {
  test('is done once for all that were refused with the same access, also for those that hear of it late', async () => {
    const portal = portalWith()
    const credential = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
    const old = await Promise.all([1, 2, 3].map(() => credential.authorise('profile', 'v2', '{}', SIGNAL)))
    await Promise.all(old.slice(0, 2).map((one) => credential.renew(one, SIGNAL)))
    await credential.renew(old[2] as Authorisation, SIGNAL)
    expect(portal.stats.tokens).toMatchObject({ refresh: 1, refused: 0 })
    const fresh = await credential.authorise('profile', 'v2', '{}', SIGNAL)
    expect(tokenOf(fresh)).not.toBe(tokenOf(old[0] as Authorisation))
    await credential.renew(fresh, SIGNAL)
    expect(portal.stats.tokens).toMatchObject({ refresh: 2, refused: 0 })
  })

  test('takes what another process has got', async () => {
    const portal = portalWith()
    const store = new TokensInMemory(tokensOf(portal))
    const [one, other] = [await credentialFor(portal, store), await credentialFor(portal, store)]
    const refused = [
      await one.authorise('profile', 'v2', '{}', SIGNAL),
      await other.authorise('profile', 'v2', '{}', SIGNAL),
    ]
    await Promise.all([
      one.renew(refused[0] as Authorisation, SIGNAL),
      other.renew(refused[1] as Authorisation, SIGNAL),
    ])
    expect(portal.stats.tokens).toEqual({ code: 0, refresh: 1, refused: 0 })
    expect(tokenOf(await one.authorise('profile', 'v2', '{}', SIGNAL))).toBe(
      tokenOf(await other.authorise('profile', 'v2', '{}', SIGNAL)),
    )
  })

  test('keeps the new pair before it is used', async () => {
    const portal = portalWith()
    const store = new TokensInMemory(tokensOf(portal))
    const credential = await credentialFor(portal, store)
    await credential.renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL)
    expect(tokenOf(await credential.authorise('profile', 'v2', '{}', SIGNAL))).toBe(
      store.tokens.accessToken?.reveal(),
    )
    expect(store.tokens.memberId).toBe(portal.oauth.identities.memberId)
  })

  test('is not broken off by whoever waits for it, since its answer may be the only one', async () => {
    const portal = portalWith('token-ms=50')
    const store = new TokensInMemory(tokensOf(portal))
    const credential = await credentialFor(portal, store)
    const before = store.tokens
    const leaving = new AbortController()
    const renewing = credential.renew(
      await credential.authorise('profile', 'v2', '{}', SIGNAL),
      leaving.signal,
    )
    leaving.abort(new Error('the user has pressed Ctrl-C'))
    await expect(renewing).rejects.toThrow('Ctrl-C')
    await credential.close()
    expect(store.tokens).not.toBe(before)
  })

  test('tries again where the server has trouble, and ends as temporary where that stays', async () => {
    const portal = portalWith('fault=token-500@1,fault=token-reset@2-3')
    const work = async (): Promise<void> => {
      const credential = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
      await credential.renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL)
    }
    await inVirtualTime(work)
    expect(portal.stats.tokens).toEqual({ code: 0, refresh: 1, refused: 3 })

    const broken = portalWith('fault=token-500=100%')
    const failing = async (): Promise<unknown> => {
      const credential = await credentialFor(broken, new TokensInMemory(tokensOf(broken)), { retries: 2 })
      return credential
        .renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL)
        .catch((error: unknown) => error)
    }
    const { value } = await inVirtualTime(failing)
    expect(value).toBeInstanceOf(TransportError)
    expect(value).toMatchObject({ exitCode: EXIT.temporary, fault: 'server-error', executed: 'no' })
    expect(broken.stats.tokens.refused).toBe(3)
  })

  test('where an answer got lost the old token is tried again, and if it is dead the user is told', async () => {
    for (const [reading, isLockedOut] of [
      ['until-used', false],
      ['grace', false],
      ['alive', false],
      ['dead', true],
    ] as const) {
      const portal = portalWith(`reading=old-refresh=${reading},fault=token-lost@1`)
      const work = async (): Promise<unknown> => {
        const credential = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
        return credential
          .renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL)
          .catch((error: unknown) => error)
      }
      const { value } = await inVirtualTime(work)
      expect([reading, value instanceof SignInError && value.fault === 'expired']).toEqual([
        reading,
        isLockedOut,
      ])
    }
  })
})

describe('what the authorization server says no with', () => {
  test.each([
    ['token-invalid-grant', 'auth.expired', /Sign in again: bx24 auth login/],
    ['token-invalid-client', 'auth.wrong-client', /client id and client secret/],
    ['token-wrong-client', 'auth.wrong-client', /client id and client secret/],
    ['token-payment', 'auth.payment', /subscription/],
    ['token-not-installed', 'auth.not-installed', /Install it there/],
    ['token-scope', 'auth.scope', /settings in the portal/],
    ['token-invalid-request', 'auth.refused', /Sign in again/],
  ])('%s is %s, at once and for good', async (fault, code, hint) => {
    const portal = portalWith(`fault=${fault}=100%`)
    const credential = await credentialFor(portal, new TokensInMemory(tokensOf(portal)))
    const refused = await credential.authorise('profile', 'v2', '{}', SIGNAL)
    const renew = (): Promise<unknown> => credential.renew(refused, SIGNAL).catch((error: unknown) => error)
    const error = await renew()
    expect(error).toBeInstanceOf(SignInError)
    expect(error).toMatchObject({ code, exitCode: EXIT.auth, hint: expect.stringMatching(hint) as unknown })
    expect((error as SignInError).message).toContain('127.0.0.1:1')
    expect(await renew()).toBe(error)
    expect(portal.stats.tokens.refused).toBe(1)
  })

  test('holds no secret, even where the server quotes what it was sent', async () => {
    const portal = portalWith()
    const ask: TokenRequest = (_url, form) => {
      const said = Object.values(form)
        .map((value) => value.reveal())
        .join(' ')
      return Promise.resolve({
        status: 400,
        body: Buffer.from(JSON.stringify({ error: `x${said}`, error_description: `You sent ${said}` })),
      })
    }
    const store = new TokensInMemory(tokensOf(portal))
    const credential = await credentialFor(portal, store, { ask })
    const error = (await credential
      .renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL)
      .catch((thrown: unknown) => thrown)) as Error
    expect(error.message).toContain('You sent')
    expect(error.message).not.toContain(store.tokens.refreshToken?.reveal())
    expect(error.message).not.toContain(portal.oauth.identities.clientSecret)
  })
})

describe('what the answer names', () => {
  async function renewedWith(
    answer: Readonly<Record<string, unknown>>,
    before: Partial<TokensInMemory['tokens']> = {},
  ): Promise<{ store: TokensInMemory; error: unknown; url: string }> {
    const portal = portalWith()
    const store = new TokensInMemory({ ...tokensOf(portal), ...before })
    const ask: TokenRequest = async (url, form) => {
      const { status, body } = await asking(portal)(url, form)
      const changed = { ...(JSON.parse(body.toString()) as object), ...answer }
      return { status, body: Buffer.from(JSON.stringify(changed)) }
    }
    const credential = await credentialFor(portal, store, { ask })
    const error: unknown = await credential
      .renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL)
      .catch((thrown: unknown) => thrown)
    const { url } = await credential.authorise('profile', 'v2', '{}', SIGNAL)
    return { store, error, url: url.reveal() }
  }

  test('is asked from then on, where it is the same portal', async () => {
    const { error, url } = await renewedWith({ client_endpoint: 'http://127.0.0.1:2/rest/' })
    expect([error, url]).toEqual([undefined, 'http://127.0.0.1:2/rest/profile.json'])
  })

  test.each([
    ['another member', { member_id: 'somebody-else' }, {}],
    [
      'another host, and nothing known that stays the same',
      { client_endpoint: 'http://127.0.0.1:2/rest/' },
      { memberId: undefined },
    ],
  ])('is refused for %s', async (_what, answer, before) => {
    const { error, url } = await renewedWith(answer, before)
    expect(error).toMatchObject({ code: 'auth.other-portal', exitCode: EXIT.auth })
    expect(url).toBe('http://127.0.0.1:1/rest/profile.json')
  })

  test.each(['http://crm.example.com/rest/', 'ftp://x/', 5, null])(
    'stays what it was if it is %j',
    async (named) => {
      const { error, url, store } = await renewedWith({
        client_endpoint: named,
        server_endpoint: 'https://evil.example/rest/',
      })
      expect([error, url]).toEqual([undefined, 'http://127.0.0.1:1/rest/profile.json'])
      expect(store.tokens.serverEndpoint).toBe('http://127.0.0.1:1/rest/')
    },
  )

  test('without a new refresh token the old one stays', async () => {
    const { store } = await renewedWith({ refresh_token: undefined }, { refreshToken: undefined })
    expect(store.tokens.refreshToken).toBeUndefined()
    const portal = portalWith()
    const kept = tokensOf(portal)
    const { store: other } = await renewedWith({ refresh_token: undefined }, kept)
    expect(other.tokens.refreshToken?.reveal()).toBe(kept.refreshToken?.reveal())
  })

  test('of a stranger gets no secret', async () => {
    const portal = portalWith()
    const tokens = { ...tokensOf(portal), serverEndpoint: 'https://evil.example/rest/' }
    let asked = 0
    const ask: TokenRequest = () => {
      asked++
      return Promise.reject(new Error('asked'))
    }
    const credential = await credentialFor(portal, new TokensInMemory(tokens), { ask })
    await expect(
      credential.renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL),
    ).rejects.toMatchObject({
      code: 'auth.refused',
      message: expect.stringContaining('evil.example') as unknown,
    })
    expect(asked).toBe(0)
  })

  test('without a refresh token there is nothing to ask with', async () => {
    const portal = portalWith()
    const store = new TokensInMemory({
      ...tokensOf(portal),
      refreshToken: undefined,
      accessToken: new Secret('old'),
    })
    const credential = await credentialFor(portal, store)
    await expect(
      credential.renew(await credential.authorise('profile', 'v2', '{}', SIGNAL), SIGNAL),
    ).rejects.toMatchObject({ code: 'auth.expired' })
    expect(portal.stats.tokens.refused).toBe(0)
  })
})
