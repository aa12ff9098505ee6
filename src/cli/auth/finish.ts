import type { Credential } from '../../auth/credential.ts'
import type { StoredCredential } from '../../auth/stored-credential.ts'
import type { Context } from '../context.ts'
import type { LoadedSettings } from '../load-settings.ts'
import { keepCredential } from './keep.ts'
import { whoIs, whoText } from './who.ts'

/** Keeps what the portal takes, and says so. @throws AuthError if it does not; OutputError */
export async function finish(
  name: string,
  stored: StoredCredential,
  credential: Credential,
  settings: LoadedSettings,
  context: Context,
): Promise<void> {
  const who = await whoIs(credential, settings, context)
  const { path, isDefault } = await keepCredential(name, stored, context)
  const use = isDefault ? 'It is used where nothing else is named.' : `Use it with --profile ${name}.`
  context.messages.printText(
    'signed-in',
    `Signed in to ${credential.host} as ${whoText(who)}.\n${use} Kept in ${path}.`,
  )
}
