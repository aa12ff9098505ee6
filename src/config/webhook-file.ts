import { readFile, stat } from 'node:fs/promises'
import { ConfigError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'

/**
 * The webhook in a file that holds nothing else.
 *
 * @param named who names the file: `BX24_WEBHOOK_FILE`
 * @throws ConfigError if it cannot be read, is empty, or may be written by everybody, who would choose the portal
 */
export async function readWebhookFile(path: string, named: string, modesMatter: boolean): Promise<Secret> {
  try {
    // Containers mount secrets readable by all, so reading is not checked; writing is.
    const { mode } = await stat(path)
    if (modesMatter && (mode & 0o002) !== 0) {
      throw new ConfigError(
        'webhook-file-exposed',
        `${named} names ${path}, which every user may write (mode ${(mode & 0o777).toString(8)}).`,
        `Close it with: chmod o-w ${path}`,
      )
    }
    const text = (await readFile(path, 'utf8')).trim()
    if (text === '') throw new ConfigError('webhook-missing', `${named} names ${path}, which is empty.`)
    return new Secret(text)
  } catch (error: unknown) {
    if (error instanceof ConfigError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      'unreadable',
      `${named} names ${path}, which cannot be read: ${code ?? 'unknown reason'}.`,
    )
  }
}
