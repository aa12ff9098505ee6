import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import { portalMissing } from '../config/portal-source.ts'
import { Secret } from '../lib/secret.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'
import { openCredential } from './open-credential.ts'

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
  { values, portal: { source } }: LoadedSettings,
  context: Context,
): Promise<Portal> {
  if (sandbox !== undefined) return openSandbox(sandbox)
  if (source === undefined) throw portalMissing()
  return openCredential(source, values, context)
}

async function openSandbox(given: string): Promise<Portal> {
  const { startSandboxPortal } = await import('./sandbox-portal.ts')
  const portal = await startSandboxPortal({ text: given })
  return { credential: webhookCredential(new Secret(portal.webhook)), close: () => portal.close() }
}
