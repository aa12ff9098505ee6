import { homedir, hostname } from 'node:os'
import type { Credential } from '../auth/credential.ts'
import { readAuthorities } from '../config/authorities.ts'
import { stateFolder } from '../config/state-folder.ts'
import type { Engine } from '../engine/caller.ts'
import { openEngine } from '../engine/engine.ts'
import { LedgerFile, ledgerFolder } from '../engine/ledger/ledger-file.ts'
import { type Ledger, ownLedger } from '../engine/ledger/ledger.ts'
import { openRedisLedger } from '../engine/redis/load.ts'
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
  const authorities = caFile === undefined ? [] : await readAuthorities(caFile)
  const http = await openHttp({
    timeoutMs,
    connectTimeoutMs,
    userAgent: `bx24-cli/${VERSION}`,
    authorities,
    isInsecure: insecure,
    proxy: proxy === undefined ? undefined : parseProxy(proxy, 'The option proxy'),
  })
  const { transport } = http
  const ledger = await openLedger(credential.host, limits, settings, authorities).catch(
    async (error: unknown) => {
      await http.close()
      throw error
    },
  )
  const { engine, settled } = watched(
    openEngine({ credential, limits, retries, maxWaitMs, onEvent, transport, ledger }),
  )
  return {
    engine,
    async close() {
      await settled()
      engine.close()
      await Promise.all([http.close(), ledger?.close?.()])
    },
  }
}

/**
 * What this program shares with others of this user, and over Redis with other machines, if it is to and if the portal has
 * limits.
 *
 * @throws ConfigError if the package for Redis is not there
 */
async function openLedger(
  host: string,
  { shared }: Limits,
  { sharedLimits, redis, onEvent, stateDir = usualFolder() }: ClientSettings,
  authorities: readonly string[],
): Promise<Ledger | undefined> {
  if (!sharedLimits || shared === undefined) return undefined
  const who = 'a program with the library'
  // Without the file the program keeps to the limits by itself, which is no matter for whoever uses the library.
  const onTrouble = (): void => undefined
  const local =
    stateDir === undefined
      ? undefined
      : new LedgerFile({ folder: ledgerFolder(stateDir), host, who, onTrouble })
  if (redis === undefined) return local
  const machineName = hostname()
  return openRedisLedger({
    server: { address: redis, authorities },
    host,
    shared,
    local: local ?? ownLedger(),
    who: `${machineName}, ${who}`,
    machineName,
    onChange: (message) => onEvent({ type: 'sharing', message }),
  })
}

function usualFolder(): string | undefined {
  return stateFolder({ home: homedir(), environment: {} })
}
