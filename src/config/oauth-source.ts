import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { OAuthClient } from '../auth/authorization-server.ts'
import { AUTHORIZATION_SERVER, clientEndpointOf, tokenAddress } from '../auth/portal-addresses.ts'
import { ConfigError } from '../errors.ts'
import { isLoopback } from '../lib/loopback.ts'
import { Secret } from '../lib/secret.ts'
import { systemCode } from '../lib/system-code.ts'

/** The variables that sign in by OAuth where there is no profile, as in containers. All of them, or none. */
const NEEDED = [
  'BX24_PORTAL',
  'BX24_CLIENT_ID',
  'BX24_CLIENT_SECRET_FILE',
  'BX24_REFRESH_TOKEN_FILE',
] as const
/** Another authorization server of Bitrix24 than the usual one. */
const SERVER = 'BX24_OAUTH_SERVER'

export const OAUTH_VARIABLES: readonly string[] = [...NEEDED, SERVER]

export interface OAuthFromEnvironment {
  readonly client: OAuthClient
  readonly clientEndpoint: string
  readonly serverEndpoint: string
  /** Absolute path of the file with the refresh token. */
  readonly refreshTokenFile: string
}

export interface OAuthSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Whether the bits of a file's mode mean what they say. */
  readonly modesMatter: boolean
}

/**
 * What the environment says about signing in by OAuth; `undefined` if it says nothing. Secrets stand in files, which may
 * be readable by all, since containers mount them so.
 *
 * @throws ConfigError for some of the variables without the others, and for what cannot be used
 */
export async function findOAuth({
  environment,
  cwd,
  modesMatter,
}: OAuthSources): Promise<OAuthFromEnvironment | undefined> {
  const [portal = '', id = '', secretFile = '', tokenFile = ''] = NEEDED.map(
    (name) => environment[name] ?? '',
  )
  const missing = NEEDED.filter((name) => (environment[name] ?? '') === '')
  if (missing.length === NEEDED.length) return undefined
  if (missing.length > 0) {
    throw new ConfigError(
      'oauth-incomplete',
      `To sign in by OAuth ${missing.join(' and ')} must be set, too.`,
      `These belong together: ${NEEDED.join(', ')}.`,
    )
  }
  const webhook = ['BX24_WEBHOOK', 'BX24_WEBHOOK_FILE'].find((name) => (environment[name] ?? '') !== '')
  if (webhook !== undefined) {
    throw new ConfigError(
      'portal-twice',
      `Both BX24_PORTAL and ${webhook} are set.`,
      'Unset one of them: they may name different portals.',
    )
  }
  const clientEndpoint = clientEndpointOf(portal.trim())
  if (clientEndpoint === undefined) {
    throw new ConfigError(
      'portal-malformed',
      'BX24_PORTAL is no address of a portal that begins with https://.',
      'It looks like example.bitrix24.com; a webhook belongs into BX24_WEBHOOK.',
    )
  }
  return {
    client: { id: id.trim(), secret: await readSecret(resolve(cwd, secretFile), modesMatter) },
    clientEndpoint,
    serverEndpoint: authorizationServer(environment, clientEndpoint),
    refreshTokenFile: resolve(cwd, tokenFile),
  }
}

/** Where tokens for a portal are asked for; one on this machine is a sandbox, which gives them out itself. @throws ConfigError */
export function authorizationServer(
  environment: OAuthSources['environment'],
  clientEndpoint: string,
): string {
  const named = environment[SERVER] ?? ''
  const portal = new URL(clientEndpoint)
  const usual = isLoopback(portal.hostname) ? `${portal.origin}/rest/` : AUTHORIZATION_SERVER
  const server = named.trim() === '' ? usual : clientEndpointOf(named.trim())
  if (server !== undefined && tokenAddress(server, clientEndpoint) !== undefined) return server
  throw new ConfigError(
    'oauth-server',
    `${SERVER} names no authorization server of Bitrix24, so no secret is sent there.`,
    'Leave it out, or use the one that the portal names: oauth.bitrix.info, oauth.bitrix24.tech.',
  )
}

async function readSecret(path: string, modesMatter: boolean): Promise<Secret> {
  const named = `BX24_CLIENT_SECRET_FILE names ${path}`
  try {
    const { mode } = await stat(path)
    if (modesMatter && (mode & 0o002) !== 0) {
      throw new ConfigError(
        'client-secret-file-exposed',
        `${named}, which every user may write (mode ${(mode & 0o777).toString(8)}).`,
        `Close it with: chmod o-w ${path}`,
      )
    }
    const text = (await readFile(path, 'utf8')).trim()
    if (text !== '') return new Secret(text)
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined || error instanceof ConfigError) throw error
    throw new ConfigError('unreadable', `${named}, which cannot be read: ${code}.`)
  }
  throw new ConfigError('client-secret-missing', `${named}, which is empty.`)
}
