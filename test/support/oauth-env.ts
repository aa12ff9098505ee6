import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/server.ts'

/** What an application is given to sign in with. */
export interface SignIn {
  readonly client_id: string
  readonly client_secret: string
  readonly access_token: string
  readonly refresh_token: string
  readonly client_endpoint: string
  readonly server_endpoint: string
  readonly member_id: string
}

/** Signs in to a sandbox portal as a user would. */
export function signedIn({ portal, port }: Pick<Sandbox, 'portal' | 'port'>): SignIn {
  return portal.oauth.signIn(`127.0.0.1:${port}`) as unknown as SignIn
}

/** The environment of a container that reads this portal: files in `folder` hold the secrets. */
export function oauthEnv(
  sandbox: Pick<Sandbox, 'portal' | 'port'>,
  folder: string,
): Readonly<Record<string, string>> {
  const { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken } = signedIn(sandbox)
  const secretFile = join(folder, 'client-secret')
  const tokenFile = join(folder, 'refresh-token')
  writeFileSync(secretFile, `${clientSecret}\n`, { mode: 0o600 })
  writeFileSync(tokenFile, `${refreshToken}\n`, { mode: 0o600 })
  return {
    BX24_PORTAL: `http://127.0.0.1:${sandbox.port}`,
    BX24_CLIENT_ID: clientId,
    BX24_CLIENT_SECRET_FILE: secretFile,
    BX24_REFRESH_TOKEN_FILE: tokenFile,
  }
}
