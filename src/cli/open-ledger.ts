import { stateFolder } from '../config/state-folder.ts'
import { LedgerFile, ledgerFolder } from '../engine/ledger/ledger-file.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Context } from './context.ts'
import type { LoadedSettings } from './load-settings.ts'

type Values = Pick<LoadedSettings['values'], 'sharedLimits' | 'stateDir'>

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
}

/**
 * The ledger that this run shares with others; `undefined` if there is nothing to share: its sandbox portal is its own, a
 * box has no limits, or nobody wants it.
 */
export function openLedger(
  { run, values, limits, host }: LedgerWish,
  context: Context,
): LedgerFile | undefined {
  if (run.sandbox !== undefined || limits.shared === undefined || values.sharedLimits === 'off')
    return undefined
  const folder = ledgersOf(values, context)
  if (folder === undefined) return undefined
  const { argv, messages, pid } = context
  return new LedgerFile({
    folder,
    host,
    who: `process ${pid}: bx24 ${argv[0] ?? ''} ${run.method}`,
    onTrouble: (message) => messages.log({ level: 'info', message }),
  })
}
