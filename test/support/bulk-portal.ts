import { onTestFinished } from 'vitest'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { sandboxSettingsFromText } from '../../src/sandbox/settings.ts'
import { type LoggedWrite, writesIn } from '../bench/write-log.ts'
import { type CliOptions, type CliRun, type RunningCli, runCli, startCli } from './run-cli.ts'

/** A sandbox portal for commands that send many calls, and what it knows of them. */
export interface BulkPortal {
  readonly sandbox: Sandbox
  readonly host: string
  readonly env: Readonly<Record<string, string>>
  readonly stats: SandboxStats
  /** `bx24` with these words, sent to this portal. */
  run(words: readonly string[], options?: CliOptions): Promise<CliRun>
  start(words: readonly string[], options?: CliOptions): RunningCli
  /** All writes so far, in the order in which they were carried out. */
  writes(): LoggedWrite[]
  /** The parameters of all writes so far, as the portal read them. */
  asked(): LoggedWrite['asked'][]
}

/** Without limits, and with ids from 1 on, unless the settings say otherwise. Gone when the test has finished. */
export async function bulkPortal(settings = ''): Promise<BulkPortal> {
  const sandbox = await startSandbox(sandboxSettingsFromText(`plan=box,ids=dense,${settings}`))
  onTestFinished(() => sandbox.close())
  const env = { BX24_WEBHOOK: sandbox.webhook, BX24_PLAN: 'box' }
  const withEnv = (options: CliOptions = {}): CliOptions => ({ ...options, env: { ...env, ...options.env } })
  const writes = (): LoggedWrite[] => {
    const answer = sandbox.portal.inspect({ method: 'GET', path: '/_sandbox/log?kind=write' })
    return writesIn([...(answer?.chunks ?? [])].join(''))
  }
  return {
    sandbox,
    host: `127.0.0.1:${sandbox.port}`,
    env,
    stats: sandbox.portal.stats,
    run: (words, options) => runCli(words, withEnv(options)),
    start: (words, options) => startCli(words, withEnv(options)),
    writes,
    asked: () => writes().map(({ asked }) => asked),
  }
}

/** A result line, as far as tests look at it. */
export interface ResultLine {
  readonly line: number
  readonly id: unknown
  readonly key?: unknown
  readonly ok: boolean
  readonly outcome: 'done' | 'refused' | 'unknown'
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly description: string; readonly status: number | null }
}

/** Lines of NDJSON; result lines, unless the test knows them to be something else. */
export function linesOf<T = ResultLine>(ndjson: string): T[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}
