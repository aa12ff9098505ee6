import { parseFlag, type SettingValues } from '../config/settings.ts'
import { oneOf } from '../config/values.ts'
import { UsageError } from '../errors.ts'
import type { ProgressWish } from '../progress/choose.ts'
import type { LogLevel } from '../progress/log-entries.ts'
import { TRACE_KINDS } from '../transport/trace-text.ts'
import type { TraceOptions } from '../transport/traced.ts'
import { showSecrets, withoutSecrets } from './clean-text.ts'
import type { Context } from './context.ts'
import type { SETTINGS, SummaryWish } from './options.ts'
import { openPrivateFile, type PrivateFile } from './private-file.ts'

/** How a run shows itself. */
export interface RunSettings {
  readonly progress: ProgressWish
  /** In milliseconds; `undefined` is the default of each kind of progress. */
  readonly progressInterval: number | undefined
  readonly summary: SummaryWish
  readonly summaryFile: PrivateFile | undefined
  /** Errors only. */
  readonly isQuiet: boolean
}

type Flags = Readonly<Record<string, unknown>>
type Values = SettingValues<typeof SETTINGS>

/** From here on messages are as the settings say. @throws UsageError */
export function configureMessages(values: Values, flags: Flags, { messages, cwd }: Context): void {
  const { logFormat: format, logFile } = values
  const warn = (message: string): void => messages.warn(message)
  if (flags['unsafeShowSecrets'] === true) {
    showSecrets()
    warn('--unsafe-show-secrets: messages and traces hold what opens the portal; show them to nobody.')
  }
  const file =
    logFile === undefined ? undefined : openPrivateFile({ name: logFile, flag: '--log-file', cwd, warn })
  messages.configure({ format, level: levelOf(values, flags), file })
}

/** `-q`, `-v` and `-vv` before `--log-level`. */
function levelOf({ logLevel }: Values, { quiet, verbose }: Flags): LogLevel {
  const times = Array.isArray(verbose) ? verbose.length : 0
  if (quiet === true && times > 0) {
    throw new UsageError('quiet-verbose', '--quiet and --verbose contradict each other.')
  }
  if (quiet === true) return 'error'
  return times === 0 ? logLevel : times === 1 ? 'info' : 'debug'
}

/** @throws UsageError */
export function runSettings(values: Values, flags: Flags, { messages, cwd }: Context): RunSettings {
  const { progress, progressInterval, summary } = values
  const name = flags['summaryFile']
  const summaryFile =
    typeof name === 'string'
      ? openPrivateFile({
          name,
          flag: '--summary-file',
          cwd,
          warn: (message) => messages.warn(message),
          isEmptied: true,
        })
      : undefined
  // Until the walk has a report of its own: whoever reads the file must not find that of the run before.
  messages.whenFailed(({ exitCode, facts }) => {
    const text = JSON.stringify({ type: 'summary', exit: exitCode, rows: 0, ...facts })
    summaryFile?.write(`${text}\n`)
    summaryFile?.close()
    if (summary === 'json') messages.print(text)
  })
  return {
    progress,
    progressInterval,
    summary,
    summaryFile,
    isQuiet: messages.settings.level === 'error',
  }
}

/** A trace and the file behind it. */
export interface OpenTrace extends TraceOptions {
  close(): void
}

/** The trace of a run, if one is wanted; `close` lets go of its file. @throws UsageError */
export function openTrace(flags: Flags, { messages, cwd }: Context): OpenTrace | undefined {
  const { traceHttp, traceFile: name } = flags
  if (typeof traceHttp !== 'string') {
    if (name === undefined) return undefined
    throw new UsageError('trace-file', '--trace-file needs --trace-http, which says what to write to it.')
  }
  const showsSecrets = flags['unsafeShowSecrets'] === true
  const kind = parseFlag(oneOf(TRACE_KINDS), 'traceHttp', traceHttp === '' ? 'headers' : traceHttp)
  if (kind === 'bodies' || kind === 'errors') {
    messages.warn(`--trace-http=${kind} shows the data of customers; secrets are taken out, they are not.`)
  }
  if (typeof name !== 'string') {
    return {
      kind,
      showsSecrets,
      write: (text) => messages.printText('trace', withoutSecrets(text.trimEnd())),
      close: () => undefined,
    }
  }
  const file = openPrivateFile({ name, flag: '--trace-file', cwd, warn: (message) => messages.warn(message) })
  return { kind, showsSecrets, write: (text) => file.write(withoutSecrets(text)), close: () => file.close() }
}
