import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import type { PortalSource } from '../config/portal-source.ts'
import { readWebhookFile } from '../config/webhook-file.ts'
import type { Secret } from '../lib/secret.ts'
import { secretsInUrl } from '../protocol/redact.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'

/**
 * The credential that a source holds. A program that prints one is run, a file is read; nothing is sent.
 *
 * @throws ConfigError; Bx24Error with exit code 4 if a program fails
 */
export async function openCredential(
  source: PortalSource,
  { allowHttp }: { readonly allowHttp: boolean },
  context: Context,
): Promise<Credential> {
  const fromWebhook = (webhook: Secret): Credential => {
    hideSecrets(secretsInUrl(webhook.reveal()))
    return webhookCredential(webhook, { allowHttp })
  }
  switch (source.kind) {
    case 'webhook':
      return fromWebhook(source.webhook)
    case 'webhook-file':
      return fromWebhook(await readWebhookFile(source.path, source.named, context.modesMatter))
    case 'command':
    case 'stored':
    case 'application':
      throw new Error('to be filled')
  }
}
