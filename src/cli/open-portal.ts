import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import { findOAuth } from '../config/oauth-source.ts'
import { findWebhook, webhookMissing } from '../config/webhook-source.ts'
import { Secret } from '../lib/secret.ts'
import { secretsInUrl } from '../protocol/redact.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'

/** The portal that a run talks to; `close` ends it if it was started for this run. */
export interface Portal {
  readonly credential: Credential
  close(): Promise<void>
}

/**
 * The user's portal or, if `sandbox` is given (even empty), a sandbox portal with these settings.
 *
 * @throws ConfigError for the webhook or what signs in by OAuth, UsageError for the settings
 */
export async function openPortal(
  sandbox: string | undefined,
  settings: LoadedSettings,
  context: Context,
): Promise<Portal> {
  if (sandbox !== undefined) return openSandbox(sandbox)
  const { values, files } = settings
  const application = await findOAuth(context)
  if (application !== undefined) {
    const { openOAuth, storeFromEnvironment } = await import('./oauth-portal.ts')
    const store = storeFromEnvironment(application, settings, context)
    return openOAuth({ client: application.client, store }, settings, context)
  }
  const found = await findWebhook({ ...context, files })
  if (found === undefined) throw webhookMissing()
  hideSecrets(secretsInUrl(found.webhook.reveal()))
  const credential = webhookCredential(found.webhook, { allowHttp: values.allowHttp })
  return { credential, close: () => Promise.resolve() }
}

async function openSandbox(given: string): Promise<Portal> {
  const { startSandboxPortal } = await import('./sandbox-portal.ts')
  const portal = await startSandboxPortal({ text: given })
  return { credential: webhookCredential(new Secret(portal.webhook)), close: () => portal.close() }
}
