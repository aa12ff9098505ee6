import { oauthCredential, renewAccess, type OAuthOptions } from '../auth/oauth.ts'
import { profileTokens, readCredential, type StoredCredential } from '../auth/stored-credential.ts'
import type { PortalSource } from '../config/portal-source.ts'
import type { SettingValues } from '../config/settings.ts'
import { credentialFile, credentialsFolder, refuseExposed } from '../config/stored-profiles.ts'
import { ConfigError } from '../errors.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import { type OpenCredential, ofWebhook, openTokenRequest } from './credential-parts.ts'
import type { SETTINGS } from './options.ts'

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
  const { options, close } = oauthOptions(name, stored, values, context)
  const credential = await oauthCredential(options)
  return {
    credential,
    async close() {
      await credential.close()
      await close()
    },
  }
}

/** Renews the access of a profile that signs in by OAuth, whether it has expired or not. @throws SignInError */
export async function renewStored(
  name: string,
  stored: StoredOAuth,
  values: Values,
  context: Context,
): Promise<void> {
  const { options, close } = oauthOptions(name, stored, values, context)
  try {
    await renewAccess(options, stored.tokens.accessToken, context.signal)
  } finally {
    await close()
  }
}

function oauthOptions(
  name: string,
  { clientId, clientSecret, tokens }: StoredOAuth,
  values: Values,
  context: Context,
): { readonly options: OAuthOptions; readonly close: () => Promise<void> } {
  hideSecrets([clientSecret.reveal()])
  const { ask, close } = openTokenRequest(tokens.serverEndpoint, values, context)
  const options: OAuthOptions = {
    client: { id: clientId, secret: clientSecret },
    store: profileTokens(storedPath(name, context), `profile ${name}`, context.pid),
    ask,
    retries: values.retries,
    tell: (message) => context.messages.log({ level: 'info', message }),
  }
  return { options, close }
}
