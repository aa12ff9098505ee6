import type { Credential } from '../auth/credential.ts'
import type { Engine } from '../engine/caller.ts'
import type { EventListener } from '../engine/events.ts'
import type { Ledger } from '../engine/ledger/ledger.ts'
import type { Sink } from '../output/sink.ts'
import type { ColumnPlan } from '../output/columns.ts'
import type { Destination } from '../output/destination.ts'
import { counted } from '../output/counted.ts'
import { type InputFile, openDestination } from '../output/open-destination.ts'
import { sinkFor } from '../output/open-sink.ts'
import type { Recorder, Resumed } from '../output/recorder.ts'
import { type Limits, limitsFor } from '../protocol/limits.ts'
import type { Transport } from '../transport/transport.ts'
import type { HttpOptions } from '../transport/undici.ts'
import { connectionOptions, connectionWarning } from './connection.ts'
import type { Context } from './context.ts'
import { keepRows } from './keep-rows.ts'
import type { LoadedSettings } from './load-settings.ts'
import { openLedger } from './open-ledger.ts'
import { openPortal } from './open-portal.ts'
import type { OutputOptions } from './output-options.ts'
import type { ResumePlan } from './resume.ts'
import { openRunDisplay, type RunDisplay } from './run-display.ts'
import { type OpenTrace, openTrace, runSettings, type RunSettings } from './run-settings.ts'

/** What a command wants of a portal, and where its rows go. */
export interface PortalRun {
  /** The method to speak of. */
  readonly method: string
  readonly flags: Readonly<Record<string, unknown>>
  /** Settings of the sandbox portal; `undefined` is the user's own portal. */
  readonly sandbox: string | undefined
  readonly output: OutputOptions
  /** Files that the run reads, so that its output is kept off them. */
  readonly inputs: readonly InputFile[]
  /** How many rows will be written at the most; `Infinity` if nobody knows. */
  readonly rowsWanted: number
  /** Most requests in flight; `undefined` if the run finds that out by itself. */
  readonly lanes?: number | undefined
  /** Whether `--select` can ask for less. */
  readonly canSelect?: boolean | undefined
  /** Whether rows may wait in memory until a large write is worth it: they can be asked for again. */
  readonly gathersRows?: boolean
  /** What becomes of the output is said of this, where it is no rows: `The answer is`. */
  readonly subject?: string | undefined
  /** What to do after a failure, where running the same again is not what is wanted. */
  readonly nextStep?: ((exitCode: number, errorCode: string | undefined) => string | undefined) | undefined
  /** For an output that a later run can go on with, and that goes on with what an earlier one has left. */
  readonly resume?: ResumePlan | undefined
  /** Ends the run; by default what ends the program does. */
  readonly signal?: AbortSignal | undefined
  /** Last checks, with the portal known and nothing opened or sent. */
  readonly beforeOpening?: ((host: string) => Promise<void>) | undefined
  /** In place of `work`, where an earlier run got everything and only the renaming is missing. */
  readonly onWhole?: ((resumed: Resumed) => void) | undefined
  readonly work: (run: OpenRun) => Promise<void>
}

/** A run whose portal, display and destination are open. */
export interface OpenRun {
  readonly caller: Engine
  readonly host: string
  /** Id of the user as whom the portal is asked, where that is known. */
  readonly userId: string | undefined
  readonly onEvent: EventListener
  readonly openSink: (columns: () => Promise<ColumnPlan>) => Promise<Sink>
  /** How far the output is; `undefined` unless a later run can go on with it. */
  readonly recorder: Recorder | undefined
  /** For what is no rows; not used beside a sink. */
  readonly write: (bytes: Buffer) => Promise<void>
}

/**
 * Opens portal, connection and destination in this order, runs `work`, commits the destination, and closes everything. If
 * `work` throws, the rows so far are kept aside.
 *
 * @throws UsageError, ConfigError before anything is sent; FailedRun for what `work` throws
 */
export async function runOnPortal(run: PortalRun, settings: LoadedSettings, context: Context): Promise<void> {
  const { values } = settings
  const { output, inputs } = run
  const shown = runSettings(values, run.flags, context)
  const trace = openTrace(run.flags, context)
  const portal = await openPortal(run.sandbox, settings, context)
  try {
    const limits = limitsFor(portal.credential.host, values)
    const connection = await connectionOptions(portal.credential, values, context)
    const warning = connectionWarning(portal.credential, values)
    if (warning !== undefined) context.messages.warn(warning)
    await run.beforeOpening?.(portal.credential.host)
    const { stdout: stream, stdoutDescriptor: descriptor, cwd, pid, now, messages } = context
    const destination = await openDestination({
      file: output.file,
      cwd,
      pid,
      stdout: { stream, descriptor },
      inputs,
      fileMode: output.fileMode,
      isGzipped: output.isGzipped,
      isGathered: run.gathersRows === true,
      waiting: {
        signal: run.signal ?? context.signal,
        onWait: () => context.messages.warn(`nobody reads ${output.file ?? ''} yet; waiting.`),
      },
      resume: run.resume && {
        request: run.resume.request(portal.credential),
        isRestart: run.resume.isRestart,
        now,
        warn: (message) => messages.warn(message),
      },
    })
    const resumed = destination.recorder?.resumed
    if (resumed !== undefined) messages.notice(resumedNotice(resumed))
    const written = { hasRows: resumed !== undefined && resumed.rows > 0 }
    try {
      const opened = { credential: portal.credential, limits, connection, destination, shown, trace }
      await withEngine(run, settings, context, opened, written)
    } catch (error: unknown) {
      throw await keepRows(error, destination, {
        output: output.file,
        acceptPartial: output.acceptPartial,
        hasRows: written.hasRows,
        subject: run.subject,
        cwd,
      })
    }
  } finally {
    await portal.close()
  }
}

interface Opened {
  readonly credential: Credential
  readonly limits: Limits
  readonly connection: HttpOptions
  readonly destination: Destination
  readonly shown: RunSettings
  readonly trace: OpenTrace | undefined
}

async function withEngine(
  run: PortalRun,
  { values }: LoadedSettings,
  context: Context,
  { credential, limits, connection, destination, shown, trace }: Opened,
  written: { hasRows: boolean },
): Promise<void> {
  // Loaded here: help and usage errors do not wait for the network.
  const [{ openHttp }, { openEngine }] = await Promise.all([
    import('../transport/undici.ts'),
    import('../engine/engine.ts'),
  ])
  const display = await openDisplay(run, values, context, shown, destination.recorder?.resumed?.rows)
  const onEvent: EventListener = (event) => {
    if (event.type === 'page' && event.rows > 0) written.hasRows = true
    display.onEvent(event)
  }
  const http = await openHttp(connection)
  const counting = counted(destination, display.output)
  const { recorder } = destination
  let ledger: Ledger | undefined
  let engine: Engine | undefined
  try {
    const { authorities } = connection
    ledger = await openLedger({ run, values, limits, host: credential.host, authorities, onEvent }, context)
    const transport = trace === undefined ? http.transport : await tracedBy(trace, http.transport)
    const { retries, maxWait: maxWaitMs } = values
    engine = openEngine({ credential, limits, retries, maxWaitMs, onEvent, transport, ledger })
    const work = {
      caller: engine,
      host: credential.host,
      userId: credential.userId,
      onEvent,
      openSink: sinkFor(run.output, counting, recorder?.resumed),
      recorder,
      write: (bytes: Buffer) => counting.write(bytes),
    }
    if (recorder?.resumed?.isComplete === true) run.onWhole?.(recorder.resumed)
    else await run.work(work)
    await counting.commit()
    display.finish()
  } finally {
    engine?.close()
    display.stop()
    trace?.close()
    await Promise.all([http.close(), ledger?.close?.()])
  }
}

function openDisplay(
  { method, rowsWanted, output, lanes, canSelect = false, nextStep }: PortalRun,
  { plan, burst, tps, batchSize }: LoadedSettings['values'],
  context: Context,
  settings: RunSettings,
  rowsBefore = 0,
): Promise<RunDisplay> {
  const file = output.file === '-' ? undefined : output.file
  const setup = {
    plan,
    hasOwnRate: burst !== undefined || tps !== undefined,
    batchSize,
    lanes,
    canSelect,
    isTable: output.format === 'csv' || output.format === 'tsv',
    isToFile: file !== undefined,
  }
  return openRunDisplay({
    context,
    settings,
    method,
    rowsWanted: rowsWanted - rowsBefore,
    rowsBefore,
    file,
    setup,
    nextStep,
  })
}

function resumedNotice({ isComplete, rows, afterId, startedAt }: Resumed): string {
  const there = `${rows.toLocaleString('en-US')} rows of an export that began at ${startedAt} are there`
  return isComplete ? `${there}, which are all` : `${there}; going on behind id ${afterId ?? 0}`
}

async function tracedBy(trace: OpenTrace, transport: Transport): Promise<Transport> {
  const { traced } = await import('../transport/traced.ts')
  return traced(transport, trace)
}
