import type { RunEvent } from '../engine/events.ts'
import { EXIT } from '../errors.ts'
import { chooseProgress } from '../progress/choose.ts'
import { logEntries } from '../progress/log-entries.ts'
import { bottleneckOf, type RunSetup } from '../progress/bottleneck.ts'
import { fullReport } from '../progress/full-report.ts'
import { reportObject } from '../progress/report-object.ts'
import { failureReport, type RunReport, shortReport } from '../progress/report.ts'
import { openReporter } from '../progress/reporter.ts'
import { RunRecord } from '../progress/run-record.ts'
import { type ErrorCount, withError } from '../progress/tally.ts'
import type { Watch } from '../output/counted.ts'
import { cleanText } from './clean-text.ts'
import type { Context } from './context.ts'
import { nextStep } from './next-command.ts'
import type { ErrorReport } from './report-error.ts'
import type { RunSettings } from './run-settings.ts'

/** What a run shows of itself: progress, log and report. */
export interface RunDisplay {
  readonly onEvent: (event: RunEvent) => void
  /** Told of what the destination is given. */
  readonly output: Watch
  /** The run is complete and its rows are in place. */
  finish(): void
  /** Takes down whatever is drawn; harmless when repeated. */
  stop(): void
}

export interface RunDisplayOptions {
  readonly context: Context
  readonly settings: RunSettings
  readonly method: string
  /** How many rows will be taken at the most. */
  readonly rowsWanted: number
  /** Rows of earlier runs that this one goes on with. */
  readonly rowsBefore: number
  /** The file, if the rows go to one. */
  readonly file: string | undefined
  readonly setup: RunSetup
  /** What to do after a failure, where running the same again is not what is wanted. */
  readonly nextStep?: ((exitCode: number, errorCode: string | undefined) => string | undefined) | undefined
}

/** Opens what a run is shown by, as the settings and the terminal say. */
export async function openRunDisplay(options: RunDisplayOptions): Promise<RunDisplay> {
  const { context, settings, method, rowsWanted, file, setup } = options
  const { messages, now } = context
  const isJsonOnly = messages.settings.format === 'json'
  const terminal = {
    rowsOnTerminal: file === undefined && context.stdoutIsTerminal,
    stderrIsTerminal: context.stderrIsTerminal,
    stderrColumns: context.stderrColumns,
    environment: context.environment,
  }
  const kind = chooseProgress({ ...terminal, wish: settings.progress, isQuiet: settings.isQuiet, isJsonOnly })
  const processorBefore = processorMs(context)
  const record = new RunRecord({ now, rowsWanted })
  const reporter = await openReporter({
    ...terminal,
    kind,
    record,
    method,
    intervalMs: settings.progressInterval,
    stderr: context.stderr,
    columns: () => context.stderrColumns,
    now,
    writeLine: (text) => messages.print(text),
  })
  messages.drawAround(reporter.line)
  const entriesOf = logEntries()
  let bytesWritten = 0

  function stop(): void {
    reporter.stop()
    messages.drawAround(undefined)
  }

  function reportOf(exitCode: number, failure: ErrorReport | undefined): RunReport {
    const { tally, time } = record
    const errors = errorsOf(tally.errors, failure)
    const portalSeconds = time.methods.reduce((sum, one) => sum + one.portalSeconds, 0)
    const processorSince = processorMs(context) - processorBefore
    return {
      method: cleanText(method),
      exitCode,
      rowsBefore: options.rowsBefore,
      tally,
      time,
      bottleneck: bottleneckOf({ setup, time, processorMs: processorSince, portalSeconds, errors }),
      processor: context.processorTime(),
      now: now(),
      bytesWritten,
      peakMemoryBytes: context.peakMemoryBytes(),
      target: file === undefined ? undefined : cleanText(file),
      errors,
      next:
        failure === undefined
          ? undefined
          : options.nextStep === undefined
            ? nextStep(exitCode, context.argv, failure.facts?.code ?? undefined)
            : options.nextStep(exitCode, failure.facts?.code ?? undefined),
    }
  }

  function tell(report: RunReport): void {
    settings.summaryFile?.write(`${JSON.stringify(reportObject(report))}\n`)
    settings.summaryFile?.close()
    for (const line of summaryLines(report)) messages.print(line)
  }

  /** By itself one line where somebody sits, nothing elsewhere; after a failure what helps to go on, everywhere. */
  function summaryLines(report: RunReport): string[] {
    const { summary, isQuiet } = settings
    const isProgram = isJsonOnly || kind === 'json'
    if (summary === 'none' || (isQuiet && !(kind === 'json'))) return []
    const isAsked = summary !== 'auto' || kind === 'json'
    if (!isAsked && report.exitCode === EXIT.ok && !context.stderrIsTerminal) return []
    if (isProgram || summary === 'json') return [JSON.stringify(reportObject(report))]
    if (summary === 'full') return fullReport(report)
    if (report.exitCode === EXIT.ok) return [shortReport(report)]
    return failureReport(report).map((line) => `  ${line}`)
  }

  messages.whenFailed((failure) => {
    if (failure.exitCode === EXIT.brokenPipe && settings.summary === 'auto') return
    if (kind === 'json' && !isJsonOnly && failure.facts !== undefined) {
      const time = new Date(now()).toISOString()
      messages.print(JSON.stringify({ type: 'error', time, exit: failure.exitCode, ...failure.facts }))
    }
    tell(reportOf(failure.exitCode, failure))
  })

  return {
    onEvent(event) {
      record.take(event)
      for (const entry of entriesOf(event)) messages.log(entry)
      reporter.update()
    },
    output: {
      begins: () => record.writing(),
      ends(bytes) {
        record.written()
        bytesWritten += bytes
      },
    },
    finish() {
      stop()
      tell(reportOf(EXIT.ok, undefined))
    },
    stop,
  }
}

function processorMs({ processorTime }: Context): number {
  const { userMs, systemMs } = processorTime()
  return userMs + systemMs
}

/** What was overcome and what was not, as it may be shown. */
function errorsOf(overcome: readonly ErrorCount[], failure: ErrorReport | undefined): readonly ErrorCount[] {
  const shown = overcome.map((one) => ({ ...one, message: cleanText(one.message) }))
  const facts = failure?.facts
  if (facts === undefined) return shown
  return withError(shown, { code: facts.code ?? 'internal', message: facts.message })
}
