import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../errors.ts'
import type { StoredNames } from './choose-portal.ts'
import { configHome, type Surroundings } from './config-files.ts'
import { isProfileName } from './file-keys.ts'
import { refuseForeign, refuseReadable } from './file-owner.ts'

/** The folder of credentials that were stored by signing in; `undefined` where the user has no place for them. */
export function credentialsFolder(user: Pick<Surroundings, 'home' | 'environment'>): string | undefined {
  const home = configHome(user)
  return home === undefined ? undefined : join(home, 'credentials')
}

/** The file of a profile's credential. */
export function credentialFile(folder: string, profile: string): string {
  return join(folder, `${profile}.json`)
}

/** The file that holds the name of the profile that is meant where none is named. */
export function defaultFile(folder: string): string {
  return join(folder, 'default')
}

/** What is stored. @throws ConfigError if it cannot be read */
export async function readStoredNames(folder: string | undefined): Promise<StoredNames> {
  if (folder === undefined) return { names: [], default: undefined, path: '' }
  const files = (await ifThere(folder, () => readdir(folder))) ?? []
  const names = files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .filter(isProfileName)
    .sort()
  const path = defaultFile(folder)
  const name = (await ifThere(path, () => readFile(path, 'utf8')))?.trim()
  return { names, default: name !== undefined && isProfileName(name) ? name : undefined, path: folder }
}

/** @throws ConfigError if others may read a stored credential, or somebody else has put it there */
export async function refuseExposed(
  path: string,
  rules: Pick<Surroundings, 'modesMatter' | 'uid'>,
): Promise<void> {
  const file = await ifThere(path, () => stat(path))
  if (file === undefined) return
  refuseForeign(path, file, rules)
  refuseReadable(path, file, rules)
}

async function ifThere<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error: unknown) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ConfigError('unreadable', `Cannot read ${path}: ${code}.`)
  }
}
