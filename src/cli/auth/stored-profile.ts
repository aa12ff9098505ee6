import { isProfileName } from '../../config/file-keys.ts'
import { ConfigError, UsageError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { loadSettings } from '../load-settings.ts'
import type { AuthOptions } from './options.ts'

/**
 * The signed-in profile that is meant: the one that is named, else the one that a run would use.
 *
 * @throws UsageError, ConfigError; also if a run would use something else than a profile that was signed in
 */
export async function storedProfile({ profile, flags }: AuthOptions, context: Context): Promise<string> {
  if (profile !== undefined) {
    if (isProfileName(profile)) return profile
    throw new UsageError('profile-name', `${JSON.stringify(profile)} is no name of a profile.`)
  }
  const { source } = (await loadSettings(flags, context)).portal
  if (source?.kind === 'stored') return source.name
  if (source === undefined) {
    throw new ConfigError('signed-out', 'No profile is signed in.', 'Sign in with: bx24 auth login')
  }
  throw new ConfigError(
    'not-stored',
    `What a run would sign in with is no profile that was signed in; it comes from ${source.origin.name}.`,
    'Name the profile that you mean.',
  )
}
