import { readFile, stat } from 'node:fs/promises'
import { ConfigError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'

/**
 * What the file holds that a variable of the environment names; `undefined` if it is empty.
 *
 * @throws ConfigError if it cannot be read, or if everybody may write it
 */
export async function readSecretFile(
  variable: string,
  path: string,
  modesMatter: boolean,
): Promise<Secret | undefined> {
  try {
    // Containers mount secrets readable by all, so reading is not checked; writing is: it would choose who is spoken to.
    const { mode } = await stat(path)
    if (modesMatter && (mode & 0o002) !== 0) {
      throw new ConfigError(
        'webhook-file-exposed',
        `${variable} names ${path}, which every user may write (mode ${(mode & 0o777).toString(8)}).`,
        `Close it with: chmod o-w ${path}`,
      )
    }
    const text = (await readFile(path, 'utf8')).trim()
    return text === '' ? undefined : new Secret(text)
  } catch (error: unknown) {
    if (error instanceof ConfigError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      'unreadable',
      `${variable} names ${path}, which cannot be read: ${code ?? 'unknown reason'}.`,
    )
  }
}
