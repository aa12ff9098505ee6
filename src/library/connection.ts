import type { Credential } from '../auth/credential.ts'
import { readAuthorities } from '../config/authorities.ts'
import type { Engine } from '../engine/caller.ts'
import { openEngine } from '../engine/engine.ts'
import { VERSION } from '../lib/version.ts'
import type { Limits } from '../protocol/limits.ts'
import { parseProxy } from '../transport/proxy.ts'
import { openHttp } from '../transport/undici.ts'
import { watched } from './in-flight.ts'
import type { ClientSettings } from './options.ts'

/** A way to a portal. */
export interface Connection {
  readonly engine: Engine
  /** Waits for what is in flight, which the caller has to end before, and lets go of all connections. */
  close(): Promise<void>
}

/** @throws ConfigError for certificates and a proxy that cannot be used */
export async function openConnection(
  credential: Credential,
  limits: Limits,
  settings: ClientSettings,
): Promise<Connection> {
  const { caFile, insecure, proxy, timeoutMs, connectTimeoutMs, retries, maxWaitMs, onEvent } = settings
  const http = await openHttp({
    timeoutMs,
    connectTimeoutMs,
    userAgent: `bx24-cli/${VERSION}`,
    authorities: caFile === undefined ? [] : await readAuthorities(caFile),
    isInsecure: insecure,
    proxy: proxy === undefined ? undefined : parseProxy(proxy, 'The option proxy'),
  })
  const { transport } = http
  const { engine, settled } = watched(
    openEngine({ credential, limits, retries, maxWaitMs, onEvent, transport }),
  )
  return {
    engine,
    async close() {
      await settled()
      await http.close()
    },
  }
}
