import { ConfigError } from '../errors.ts'
import { fingerprint } from '../lib/fingerprint.ts'
import { isLoopback } from '../lib/loopback.ts'
import { Secret } from '../lib/secret.ts'
import type { Credential } from './credential.ts'

const EXAMPLE =
  'A webhook looks like https://example.bitrix24.com/rest/USER_ID/CODE/ (copy it whole from the portal).'

/**
 * An inbound webhook: `https://HOST/rest/USER_ID/CODE/`, or with `/rest/api/` as REST 3.0 has it. The code is a secret, so the text never appears in messages.
 *
 * @throws ConfigError if the text is no such address; plain http is for loopback only unless it is allowed, since the
 * code would travel open
 */
export function webhookCredential(text: Secret, { allowHttp = false } = {}): Credential {
  const url = parse(text.reveal().trim())
  const path = /^(.*\/rest)(?:\/api)?\/(\d+)\/([\w-]+)(?:\/(?:[\w.]+)?)?$/.exec(url.pathname)
  if (path === null) {
    throw new ConfigError(
      'webhook-malformed',
      `The path of the webhook for ${url.host} is not /rest/USER_ID/CODE/.`,
      EXAMPLE,
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigError(
      'webhook-malformed',
      `The webhook for ${url.host} has more than host and path.`,
      EXAMPLE,
    )
  }
  if (url.protocol !== 'https:' && !allowHttp && !isLoopback(url.hostname)) {
    throw new ConfigError(
      'webhook-not-https',
      `The webhook for ${url.host} begins with ${url.protocol}//, so its code would travel unencrypted.`,
      'Use the https:// address of the portal, or --allow-http where nobody can listen.',
    )
  }
  const [, rest = '', user = '', code = ''] = path
  const base = `${url.origin}${rest}/${user}/${code}`
  const baseV3 = `${url.origin}${rest}/api/${user}/${code}`
  return {
    host: url.host,
    origin: url.origin,
    identity: fingerprint(base),
    userId: user,
    authorise(method, api) {
      const address = api === 'v3' ? `${baseV3}/${method}` : `${base}/${method}.json`
      return Promise.resolve({ url: new Secret(address), headers: {} })
    },
  }
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ConfigError(
      'webhook-malformed',
      'The webhook is no web address that begins with https://.',
      EXAMPLE,
    )
  }
  return url
}
