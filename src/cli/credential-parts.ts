import type { TokenRequest } from '../auth/authorization-server.ts'
import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import type { SettingValues } from '../config/settings.ts'
import type { Secret } from '../lib/secret.ts'
import { secretsInUrl } from '../protocol/redact.ts'
import { hideSecrets } from './clean-text.ts'
import { connectionOptions } from './connection.ts'
import type { Context } from './context.ts'
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

/** Asks authorization servers, over connections of its own that are made when they are needed. */
export function openTokenRequest(
  serverEndpoint: string,
  values: Values,
  context: Context,
): { readonly ask: TokenRequest; readonly close: () => Promise<void> } {
  let opened: Promise<{ ask: TokenRequest; close(): Promise<void> }> | undefined
  const open = async (): Promise<{ ask: TokenRequest; close(): Promise<void> }> => {
    const [{ openHttp }, { tokenRequest }] = await Promise.all([
      import('../transport/undici.ts'),
      import('../auth/token-request.ts'),
    ])
    const http = await openHttp(await connectionOptions(new URL(serverEndpoint), values, context))
    return { ask: tokenRequest(http.transport), close: () => http.close() }
  }
  return {
    ask: async (url, form) => (await (opened ??= open())).ask(url, form),
    close: async () => (await opened)?.close(),
  }
}
