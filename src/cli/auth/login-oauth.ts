import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type OAuthClient, tokensForCode } from '../../auth/authorization-server.ts'
import { oauthCredential } from '../../auth/oauth.ts'
import { authorizeAddress, clientEndpointOf } from '../../auth/portal-addresses.ts'
import type { OAuthTokens } from '../../auth/token-store.ts'
import { authorizationServer } from '../../config/oauth-source.ts'
import { ConfigError, UsageError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { hideSecrets } from '../clean-text.ts'
import type { AuthOptions } from './options.ts'
import type { Context } from '../context.ts'
import type { LoadedSettings } from '../load-settings.ts'
import { tokenRequest } from '../token-request.ts'
import { codeFromBrowser } from './browser.ts'
import { finish } from './finish.ts'
import { codeIn, newState } from './oauth-code.ts'

/** Signs in to an application of a portal: its user lets it in, in a browser. @throws as `login` */
export async function loginByOAuth(
  name: string,
  options: AuthOptions,
  settings: LoadedSettings,
  context: Context,
): Promise<void> {
  const clientEndpoint = endpointOf(options)
  const client = await clientOf(options, context)
  const { values } = settings
  const serverEndpoint = authorizationServer(context.environment, clientEndpoint)
  const state = newState()
  const address = authorizeAddress(clientEndpoint, client.id, state)
  const code = options.hasBrowser
    ? await codeFromBrowser({ address, state, port: options.port }, context)
    : await codeFromUser(address, state, context)
  const endpoints = { clientEndpoint, serverEndpoint }
  const tokens = await tokensForCode(client, endpoints, code, tokenRequest(values, context))
  await keep(name, client, tokens, settings, context)
}

async function keep(
  name: string,
  client: OAuthClient,
  tokens: OAuthTokens,
  settings: LoadedSettings,
  context: Context,
): Promise<void> {
  const options = {
    client,
    store: { name, read: () => Promise.resolve(tokens), update: () => Promise.resolve(tokens) },
    ask: () => Promise.reject(new Error('a new access is not renewed')),
    retries: 0,
  }
  const credential = await oauthCredential(options, context.signal)
  const stored = { kind: 'oauth', clientId: client.id, clientSecret: client.secret, tokens } as const
  await finish(name, stored, credential, settings, context)
}

function endpointOf({ portal }: AuthOptions): string {
  if (portal === undefined) {
    throw new UsageError(
      'portal-missing',
      '--client-id names an application, and nothing says of which portal.',
      'Add --portal example.bitrix24.com',
    )
  }
  const endpoint = clientEndpointOf(portal)
  if (endpoint !== undefined) return endpoint
  throw new UsageError(
    'portal-address',
    `--portal must be the address of a portal, such as example.bitrix24.com or https://example.bitrix24.com.`,
  )
}

async function clientOf(
  { clientId, clientSecretFile }: AuthOptions,
  { environment, cwd, askSecret }: Context,
): Promise<OAuthClient> {
  const id = clientId ?? environment['BX24_CLIENT_ID'] ?? ''
  if (id === '') {
    throw new UsageError(
      'client-missing',
      '--portal needs --client-id: the application, as the portal calls it.',
    )
  }
  const file = clientSecretFile ?? environment['BX24_CLIENT_SECRET_FILE'] ?? ''
  const text =
    file === ''
      ? await askSecret(`Secret of the application ${id} (it is not shown): `)
      : await read(file, cwd)
  const secret = text?.trim() ?? ''
  if (secret === '') {
    throw new UsageError(
      'client-missing',
      'The secret of the application is not known.',
      'Name a file that holds it: --client-secret-file FILE',
    )
  }
  hideSecrets([secret])
  return { id, secret: new Secret(secret) }
}

async function read(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8')
  } catch (error: unknown) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new ConfigError(
      'unreadable',
      `The file ${file} with the secret of the application cannot be read: ${code}.`,
    )
  }
}

/** Where there is no browser: somebody opens the address elsewhere, and pastes what comes of it. */
async function codeFromUser(address: string, state: string, { messages, ask }: Context): Promise<Secret> {
  messages.printText('open', `Open this address in a browser, and let the application in:\n  ${address}`)
  const answer = await ask('Then paste the address that the browser ends at, or the code in it: ')
  if (answer === undefined) {
    throw new UsageError('no-terminal', 'There is no terminal to ask for the code at.')
  }
  return codeIn(answer.trim(), state)
}
