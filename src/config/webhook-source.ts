import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { type RcFile, type RcSurroundings } from './rcfile.ts'

/**
 * Finds the webhook: `BX24_WEBHOOK` or the file named by `BX24_WEBHOOK_FILE`, then `webhook` of the configuration
 * file. There is no flag for it: arguments are seen by every user of the machine.
 *
 * @throws ConfigError if there is none, if both variables are set, or if its file cannot be trusted
 */
export async function findWebhook(
  environment: Readonly<Record<string, string | undefined>>,
  rcFile: RcFile | undefined,
  surroundings: RcSurroundings,
): Promise<Secret> {
  const direct = environment['BX24_WEBHOOK'] ?? ''
  const file = environment['BX24_WEBHOOK_FILE'] ?? ''
  if (direct !== '' && file !== '') {
    throw new ConfigError(
      'webhook-twice',
      'Both BX24_WEBHOOK and BX24_WEBHOOK_FILE are set.',
      'Unset one of them: they may name different portals.',
    )
  }
  if (direct !== '') return new Secret(direct.trim())
  if (file !== '') return readWebhookFile(resolve(surroundings.cwd, file), surroundings.modesMatter)
  return fromRcFile(rcFile)
}

function fromRcFile(rcFile: RcFile | undefined): Secret {
  const webhook = rcFile?.values['webhook']
  if (typeof webhook === 'string' && webhook.trim() !== '') return new Secret(webhook.trim())
  if (webhook === undefined || webhook === '') {
    throw new ConfigError(
      'webhook-missing',
      'No webhook: nothing says which portal to read.',
      'Set BX24_WEBHOOK, or BX24_WEBHOOK_FILE to a file that holds it, or webhook in .bitrixrc; ' +
        'add --sandbox to try bx24 without a portal.',
    )
  }
  throw new ConfigError('invalid-value', `${rcFile?.path ?? ''}: webhook must be a text.`)
}

async function readWebhookFile(path: string, modesMatter: boolean): Promise<Secret> {
  try {
    // Containers mount secrets readable by all, so reading is not checked; writing is: it would choose the portal.
    const { mode } = await stat(path)
    if (modesMatter && (mode & 0o002) !== 0) {
      throw new ConfigError(
        'webhook-file-exposed',
        `BX24_WEBHOOK_FILE names ${path}, which every user may write (mode ${(mode & 0o777).toString(8)}).`,
        `Close it with: chmod o-w ${path}`,
      )
    }
    const text = (await readFile(path, 'utf8')).trim()
    if (text === '')
      throw new ConfigError('webhook-missing', `BX24_WEBHOOK_FILE names ${path}, which is empty.`)
    return new Secret(text)
  } catch (error: unknown) {
    if (error instanceof ConfigError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      'unreadable',
      `BX24_WEBHOOK_FILE names ${path}, which cannot be read: ${code ?? 'unknown reason'}.`,
    )
  }
}
