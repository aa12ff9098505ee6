import { findOAuth, type OAuthFromEnvironment } from '../config/oauth-source.ts'
import type { SettingValues } from '../config/settings.ts'
import type { Context } from './context.ts'
import type { OpenCredential } from './credential-parts.ts'
import { hiding, openOAuth, storeFromEnvironment } from './oauth-portal.ts'
import type { SETTINGS } from './options.ts'

/** The application that the environment names, as in containers. @throws ConfigError */
export async function openApplication(
  values: SettingValues<typeof SETTINGS>,
  context: Context,
): Promise<OpenCredential> {
  const application = await applicationIn(context)
  const store = hiding(storeFromEnvironment(application, values, context))
  return openOAuth({ client: application.client, store }, values, context)
}

/** Its portal. @throws ConfigError */
export async function applicationPortal(context: Context): Promise<URL> {
  return new URL((await applicationIn(context)).clientEndpoint)
}

async function applicationIn(context: Context): Promise<OAuthFromEnvironment> {
  const found = await findOAuth(context)
  if (found === undefined) throw new TypeError('the environment names no application any more')
  return found
}
