import { join } from 'node:path'
import { oauthCredential } from '../auth/oauth.ts'
import { refreshTokenFile } from '../auth/refresh-token-file.ts'
import type { OAuthTokens, TokenStore } from '../auth/token-store.ts'
import type { OAuthFromEnvironment } from '../config/oauth-source.ts'
import { stateFolder } from '../config/state-folder.ts'
import { fingerprint } from '../lib/fingerprint.ts'
import { sleep } from '../lib/sleep.ts'
import { hideSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import type { OpenCredential } from './credential-parts.ts'
import type { LoadedSettings } from './load-settings.ts'
import { tokenRequest } from './token-request.ts'

/** How long the end of a run waits for an answer that is on its way. */
const CLOSE_MS = 5_000

/** The portal of an application, with tokens from wherever they are kept. @throws ConfigError */
export async function openOAuth(
  { client, store }: { readonly client: OAuthFromEnvironment['client']; readonly store: TokenStore },
  values: LoadedSettings['values'],
  context: Context,
): Promise<OpenCredential> {
  hideSecrets([client.secret.reveal()])
  const options = {
    client,
    store,
    ask: tokenRequest(values, context),
    retries: values.retries,
    tell: (message: string) => context.messages.log({ level: 'info', message }),
  }
  const credential = await oauthCredential(options, context.signal)
  return {
    credential,
    async close() {
      const closed = new AbortController()
      const late = sleep(CLOSE_MS, closed.signal).catch(() => undefined)
      await Promise.race([credential.close(), late])
      closed.abort()
    },
  }
}

/** Where the tokens of an application are kept that the environment names. */
export function storeFromEnvironment(
  { client, clientEndpoint, serverEndpoint, refreshTokenFile: path }: OAuthFromEnvironment,
  values: LoadedSettings['values'],
  context: Context,
): TokenStore {
  const folder = values.stateDir ?? stateFolder(context)
  const name = `${fingerprint(`${clientEndpoint} ${client.id} ${path}`)}.json`
  return refreshTokenFile({
    path,
    pairPath: folder === undefined ? undefined : join(folder, 'tokens', name),
    clientEndpoint,
    serverEndpoint,
    pid: context.pid,
    modesMatter: context.modesMatter,
    tell: (message) => context.messages.log({ level: 'info', message }),
    warn: (message) => context.messages.warn(message),
  })
}

/** The same store, whose tokens are shown nowhere from the moment on at which they are known. */
export function hiding(store: TokenStore): TokenStore {
  function hidden(tokens: OAuthTokens): OAuthTokens {
    const { accessToken, refreshToken } = tokens
    hideSecrets([accessToken, refreshToken].flatMap((secret) => secret?.reveal() ?? []))
    return tokens
  }
  return {
    name: store.name,
    read: async () => hidden(await store.read()),
    update: (renew, signal) => store.update(async (current) => hidden(await renew(hidden(current))), signal),
  }
}
