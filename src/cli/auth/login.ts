import type { StoredCredential } from '../../auth/stored-credential.ts'
import { profileValues } from '../../config/choose-portal.ts'
import { CREDENTIAL_KEYS, isProfileName } from '../../config/file-keys.ts'
import { ConfigError, UsageError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import type { AuthOptions } from './options.ts'
import type { Context } from '../context.ts'
import { type LoadedSettings, loadSettingsFor } from '../load-settings.ts'
import { ofWebhook } from '../credential-parts.ts'
import { finish } from './finish.ts'

/** The name under which a credential is kept if nobody gives one. */
const USUAL_NAME = 'default'

/** A webhook has a hundred letters; whatever is longer was piped here by mistake. */
const MOST_BYTES = 64 * 1024

/**
 * Asks for a credential, has the portal say whether it takes it, and keeps it.
 *
 * @throws UsageError, ConfigError for what is none; AuthError or SignInError if it opens nothing; then nothing is kept
 */
export async function login(options: AuthOptions, context: Context): Promise<void> {
  const name = options.profile ?? USUAL_NAME
  if (!isProfileName(name)) {
    throw new UsageError(
      'profile-name',
      `A profile must have a name of letters, digits, ".", "_" and "-", not ${JSON.stringify(name)}.`,
    )
  }
  const settings = await loadSettingsFor(name, options.flags, context)
  refuseConfigured(name, settings)
  const isOAuth = options.portal !== undefined || options.clientId !== undefined
  if (isOAuth) {
    const { loginByOAuth } = await import('./login-oauth.ts')
    await loginByOAuth(name, options, settings, context)
    return
  }
  const webhook = options.isFromStdin ? await readStdin(context) : await askWebhook(context)
  const { credential } = ofWebhook(webhook, settings.values)
  const stored: StoredCredential = { kind: 'webhook', webhook }
  await finish(name, stored, credential, settings, context)
}

/** What the configuration says comes first, so that what is kept would never be used. @throws ConfigError */
function refuseConfigured(name: string, { files }: LoadedSettings): void {
  const { user } = files
  const values = user && profileValues(name, user)
  const key = values && CREDENTIAL_KEYS.find((one) => values.values[one] !== undefined)
  if (key === undefined) return
  throw new ConfigError(
    'profile-configured',
    `${user?.path ?? ''} says what opens the profile ${JSON.stringify(name)} (${key}), and that comes first.`,
    `Remove ${key} there, or take another name.`,
  )
}

async function askWebhook({ askSecret }: Context): Promise<Secret> {
  const answer = await askSecret('Webhook of the portal (it is not shown): ')
  if (answer === undefined) {
    throw new UsageError(
      'no-terminal',
      'There is no terminal to ask for the webhook at.',
      'Pipe it in with --stdin: bx24 auth login NAME --stdin < FILE',
    )
  }
  if (answer.trim() === '') throw new UsageError('no-webhook', 'No webhook was given, so nothing was kept.')
  return new Secret(answer.trim())
}

async function readStdin({ stdin, stdinIsTerminal }: Context): Promise<Secret> {
  if (stdinIsTerminal) {
    throw new UsageError(
      'stdin-terminal',
      'Standard input is a terminal, which would show the webhook.',
      'Leave --stdin out: it is then asked for, and not shown.',
    )
  }
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stdin() as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MOST_BYTES) throw new UsageError('no-webhook', 'Standard input holds more than a webhook.')
    pieces.push(piece)
  }
  const text = Buffer.concat(pieces).toString('utf8').trim()
  if (text === '') throw new UsageError('no-webhook', 'Standard input is empty, so nothing was kept.')
  return new Secret(text)
}
