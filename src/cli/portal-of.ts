import { webhookCredential } from '../auth/webhook.ts'
import type { PortalSource } from '../config/portal-source.ts'
import { readWebhookFile } from '../config/webhook-file.ts'
import type { Context } from './context.ts'

/**
 * The portal that a source names; `undefined` where that is not known without running a program.
 *
 * @throws ConfigError
 */
export async function portalOf(
  source: PortalSource,
  { allowHttp }: { readonly allowHttp: boolean },
  { modesMatter }: Context,
): Promise<{ readonly host: string; readonly origin: string } | undefined> {
  switch (source.kind) {
    case 'webhook':
      return webhookCredential(source.webhook, { allowHttp })
    case 'webhook-file':
      return webhookCredential(await readWebhookFile(source.path, source.named, modesMatter), { allowHttp })
    case 'command':
    case 'stored':
    case 'application':
      return undefined
  }
}
