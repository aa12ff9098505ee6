import type { TokenRequest } from '../auth/authorization-server.ts'
import { Secret } from '../lib/secret.ts'
import { connectionOptions } from './connection.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'

/** Others wait while one process asks, so it does not wait for ever. */
const MOST_MS = 30_000

/**
 * How the authorization server is asked: like a portal, but for its own proxy, and with its certificate checked whatever
 * `--insecure` says, which is about the portal. Connections are not kept: between two requests lies an hour.
 */
export function tokenRequest(values: LoadedSettings['values'], context: Context): TokenRequest {
  return async (url, form) => {
    const { origin, host } = new URL(url)
    const reaching = { ...values, insecure: false, timeout: Math.min(values.timeout, MOST_MS) }
    const connection = await connectionOptions({ origin }, reaching, context)
    const { openHttp } = await import('../transport/undici.ts')
    const http = await openHttp(connection)
    try {
      const call = {
        url: new Secret(url),
        headers: {},
        body: '',
        form,
        host,
        method: 'a renewal of the access',
      }
      // Never broken off: the answer may be the only one that there will be.
      return await http.transport(call, new AbortController().signal)
    } finally {
      // What was answered goes to the disk first, in this turn of the event loop.
      setImmediate(() => void http.close().catch(() => undefined))
    }
  }
}
