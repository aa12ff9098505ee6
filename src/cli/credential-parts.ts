import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import type { SettingValues } from '../config/settings.ts'
import type { Secret } from '../lib/secret.ts'
import { secretsInUrl } from '../protocol/redact.ts'
import { hideSecrets } from './clean-text.ts'
import type { SETTINGS } from './options.ts'

type Values = SettingValues<typeof SETTINGS>

/** A credential, and what ends that which renews it. */
export interface OpenCredential {
  readonly credential: Credential
  readonly close: () => Promise<void>
}

/** A webhook opens the portal for good. */
export function ofWebhook(webhook: Secret, { allowHttp }: Pick<Values, 'allowHttp'>): OpenCredential {
  hideSecrets(secretsInUrl(webhook.reveal()))
  return { credential: webhookCredential(webhook, { allowHttp }), close: () => Promise.resolve() }
}
