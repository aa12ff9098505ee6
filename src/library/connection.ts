import { homedir } from 'node:os'
import type { Credential } from '../auth/credential.ts'
import { readAuthorities } from '../config/authorities.ts'
import { stateFolder } from '../config/state-folder.ts'
import type { Engine } from '../engine/caller.ts'
import { openEngine } from '../engine/engine.ts'
import { LedgerFile, ledgerFolder } from '../engine/ledger/ledger-file.ts'
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
  const ledger = openLedger(credential.host, limits, settings)
  const { engine, settled } = watched(
    openEngine({ credential, limits, retries, maxWaitMs, onEvent, transport, ledger }),
  )
  return {
    engine,
    async close() {
      await settled()
      engine.close()
      await http.close()
    },
  }
}

/** What this program shares with others of this user, if it is to and if the portal has limits. */
function openLedger(
  host: string,
  { shared }: Limits,
  { sharedLimits, stateDir = stateFolder({ home: homedir(), environment: {} }) }: ClientSettings,
): LedgerFile | undefined {
  if (!sharedLimits || shared === undefined || stateDir === undefined) return undefined
  const folder = ledgerFolder(stateDir)
  // Without the file the program keeps to the limits by itself, which is no matter for whoever uses the library.
  return new LedgerFile({ folder, host, who: 'a program with the library', onTrouble: () => undefined })
}
