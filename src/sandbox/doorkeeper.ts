import type { OAuthServer } from './oauth/oauth-server.ts'
import { expiredToken, unknownToken } from './request-faults.ts'
import { Refusal } from './refusal.ts'
import type { AddressedCall } from './request.ts'
import type { SandboxSettings } from './settings.ts'
import { WEBHOOK_USER, webhookCode, webhookPath } from './webhooks.ts'

/** Who may do what: two webhooks, one without rights, and whoever has an access token. */
export class Doorkeeper {
  /** Path of the webhook that may do everything, `/rest/1/CODE/`. */
  readonly webhookPath: string
  /** Path of one that has no rights. */
  readonly scopelessPath: string
  readonly #codes: { readonly full: string; readonly scopeless: string }
  readonly #oauth: OAuthServer
  readonly #refusedStatus: number

  constructor({ seed, readings }: SandboxSettings, oauth: OAuthServer) {
    this.#codes = { full: webhookCode(seed, 'full'), scopeless: webhookCode(seed, 'scopeless') }
    this.webhookPath = webhookPath(this.#codes.full)
    this.scopelessPath = webhookPath(this.#codes.scopeless)
    this.#oauth = oauth
    this.#refusedStatus = Number(readings['auth-status'])
  }

  /** Whom the portal bills: a webhook, or the application with all of its users. */
  credentialOf({ webhook, token }: AddressedCall): string {
    return webhook?.code ?? (token === undefined ? '' : this.#oauth.identities.clientId)
  }

  hasScopes({ webhook }: AddressedCall): boolean {
    return webhook === undefined || webhook.code === this.#codes.full
  }

  /** @throws Refusal unless the call carries one of the two webhooks or a good token */
  check({ webhook, token }: AddressedCall): void {
    if (webhook !== undefined) {
      const isKnown =
        webhook.user === WEBHOOK_USER && [this.#codes.full, this.#codes.scopeless].includes(webhook.code)
      if (isKnown) return
      throw new Refusal('INVALID_CREDENTIALS', 'Invalid request credentials', this.#refusedStatus)
    }
    if (token === undefined) throw new Refusal('NO_AUTH_FOUND', 'Wrong authorization data', 401)
    switch (this.#oauth.check(token)) {
      case 'good':
        return
      case 'expired':
        throw expiredToken()
      case 'unknown':
        throw unknownToken()
    }
  }
}
