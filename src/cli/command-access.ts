import { printedCredential, type PrintedCredential } from '../auth/credential-command.ts'
import { type Access, tokenCredential } from '../auth/token-credential.ts'
import type { PortalSource } from '../config/portal-source.ts'
import type { SettingValues } from '../config/settings.ts'
import { fingerprint } from '../lib/fingerprint.ts'
import { SignInError } from '../errors.ts'
import type { Context } from './context.ts'
import { ofWebhook, type OpenCredential } from './credential-parts.ts'
import type { SETTINGS } from './options.ts'

type Command = Extract<PortalSource, { kind: 'command' }>

/** What a program prints; it is run again when the portal calls a token expired. @throws ConfigError, SignInError */
export async function openCommand(
  source: Command,
  values: SettingValues<typeof SETTINGS>,
  context: Context,
): Promise<OpenCredential> {
  const { words, folder, origin } = source
  const { environment, signal } = context
  const print = (until: AbortSignal): Promise<PrintedCredential> =>
    printedCredential({ words, cwd: folder, environment, named: origin.name, signal: until })
  const printed = await print(signal)
  if (printed.kind === 'webhook') return ofWebhook(printed.webhook, values)
  const access = accessOf(printed)
  const credential = tokenCredential({
    clientEndpoint: access.clientEndpoint,
    countedBy: fingerprint(words.join('\0')),
    access,
    async renew(refused, closed) {
      const fresh = await print(closed)
      if (fresh.kind === 'token' && fresh.endpoint === printed.endpoint) {
        if (fresh.accessToken.reveal() !== refused?.reveal()) return accessOf(fresh)
        throw new SignInError(
          'expired',
          `The portal calls the access expired, and ${words[0]} prints the same again.`,
          `It is the credentialCommand in ${origin.name}: it must renew the access.`,
        )
      }
      throw new SignInError('other-portal', `${words[0]} names another portal than before.`)
    },
  })
  return { credential, close: () => credential.close() }
}

function accessOf({ endpoint, accessToken }: Extract<PrintedCredential, { kind: 'token' }>): Access {
  return { token: accessToken, clientEndpoint: endpoint }
}
