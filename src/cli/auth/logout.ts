import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { whileLocked } from '../../auth/token-lock.ts'
import { defaultFile, readStoredNames } from '../../config/stored-profiles.ts'
import { ConfigError } from '../../errors.ts'
import type { AuthOptions } from './options.ts'
import type { Context } from '../context.ts'
import { storedPath } from '../stored-access.ts'
import { writing } from './keep.ts'
import { storedProfile } from './stored-profile.ts'

/** Removes what is kept of a profile. @throws ConfigError if nothing is; OutputError */
export async function logout(options: AuthOptions, context: Context): Promise<void> {
  const name = await storedProfile(options, context)
  const path = storedPath(name, context)
  const folder = dirname(path)
  const { default: usual, names } = await readStoredNames(folder)
  if (!names.includes(name)) {
    throw new ConfigError('signed-out', `The profile ${JSON.stringify(name)} is not signed in.`)
  }
  await whileLocked(path, context.pid, context.signal, () => writing(path, () => rm(path)))
  if (usual === name) await writing(folder, () => rm(defaultFile(folder), { force: true }))
  context.messages.printText(
    'signed-out',
    `Signed out: ${path} is removed. What opens the portal is still good; withdraw it there if nobody else uses it.`,
  )
}
