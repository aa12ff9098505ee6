import { readFile } from 'node:fs/promises'
import { ConfigError, OutputError } from '../errors.ts'
import { completeReplacement, openReplacement } from '../lib/replace-file.ts'
import { Secret } from '../lib/secret.ts'
import { systemCode } from '../lib/system-code.ts'
import { type TokenJson, tokenJson, tokensFrom } from './token-json.ts'
import { whileLocked } from './token-lock.ts'
import type { OAuthTokens, TokenStore } from './token-store.ts'

/**
 * What a profile signs in with. Each profile has a file of its own, `credentials/NAME.json` in the user's folder for
 * configuration, with mode 0600: so no profile waits for another, and a file is replaced as a whole.
 */
export type StoredCredential =
  | { readonly kind: 'webhook'; readonly webhook: Secret }
  | {
      readonly kind: 'oauth'
      readonly clientId: string
      readonly clientSecret: Secret
      readonly tokens: OAuthTokens
    }

/** The same as it stands in the file. */
interface StoredJson {
  readonly version: 1
  readonly kind: 'webhook' | 'oauth'
  readonly webhook?: string
  readonly client_id?: string
  readonly client_secret?: string
  readonly tokens?: TokenJson
}

/** The credential in this file; `undefined` if there is none. @throws ConfigError if it is not readable as one */
export async function readCredential(path: string): Promise<StoredCredential | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    throw new ConfigError(
      'unreadable',
      `The credential in ${path} cannot be read: ${code ?? 'unknown reason'}.`,
    )
  }
  const credential = credentialFrom(text)
  if (credential !== undefined) return credential
  throw new ConfigError(
    'credential-damaged',
    `${path} holds no credential that this release of bx24 understands.`,
    'Sign in again with bx24 auth login; the old file is replaced.',
  )
}

/** Puts another credential in the place of the one in this file, when nobody is renewing it. @throws OutputError, LockedError */
export function replaceCredential(
  path: string,
  pid: number,
  credential: StoredCredential,
  signal: AbortSignal,
): Promise<void> {
  return whileLocked(path, pid, signal, () => {
    guarded(path, () => openReplacement(path).put(textOf(credential)))
    return Promise.resolve()
  })
}

/** The tokens of a profile that signs in by OAuth; `name` is what a person calls it. */
export function profileTokens(path: string, name: string, pid: number): TokenStore {
  async function read(): Promise<Extract<StoredCredential, { kind: 'oauth' }>> {
    const credential = await readCredential(path)
    if (credential?.kind === 'oauth') return credential
    throw new ConfigError('signed-out', `${name} is not signed in any more.`, 'Sign in with bx24 auth login.')
  }
  return {
    name,
    read: async () => (await read()).tokens,
    update: (renew, signal) =>
      whileLocked(path, pid, signal, async () => {
        guarded(path, () => completeReplacement(path, (text) => credentialFrom(text) !== undefined))
        const credential = await read()
        const place = guarded(path, () => openReplacement(path))
        try {
          const tokens = await renew(credential.tokens)
          if (tokens !== credential.tokens) guarded(path, () => place.put(textOf({ ...credential, tokens })))
          return tokens
        } finally {
          place.drop()
        }
      }),
  }
}

function guarded<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined) throw error
    throw new OutputError(`Cannot write to ${path}: ${code}.`, undefined, error)
  }
}

function textOf(credential: StoredCredential): string {
  return `${JSON.stringify(toJson(credential), undefined, 2)}\n`
}

function toJson(credential: StoredCredential): StoredJson {
  if (credential.kind === 'webhook') {
    return { version: 1, kind: 'webhook', webhook: credential.webhook.reveal() }
  }
  const { clientId, clientSecret, tokens } = credential
  return {
    version: 1,
    kind: 'oauth',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
    tokens: tokenJson(tokens),
  }
}

function credentialFrom(text: string): StoredCredential | undefined {
  let json: Partial<Record<keyof StoredJson, unknown>> | null
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    return undefined
  }
  const { version, kind, webhook, client_id: clientId, client_secret: clientSecret, tokens } = json ?? {}
  if (version !== 1) return undefined
  if (kind === 'webhook' && typeof webhook === 'string') return { kind, webhook: new Secret(webhook) }
  const found = tokensFrom(tokens)
  if (kind !== 'oauth' || typeof clientId !== 'string' || typeof clientSecret !== 'string') return undefined
  return found === undefined
    ? undefined
    : { kind, clientId, clientSecret: new Secret(clientSecret), tokens: found }
}
