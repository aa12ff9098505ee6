import type { OAuthClient } from '../auth/authorization-server.ts'
import { renewAccess } from '../auth/oauth.ts'
import { profileTokens, readCredential, type StoredCredential } from '../auth/stored-credential.ts'
import type { TokenStore } from '../auth/token-store.ts'
import type { PortalSource } from '../config/portal-source.ts'
import type { SettingValues } from '../config/settings.ts'
import { credentialFile, credentialsFolder, refuseExposed } from '../config/stored-profiles.ts'
import { ConfigError } from '../errors.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import { type OpenCredential, ofWebhook } from './credential-parts.ts'
import { hiding, openOAuth } from './oauth-portal.ts'
import type { SETTINGS } from './options.ts'
import { tokenRequest } from './token-request.ts'

type Values = SettingValues<typeof SETTINGS>
type Stored = Extract<PortalSource, { kind: 'stored' }>
type StoredOAuth = Extract<StoredCredential, { kind: 'oauth' }>

/** What `bx24 auth login` has stored for a profile. @throws ConfigError */
export async function readStored(name: string, context: Context): Promise<StoredCredential> {
  const path = storedPath(name, context)
  await refuseExposed(path, context)
  const stored = await readCredential(path)
  if (stored !== undefined) return stored
  throw new ConfigError(
    'signed-out',
    `The profile ${JSON.stringify(name)} is not signed in.`,
    `Sign in with: bx24 auth login ${name}`,
  )
}

/** The file of a profile's credential. @throws ConfigError if the user has no place for it */
export function storedPath(name: string, context: Context): string {
  const folder = credentialsFolder(context)
  if (folder !== undefined) return credentialFile(folder, name)
  throw new ConfigError(
    'no-home',
    'This user has no home folder, so that nothing can be kept.',
    'Set HOME or XDG_CONFIG_HOME, or name the portal by BX24_WEBHOOK_FILE.',
  )
}

/** @throws ConfigError */
export async function openStored(
  { name }: Stored,
  values: Values,
  context: Context,
): Promise<OpenCredential> {
  const stored = await readStored(name, context)
  if (stored.kind === 'webhook') return ofWebhook(stored.webhook, values)
  return openOAuth({ client: clientOf(stored), store: storeOf(name, context) }, values, context)
}

/** Renews the access of a profile that signs in by OAuth, whether it has expired or not. @throws SignInError */
export async function renewStored(
  name: string,
  stored: StoredOAuth,
  values: Values,
  context: Context,
): Promise<void> {
  const { retries } = values
  const { messages, signal } = context
  const options = {
    client: clientOf(stored),
    store: storeOf(name, context),
    ask: tokenRequest(values, context),
    retries,
    tell: (message: string) => messages.log({ level: 'info', message }),
  }
  await renewAccess(options, stored.tokens.accessToken, signal)
}

function clientOf({ clientId, clientSecret }: StoredOAuth): OAuthClient {
  hideSecrets([clientSecret.reveal()])
  return { id: clientId, secret: clientSecret }
}

function storeOf(name: string, context: Context): TokenStore {
  return hiding(profileTokens(storedPath(name, context), `profile ${name}`, context.pid))
}
