import { type PortalAnswer, htmlAnswer } from '../answer.ts'
import { FAULTS, type FaultDice } from '../faults.ts'
import type { Ledger } from '../ledger.ts'
import { parseStr } from '../parse-str.ts'
import { mix, textHash } from '../random.ts'
import type { PortalRequest } from '../request.ts'
import type { SandboxSettings } from '../settings.ts'
import {
  faultyTokenAnswer,
  type Identities,
  isTokenFault,
  oauthJson,
  refusal,
  tokenAnswer,
} from './answers.ts'
import { TokenBox, type TokenPair } from './token-box.ts'

/** What became of a request for tokens, for those who test clients. */
export interface TokenEvent {
  readonly kind: 'code' | 'refresh' | 'refused'
  /** Unix milliseconds, when it was issued or refused. */
  readonly at: number
  /** When the last of the answer was given to the network; undefined if it was not. */
  sentAt: number | undefined
  /** When the connection of it ended; a client that ends it once tokens are safe has them by then. */
  closedAt: number | undefined
  readonly refreshToken: string | undefined
}

const INVALID_GRANT = refusal([400, 'invalid_grant', undefined])

/** More than any test makes. */
const MOST_EVENTS = 10_000

/** Portal and authorization server in one: lets an application in, gives out tokens, and says what they are worth. */
export class OAuthServer {
  readonly identities: Identities
  readonly events: TokenEvent[] = []
  readonly #settings: SandboxSettings
  readonly #faults: FaultDice
  readonly #ledger: Ledger
  readonly #box: TokenBox

  constructor(settings: SandboxSettings, faults: FaultDice, ledger: Ledger) {
    const { seed, tokenSeconds, readings } = settings
    this.#settings = settings
    this.#faults = faults
    this.#ledger = ledger
    this.#box = new TokenBox(seed, tokenSeconds, readings['old-refresh'])
    this.identities = {
      clientId: `local.${hex(seed, 'client')}`,
      clientSecret: hex(seed, 'client-secret').repeat(3),
      memberId: hex(seed, 'member').repeat(2),
    }
  }

  /** What an access token is worth. */
  check(access: string): 'good' | 'expired' | 'unknown' {
    return this.#box.check(access)
  }

  /** Signs in without a browser; the answer of the token endpoint, with client id and secret. */
  signIn(host: string): Record<string, unknown> {
    const { clientId, clientSecret } = this.identities
    const answer = tokenAnswer(this.#box.issue(), host, this.identities)
    return { client_id: clientId, client_secret: clientSecret, ...answer }
  }

  revoke(): void {
    this.#box.revoke()
  }

  /** Answers `/oauth/authorize/` and `/oauth/token/`; undefined for other addresses. */
  async handle(request: PortalRequest): Promise<PortalAnswer | undefined> {
    const { pathname, search } = new URL(request.path, 'http://sandbox')
    const host = request.headers['host'] ?? 'sandbox'
    const query = parameters(search.slice(1))
    if (/^\/oauth\/authorize\/?$/.test(pathname)) return this.#authorize(query, host)
    if (!/^\/oauth\/token\/?$/.test(pathname)) return undefined
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    return this.#token({ ...query, ...(isForm ? parameters(request.body.toString()) : {}) }, host)
  }

  /** The user is signed in already and says yes. Without an address to go back to, the code is shown. */
  #authorize(query: Readonly<Record<string, string>>, host: string): PortalAnswer {
    const { client_id: clientId, redirect_uri: back, state = '' } = query
    if (clientId !== this.identities.clientId) return oauthJson(400, { error: 'invalid_client' })
    const code = this.#box.code()
    if (back === undefined || !URL.canParse(back)) {
      return { ...htmlAnswer(200), body: Buffer.from(`<html><body>code: <b>${code}</b></body></html>\n`) }
    }
    const target = new URL(back)
    const facts = {
      code,
      state,
      domain: host,
      member_id: this.identities.memberId,
      scope: 'crm,lists,task,user',
      server_domain: host,
    }
    for (const [name, value] of Object.entries(facts)) target.searchParams.set(name, value)
    return htmlAnswer(302, { location: target.href })
  }

  async #token(given: Readonly<Record<string, string>>, host: string): Promise<PortalAnswer> {
    const fault = this.#faults.next('token').find(isTokenFault)
    if (fault !== undefined) this.#ledger.fired(fault)
    const isReached = fault === undefined || FAULTS[fault].isExecuted === 'always'
    const outcome = isReached ? this.#issue(given) : undefined
    const pair = outcome !== undefined && 'access' in outcome ? outcome : undefined
    const event = this.#note(pair, given['grant_type'])
    const { tokenMs } = this.#settings
    if (tokenMs > 0) await new Promise((resolve) => setTimeout(resolve, tokenMs))
    const answer =
      outcome !== undefined && 'access' in outcome
        ? oauthJson(200, tokenAnswer(outcome, host, this.identities))
        : outcome
    const shown = fault === undefined ? (answer ?? htmlAnswer(502)) : faultyTokenAnswer(fault, answer)
    return {
      ...shown,
      onSent: () => {
        event.sentAt = Date.now()
      },
      onClosed: () => {
        event.closedAt = Date.now()
      },
    }
  }

  #note(pair: TokenPair | undefined, grant: string | undefined): TokenEvent {
    const kind = grant === 'authorization_code' ? 'code' : 'refresh'
    const event: TokenEvent = {
      kind: pair === undefined ? 'refused' : kind,
      at: Date.now(),
      sentAt: undefined,
      closedAt: undefined,
      refreshToken: pair?.refresh,
    }
    if (this.events.length < MOST_EVENTS) this.events.push(event)
    this.#ledger.askedForTokens(event.kind)
    return event
  }

  #issue(given: Readonly<Record<string, string>>): TokenPair | PortalAnswer {
    const { clientId, clientSecret } = this.identities
    if (given['client_id'] !== clientId) return refusal([200, 'wrong_client', undefined])
    if (given['client_secret'] !== clientSecret) return refusal([401, 'invalid_client', undefined])
    const grant = given['grant_type']
    if (grant === 'authorization_code') return this.#box.redeem(given['code'] ?? '') ?? INVALID_GRANT
    if (grant !== 'refresh_token') return refusal([400, 'invalid_request', 'Invalid grant_type parameter'])
    const token = given['refresh_token']
    if (token === undefined) return refusal([400, 'invalid_request', 'No "refresh_token" parameter found'])
    return this.#box.refresh(token) ?? INVALID_GRANT
  }
}

function parameters(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of parseStr(text).entries()) if (typeof value === 'string') found[name] = value
  return found
}

/** Sixteen digits that the seed decides. */
function hex(seed: number, purpose: string): string {
  const salt = mix(seed, textHash(purpose))
  return [1, 2].map((part) => mix(salt, part).toString(16).padStart(8, '0')).join('')
}
