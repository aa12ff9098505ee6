import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceCredential, type StoredCredential } from '../../auth/stored-credential.ts'
import { defaultFile, readStoredNames } from '../../config/stored-profiles.ts'
import { OutputError } from '../../errors.ts'
import { openReplacement } from '../../lib/replace-file.ts'
import { systemCode } from '../../lib/system-code.ts'
import type { Context } from '../context.ts'
import { storedPath } from '../stored-access.ts'

/**
 * Keeps a credential under the name of a profile; the first one becomes the one that is used where none is named.
 *
 * @throws OutputError, LockedError
 */
export async function keepCredential(
  name: string,
  stored: StoredCredential,
  context: Context,
): Promise<{ readonly path: string; readonly isDefault: boolean }> {
  const path = storedPath(name, context)
  const folder = dirname(path)
  await writing(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  await replaceCredential(path, context.pid, stored, context.signal)
  const { default: usual } = await readStoredNames(folder)
  if (usual === undefined) await setDefault(folder, name)
  return { path, isDefault: usual === undefined || usual === name }
}

/** @throws OutputError */
export async function setDefault(folder: string, name: string): Promise<void> {
  const path = defaultFile(folder)
  await writing(path, () => {
    openReplacement(path).put(`${name}\n`)
  })
}

/** What the system says, in our words. @throws OutputError */
export async function writing<T>(path: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined) throw error
    throw new OutputError(`Cannot write to ${path}: ${code}.`, undefined, error)
  }
}
