import { FAULTS, type FaultName } from '../faults.ts'
import { type PortalAnswer, htmlAnswer, jsonAnswer } from '../answer.ts'
import type { TokenPair } from './token-box.ts'

/** Who the application and its portal are. */
export interface Identities {
  readonly clientId: string
  readonly clientSecret: string
  readonly memberId: string
}

/** What a sign-in or a refresh is answered with; `host` is where it was asked for, which is portal and server at once. */
export function tokenAnswer(
  pair: TokenPair,
  host: string,
  { memberId }: Identities,
): Record<string, unknown> {
  return {
    access_token: pair.access,
    expires: Math.floor(pair.expiresAt / 1000),
    expires_in: Math.max(0, Math.round((pair.expiresAt - Date.now()) / 1000)),
    scope: 'crm,lists,task,user',
    domain: host,
    server_endpoint: `http://${host}/rest/`,
    status: 'L',
    client_endpoint: `http://${host}/rest/`,
    member_id: memberId,
    user_id: 1,
    refresh_token: pair.refresh,
  }
}

export function oauthJson(status: number, value: unknown): PortalAnswer {
  return jsonAnswer(status, Buffer.from(JSON.stringify(value)))
}

/** What the authorization server says no with; most of the time without a description. */
const REFUSALS = {
  'token-invalid-grant': [400, 'invalid_grant', undefined],
  'token-invalid-client': [401, 'invalid_client', undefined],
  'token-wrong-client': [200, 'wrong_client', undefined],
  'token-invalid-request': [400, 'invalid_request', 'No "refresh_token" parameter found'],
  'token-scope': [400, 'insufficient_scope', undefined],
  'token-payment': [401, 'PAYMENT_REQUIRED', 'Subscription has been ended'],
  'token-not-installed': [400, 'NOT_INSTALLED', 'Application not installed'],
} as const

export type TokenFault = Extract<FaultName, `token-${string}`>

export function isTokenFault(name: FaultName): name is TokenFault {
  return FAULTS[name].target === 'token'
}

/** What a fault makes of the answer; `answer` is undefined if nothing was issued. */
export function faultyTokenAnswer(fault: TokenFault, answer: PortalAnswer | undefined): PortalAnswer {
  switch (fault) {
    case 'token-500':
      return htmlAnswer(500)
    case 'token-hang':
      return { ...htmlAnswer(502), wire: 'hang' }
    case 'token-reset':
      return { ...htmlAnswer(502), wire: 'reset-before' }
    case 'token-lost':
      return { ...(answer ?? htmlAnswer(502)), wire: 'lost-reply' }
    case 'token-invalid-grant':
    case 'token-invalid-client':
    case 'token-wrong-client':
    case 'token-invalid-request':
    case 'token-scope':
    case 'token-payment':
    case 'token-not-installed':
      return refusal(REFUSALS[fault])
  }
}

export function refusal([status, error, description]: readonly [
  status: number,
  error: string,
  description: string | undefined,
]): PortalAnswer {
  return oauthJson(status, description === undefined ? { error } : { error, error_description: description })
}
