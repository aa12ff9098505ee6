import { isProfileName } from '../../config/file-keys.ts'
import { credentialsFolder, readStoredNames } from '../../config/stored-profiles.ts'
import { ConfigError, UsageError } from '../../errors.ts'
import type { Context } from '../context.ts'

/** The profile that is meant: the one that is named, else the one that is used where none is. @throws UsageError, ConfigError */
export async function storedProfile(named: string | undefined, context: Context): Promise<string> {
  const name = named ?? context.environment['BX24_PROFILE'] ?? ''
  if (name !== '') {
    if (isProfileName(name)) return name
    throw new UsageError('profile-name', `${JSON.stringify(name)} is no name of a profile.`)
  }
  const { default: usual } = await readStoredNames(credentialsFolder(context))
  if (usual !== undefined) return usual
  throw new ConfigError('signed-out', 'No profile is signed in.', 'Sign in with: bx24 auth login')
}
