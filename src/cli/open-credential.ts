import type { PortalSource } from '../config/portal-source.ts'
import type { SettingValues } from '../config/settings.ts'
import { readWebhookFile } from '../config/webhook-file.ts'
import type { Context } from './context.ts'
import { ofWebhook, type OpenCredential } from './credential-parts.ts'
import type { SETTINGS } from './options.ts'

/**
 * The credential that a source holds. A program that prints one is run, a file is read; nothing is sent.
 *
 * @throws ConfigError; SignInError if nothing opens the portal any more
 */
export async function openCredential(
  source: PortalSource,
  values: SettingValues<typeof SETTINGS>,
  context: Context,
): Promise<OpenCredential> {
  switch (source.kind) {
    case 'webhook':
      return ofWebhook(source.webhook, values)
    case 'webhook-file':
      return ofWebhook(await readWebhookFile(source.path, source.named, context.modesMatter), values)
    // Loaded here: most runs have a webhook.
    case 'command':
      return (await import('./command-access.ts')).openCommand(source, values, context)
    case 'stored':
      return (await import('./stored-access.ts')).openStored(source, values, context)
    case 'application':
      return (await import('./application-access.ts')).openApplication(values, context)
  }
}
