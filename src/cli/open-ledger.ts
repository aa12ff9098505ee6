import { stateFolder } from '../config/state-folder.ts'
import type { EventListener } from '../engine/events.ts'
import { LedgerFile, ledgerFolder } from '../engine/ledger/ledger-file.ts'
import { type Ledger, ownLedger } from '../engine/ledger/ledger.ts'
import { openRedisLedger } from '../engine/redis/load.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'

type Values = Pick<LoadedSettings['values'], 'sharedLimits' | 'stateDir' | 'redis'>

/** Where the ledgers of all portals lie; `undefined` if this user has no place for them. */
export function ledgersOf({ stateDir }: Pick<Values, 'stateDir'>, context: Context): string | undefined {
  const folder = stateDir ?? stateFolder(context)
  return folder === undefined ? undefined : ledgerFolder(folder)
}

interface LedgerWish {
  readonly run: { readonly method: string; readonly sandbox: string | undefined }
  readonly values: Values
  readonly limits: Limits
  readonly host: string
  /** Certificates (PEM) to trust besides the usual ones. */
  readonly authorities: readonly string[]
  readonly onEvent: EventListener
}

/**
 * The ledger that this run shares with others; `undefined` if there is nothing to share: its sandbox portal is its own, a
 * box has no limits, or nobody wants it.
 *
 * @throws ConfigError if it is to be shared over Redis and the package for that is not there
 */
export async function openLedger(
  { run, values, limits: { shared }, host, authorities, onEvent }: LedgerWish,
  context: Context,
): Promise<Ledger | undefined> {
  if (run.sandbox !== undefined || shared === undefined || values.sharedLimits === 'off') return undefined
  const { argv, messages, pid, machineName } = context
  const who = `process ${pid}: bx24 ${argv[0] ?? ''} ${run.method}`
  const folder = ledgersOf(values, context)
  const onTrouble = (message: string): void => messages.log({ level: 'info', message })
  const local = folder === undefined ? undefined : new LedgerFile({ folder, host, who, onTrouble })
  if (values.redis === undefined) return local
  return openRedisLedger({
    server: { address: values.redis, authorities },
    host,
    shared,
    local: local ?? ownLedger(),
    who: `${machineName}, ${who}`,
    machineName,
    onChange: (message) => onEvent({ type: 'sharing', message }),
  })
}
