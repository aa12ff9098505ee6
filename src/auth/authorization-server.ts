import { SignInError, TransportError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { redact } from '../protocol/redact.ts'
import type { WireAnswer } from '../transport/transport.ts'
import { clientEndpointOf, tokenAddress } from './portal-addresses.ts'
import { tokensFrom } from './token-json.ts'
import type { OAuthTokens } from './token-store.ts'

/** An application, as the authorization server knows it. */
export interface OAuthClient {
  readonly id: string
  readonly secret: Secret
}

/**
 * Sends a form to the authorization server by POST, so that no secret is in an address, and brings the answer back.
 *
 * @throws TransportError
 */
export type TokenRequest = (
  url: string,
  form: Readonly<Record<string, Secret>>,
) => Promise<Pick<WireAnswer, 'status' | 'body'>>

type Endpoints = Pick<OAuthTokens, 'clientEndpoint' | 'serverEndpoint'>

/**
 * Asks for a new pair with the refresh token of the old one, which may be dead from then on.
 *
 * @throws SignInError where only the user can help, TransportError if it may go well later
 */
export async function refreshTokens(
  client: OAuthClient,
  tokens: OAuthTokens,
  ask: TokenRequest,
): Promise<OAuthTokens> {
  const { refreshToken } = tokens
  if (refreshToken === undefined) {
    throw new SignInError('expired', 'The access has expired, and there is no refresh token.', SIGN_IN)
  }
  return asked(client, tokens, { grant_type: new Secret('refresh_token'), refresh_token: refreshToken }, ask)
}

/** Makes tokens of the code that a user got by signing in; it lives half a minute. @throws as `refreshTokens` */
export function tokensForCode(
  client: OAuthClient,
  endpoints: Endpoints,
  code: Secret,
  ask: TokenRequest,
): Promise<OAuthTokens> {
  return asked(client, endpoints, { grant_type: new Secret('authorization_code'), code }, ask)
}

const SIGN_IN =
  'Sign in again: bx24 auth login NAME --portal HOST --client-id ID, or a new token in the file of BX24_REFRESH_TOKEN_FILE.'

async function asked(
  client: OAuthClient,
  before: Endpoints & Partial<OAuthTokens>,
  grant: Readonly<Record<string, Secret>>,
  ask: TokenRequest,
): Promise<OAuthTokens> {
  const url = tokenAddress(before.serverEndpoint, before.clientEndpoint)
  if (url === undefined) {
    throw new SignInError(
      'refused',
      `${hostOf(before.serverEndpoint)} is no authorization server of Bitrix24, so no secret is sent there.`,
      SIGN_IN,
    )
  }
  const form = { ...grant, client_id: new Secret(client.id), client_secret: client.secret }
  const { status, body } = await ask(url, form)
  const answer = readJson(body)
  const { host } = new URL(url)
  if (answer === undefined) throw noAnswer(host, status)
  if (answer['error'] !== undefined) {
    const secrets = Object.values(form).map((secret) => secret.reveal())
    throw refusal(answer, host, status, (text) => redact(text, secrets))
  }
  const tokens = tokensFrom({
    ...answer,
    client_endpoint: clientEndpointOf(textOf(answer, 'client_endpoint')) ?? before.clientEndpoint,
    server_endpoint: knownServer(textOf(answer, 'server_endpoint'), before),
  })
  if (status >= 400 || tokens?.accessToken === undefined) throw noAnswer(host, status)
  refuseOtherPortal(before, tokens)
  // Servers that do not rotate need not repeat what stays.
  return { ...tokens, refreshToken: tokens.refreshToken ?? before.refreshToken }
}

/** A server that is not known gets no secrets the next time; the one that just answered does. */
function knownServer(named: string, before: Endpoints): string {
  return tokenAddress(named, before.clientEndpoint) === undefined ? before.serverEndpoint : named
}

/** Renamed is not exchanged: only the same member may have another address. */
function refuseOtherPortal(before: Endpoints & Partial<OAuthTokens>, after: OAuthTokens): void {
  const isSame =
    before.memberId === undefined
      ? new URL(before.clientEndpoint).host === new URL(after.clientEndpoint).host
      : after.memberId === before.memberId
  if (isSame) return
  const [expected, found] = [before.clientEndpoint, after.clientEndpoint].map(hostOf)
  throw new SignInError(
    'other-portal',
    `The tokens are for ${found ?? ''}, not for ${expected ?? ''}, so nothing is read with them.`,
    'Name the portal that they are for, or sign in to the other one: bx24 auth login.',
  )
}

const CLIENT = 'Check client id and client secret: they are those of the application on the portal.'

/** By the code in the body. https://apidocs.bitrix24.com/settings/oauth/error-codes.html */
function refusal(
  answer: Readonly<Record<string, unknown>>,
  host: string,
  status: number,
  hide: (text: string) => string,
): Error {
  const code = String(answer['error'])
  const description = textOf(answer, 'error_description')
  const said = hide([code, description].filter((part) => part !== '').join(': '))
  const no = (fault: SignInError['fault'], what: string, hint: string): SignInError =>
    new SignInError(fault, `${what} (${host} says ${said}).`, hint)
  switch (code.toLowerCase()) {
    case 'invalid_grant':
    case 'expired_token':
      return no(
        'expired',
        'The sign-in is used up: its refresh token is too old, was used already, or was withdrawn',
        SIGN_IN,
      )
    case 'invalid_client':
    case 'wrong_client':
    case 'unauthorized_client':
      return no('wrong-client', 'The authorization server does not know the application', CLIENT)
    case 'payment_required':
      return no('payment', 'The portal’s subscription has ended', 'Look at the subscription in the portal.')
    case 'not_installed':
    case 'application_not_found':
      return no(
        'not-installed',
        'The application is not installed on the portal',
        `Install it there. ${SIGN_IN}`,
      )
    case 'insufficient_scope':
    case 'invalid_scope':
      return no(
        'scope',
        'The application may not have the scopes that it asks for',
        'Look at its settings in the portal.',
      )
    case 'user_access_error':
    case 'access_denied':
      return no('refused', 'The user is not allowed to use the application any more', SIGN_IN)
    default:
      return status >= 500 || status === 429
        ? noAnswer(host, status)
        : no('refused', 'The authorization server gives no access', SIGN_IN)
  }
}

function noAnswer(host: string, status: number): TransportError {
  return new TransportError(
    'server-error',
    `The authorization server ${host} gave no access and no reason (HTTP ${status}).`,
    { executed: 'no', hint: 'Run again later.' },
  )
}

function readJson(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function textOf(answer: Readonly<Record<string, unknown>>, name: string): string {
  const value = answer[name]
  return typeof value === 'string' ? value : ''
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : 'the address'
}
