import { Secret } from '../lib/secret.ts'
import type { Transport } from '../transport/transport.ts'
import type { TokenRequest } from './authorization-server.ts'

/** Asks over this transport. Nothing breaks a request off: what is in its answer may exist nowhere else. */
export function tokenRequest(transport: Transport): TokenRequest {
  return (url, form) =>
    transport(
      { url: new Secret(url), headers: {}, body: '', form, host: new URL(url).host, method: 'oauth/token' },
      new AbortController().signal,
    )
}
