import { readConfigFiles } from '../../config/config-files.ts'
import { PROFILE_KEY, profilesIn } from '../../config/file-keys.ts'
import { credentialsFolder, readStoredNames } from '../../config/stored-profiles.ts'
import { ConfigError, UsageError } from '../../errors.ts'
import { dirname } from 'node:path'
import { mkdir } from 'node:fs/promises'
import type { AuthOptions } from './options.ts'
import type { Context } from '../context.ts'
import { SETTING_KEYS } from '../options.ts'
import { storedPath } from '../stored-access.ts'
import { setDefault, writing } from './keep.ts'

/** Sets the profile that is used where none is named. @throws UsageError, ConfigError, OutputError */
export async function switchProfile({ profile }: AuthOptions, context: Context): Promise<void> {
  const { user } = await readConfigFiles(context, SETTING_KEYS)
  const { names } = await readStoredNames(credentialsFolder(context))
  const configured = user === undefined ? [] : Object.keys(profilesIn(user.path, user.values))
  const known = [...new Set([...names, ...configured])].sort()
  if (profile === undefined || !known.includes(profile)) {
    const what = profile === undefined ? 'Which profile?' : `There is no profile ${JSON.stringify(profile)}.`
    throw new UsageError(
      'profile-unknown',
      what,
      known.length === 0 ? 'Sign in first: bx24 auth login NAME' : `Known: ${known.join(', ')}.`,
    )
  }
  if (user?.values[PROFILE_KEY] !== undefined) {
    throw new ConfigError(
      'profile-configured',
      `${user.path} says which profile is used where none is named, and that comes first.`,
      `Change ${PROFILE_KEY} there.`,
    )
  }
  const folder = dirname(storedPath(profile, context))
  await writing(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  await setDefault(folder, profile)
  context.messages.printText('switched', `${profile} is used where no profile is named.`)
}
