import { Secret } from '../lib/secret.ts'
import type { OAuthTokens } from './token-store.ts'

/** Tokens as they stand in a file; the names are those of the authorization server's answer. */
export interface TokenJson {
  readonly access_token?: string | undefined
  readonly refresh_token?: string | undefined
  readonly client_endpoint: string
  readonly server_endpoint: string
  readonly expires?: number | undefined
  readonly member_id?: string | undefined
  readonly user_id?: string | undefined
  readonly scope?: string | undefined
}

export function tokenJson(tokens: OAuthTokens): TokenJson {
  return {
    access_token: tokens.accessToken?.reveal(),
    refresh_token: tokens.refreshToken?.reveal(),
    client_endpoint: tokens.clientEndpoint,
    server_endpoint: tokens.serverEndpoint,
    expires: tokens.expiresAt,
    member_id: tokens.memberId,
    user_id: tokens.userId,
    scope: tokens.scope,
  }
}

/** Reads the same; `undefined` if it is not that. Addresses are checked where they are used. */
export function tokensFrom(json: unknown): OAuthTokens | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const facts = json as Record<string, unknown>
  const clientEndpoint = text(facts['client_endpoint'])
  const serverEndpoint = text(facts['server_endpoint'])
  if (clientEndpoint === undefined || serverEndpoint === undefined) return undefined
  const secret = (name: string): Secret | undefined => {
    const value = text(facts[name])
    return value === undefined ? undefined : new Secret(value)
  }
  const expires = Number(facts['expires'])
  return {
    accessToken: secret('access_token'),
    refreshToken: secret('refresh_token'),
    clientEndpoint,
    serverEndpoint,
    expiresAt: Number.isSafeInteger(expires) && expires > 0 ? expires : undefined,
    memberId: text(facts['member_id']),
    userId: text(facts['user_id']),
    scope: text(facts['scope']),
  }
}

/** A text that is not empty; ids come as numbers as well. */
function text(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
