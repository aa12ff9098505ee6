import { TransportError } from '../errors.ts'
import { nextDelayMs } from '../lib/backoff.ts'
import type { Secret } from '../lib/secret.ts'
import { sleep } from '../lib/sleep.ts'
import { type OAuthClient, refreshTokens, type TokenRequest } from './authorization-server.ts'
import { type Access, tokenCredential, type TokenCredential } from './token-credential.ts'
import type { OAuthTokens, TokenStore } from './token-store.ts'

export interface OAuthOptions {
  readonly client: OAuthClient
  readonly store: TokenStore
  readonly ask: TokenRequest
  /** Further attempts after trouble of the authorization server; 0 for none. */
  readonly retries: number
  /** Hears in a sentence what was done, for whoever wants to know; no secrets are in it. */
  readonly tell?: ((message: string) => void) | undefined
}

/**
 * A credential by OAuth 2.0: access from the store, refreshed when the portal calls it expired, once for all processes
 * that use the same store. Where there is none yet it is asked for now: who the user is and where the portal lies comes
 * with it. `signal` ends waits.
 *
 * @throws ConfigError if the store has no tokens; what `renewAccess` throws
 */
export async function oauthCredential(options: OAuthOptions, signal: AbortSignal): Promise<TokenCredential> {
  const access = accessOf(await options.store.read()) ?? (await renewAccess(options, undefined, signal))
  return tokenCredential({
    clientEndpoint: access.clientEndpoint,
    countedBy: options.client.id,
    access,
    renew: (refused, closed) => renewAccess(options, refused, closed),
  })
}

/**
 * New access in the place of `refused`: what the store holds, if that is other than the one refused, or else a new pair,
 * which is in the store before it is used. `signal` ends waits, and no request.
 *
 * @throws SignInError, TransportError when no retry is left, LockedError, OutputError
 */
export async function renewAccess(
  options: OAuthOptions,
  refused: Secret | undefined,
  signal: AbortSignal,
): Promise<Access> {
  const { client, store, ask, retries, tell } = options
  for (let attempt = 1; ; attempt++) {
    try {
      let isTakenOver = false as boolean
      const tokens = await store.update(async (current) => {
        const { accessToken } = current
        isTakenOver = accessToken !== undefined && accessToken.reveal() !== refused?.reveal()
        return isTakenOver ? current : refreshTokens(client, current, ask)
      }, signal)
      tell?.(isTakenOver ? 'another process has renewed the access' : 'the access was renewed')
      const access = accessOf(tokens)
      if (access === undefined) throw new TypeError('renewed, and yet there is no access')
      return access
    } catch (error: unknown) {
      if (!(error instanceof TransportError) || attempt > retries) throw error
      tell?.(`the access could not be renewed: ${error.message}`)
      await sleep(nextDelayMs(attempt, Math.random()), signal)
    }
  }
}

function accessOf({ accessToken, clientEndpoint, userId }: OAuthTokens): Access | undefined {
  return accessToken === undefined ? undefined : { token: accessToken, clientEndpoint, userId }
}
