import type { TokenRequest } from '../../src/auth/authorization-server.ts'
import { oauthCredential } from '../../src/auth/oauth.ts'
import type { TokenCredential } from '../../src/auth/token-credential.ts'
import type { OAuthTokens, TokenStore } from '../../src/auth/token-store.ts'
import { TransportError } from '../../src/errors.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { Portal } from '../../src/sandbox/portal.ts'

/** What a portal without sockets is called. */
export const HOST = '127.0.0.1:1'

/** Tokens in memory, for all programs of a test; one at a time renews them. */
export class TokensInMemory implements TokenStore {
  readonly name = 'the memory of a test'
  tokens: OAuthTokens
  #queue: Promise<unknown> = Promise.resolve()

  constructor(tokens: OAuthTokens) {
    this.tokens = tokens
  }

  read(): Promise<OAuthTokens> {
    return Promise.resolve(this.tokens)
  }

  update(renew: (current: OAuthTokens) => Promise<OAuthTokens>): Promise<OAuthTokens> {
    const turn = this.#queue.then(async () => {
      this.tokens = await renew(this.tokens)
      return this.tokens
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }
}

/** Tokens of somebody who has just signed in to this portal. */
export function tokensOf(portal: Portal): OAuthTokens {
  const answer = portal.oauth.signIn(HOST) as Readonly<Record<string, string>>
  return {
    accessToken: new Secret(answer['access_token'] ?? ''),
    refreshToken: new Secret(answer['refresh_token'] ?? ''),
    clientEndpoint: answer['client_endpoint'] ?? '',
    serverEndpoint: answer['server_endpoint'] ?? '',
    memberId: answer['member_id'],
    userId: '1',
  }
}

/** Asks the authorization server of a portal without sockets. */
export function asking(portal: Portal): TokenRequest {
  return async (url, form) => {
    const pairs = Object.entries(form).map(([name, value]): [string, string] => [name, value.reveal()])
    const answer = await portal.handle({
      method: 'POST',
      path: new URL(url).pathname,
      headers: { host: HOST, 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams(pairs).toString()),
    })
    if (answer.wire !== undefined) throw new TransportError('reset', answer.wire, { executed: 'unknown' })
    return answer
  }
}

/** An application at this portal. */
export function credentialFor(
  portal: Portal,
  store: TokenStore,
  { retries = 5, ask = asking(portal) }: { readonly retries?: number; readonly ask?: TokenRequest } = {},
): Promise<TokenCredential> {
  const { clientId, clientSecret } = portal.oauth.identities
  const client = { id: clientId, secret: new Secret(clientSecret) }
  return oauthCredential({ client, store, ask, retries }, new AbortController().signal)
}
