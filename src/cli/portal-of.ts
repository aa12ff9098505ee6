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
  context: Context,
): Promise<{ readonly host: string; readonly origin: string } | undefined> {
  switch (source.kind) {
    case 'webhook':
      return webhookCredential(source.webhook, { allowHttp })
    case 'webhook-file':
      return webhookCredential(await readWebhookFile(source.path, source.named, context.modesMatter), {
        allowHttp,
      })
    case 'stored': {
      const { readStored } = await import('./stored-access.ts')
      const stored = await readStored(source.name, context)
      return stored.kind === 'webhook'
        ? webhookCredential(stored.webhook, { allowHttp })
        : new URL(stored.tokens.clientEndpoint)
    }
    case 'application':
      return (await import('./application-access.ts')).applicationPortal(context)
    case 'command':
      return undefined
  }
}
