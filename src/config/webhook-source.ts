import { resolve } from 'node:path'
import { ConfigError } from '../errors.ts'
import { Secret } from '../lib/secret.ts'
import { WEBHOOK_KEY } from './config-file.ts'
import { readSecretFile } from './secret-file.ts'
import type { FileValues, Origin } from './settings.ts'

export interface WebhookSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Configuration files, the one that wins first. */
  readonly files: readonly FileValues[]
  readonly cwd: string
  /** Whether the bits of a file's mode mean what they say (not so on Windows). */
  readonly modesMatter: boolean
}

export interface FoundWebhook {
  readonly webhook: Secret
  readonly origin: Origin
}

/**
 * Finds the webhook: `BX24_WEBHOOK` or the file named by `BX24_WEBHOOK_FILE`, then `webhook` of the configuration
 * files. There is no flag for it: arguments are seen by every user of the machine. `undefined` if nobody names one.
 *
 * @throws ConfigError if both variables are set, or if a file cannot be trusted
 */
export async function findWebhook({
  environment,
  files,
  cwd,
  modesMatter,
}: WebhookSources): Promise<FoundWebhook | undefined> {
  const direct = environment['BX24_WEBHOOK'] ?? ''
  const file = environment['BX24_WEBHOOK_FILE'] ?? ''
  if (direct !== '' && file !== '') {
    throw new ConfigError(
      'webhook-twice',
      'Both BX24_WEBHOOK and BX24_WEBHOOK_FILE are set.',
      'Unset one of them: they may name different portals.',
    )
  }
  if (direct !== '') {
    return { webhook: new Secret(direct.trim()), origin: { kind: 'environment', name: 'BX24_WEBHOOK' } }
  }
  if (file !== '') {
    const path = resolve(cwd, file)
    const webhook = await readSecretFile('BX24_WEBHOOK_FILE', path, modesMatter)
    if (webhook === undefined)
      throw new ConfigError('webhook-missing', `BX24_WEBHOOK_FILE names ${path}, which is empty.`)
    return { webhook, origin: { kind: 'environment', name: `BX24_WEBHOOK_FILE (${file})` } }
  }
  return inFiles(files)
}

/** What there is to say where nothing names a portal. */
export function webhookMissing(): ConfigError {
  return new ConfigError(
    'webhook-missing',
    'No webhook: nothing says which portal to read.',
    'Set BX24_WEBHOOK, or BX24_WEBHOOK_FILE to a file that holds it, or webhook in .bitrixrc; ' +
      'add --sandbox to try bx24 without a portal.',
  )
}

function inFiles(files: readonly FileValues[]): FoundWebhook | undefined {
  const found = files.map((file) => inFile(file))
  return found.find((one) => one !== undefined)
}

function inFile({ path, values }: FileValues): FoundWebhook | undefined {
  const webhook = values[WEBHOOK_KEY]
  if (webhook === undefined || webhook === '') return undefined
  if (typeof webhook !== 'string') {
    throw new ConfigError('invalid-value', `${path}: webhook must be a text.`)
  }
  return webhook.trim() === ''
    ? undefined
    : { webhook: new Secret(webhook.trim()), origin: { kind: 'file', name: path } }
}
