import type { Credential } from '../auth/credential.ts'
import type { SettingValues } from '../config/settings.ts'
import type { RunEvent } from '../engine/events.ts'
import type { ExtractRequest } from '../operations/extract.ts'
import { counted } from '../output/counted.ts'
import type { Destination } from '../output/destination.ts'
import { type Layout, sinkFor } from '../output/open-sink.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Transport } from '../transport/transport.ts'
import type { HttpOptions } from '../transport/undici.ts'
import type { Context } from './context.ts'
import type { SETTINGS } from './options.ts'
import { openRunDisplay } from './run-display.ts'
import type { OpenTrace, RunSettings } from './run-settings.ts'

export interface FetchOptions {
  readonly credential: Credential
  readonly limits: Limits
  readonly connection: HttpOptions
  readonly values: SettingValues<typeof SETTINGS>
  readonly context: Context
  readonly destination: Destination
  readonly layout: Layout
  /** What `--output` says, for the report. */
  readonly output: string | undefined
  readonly shown: RunSettings
  readonly trace: OpenTrace | undefined
  /** Told when the first rows have gone to the destination. */
  readonly onRows: () => void
}

/**
 * Walks a list from its first row to its last and commits the destination. If this throws, the destination is still
 * open, and what becomes of it is for the caller to say.
 */
export async function fetchRows(request: ExtractRequest, options: FetchOptions): Promise<void> {
  const { credential, limits, connection, values, context, destination, shown, trace } = options
  // Loaded here: help and usage errors do not wait for the network.
  const [{ openHttp }, { openEngine }, { extract }] = await Promise.all([
    import('../transport/undici.ts'),
    import('../engine/engine.ts'),
    import('../operations/extract.ts'),
  ])
  const display = await openRunDisplay({
    context,
    settings: shown,
    method: request.method,
    rowsWanted: request.limit ?? Infinity,
    file: options.output === '-' ? undefined : options.output,
  })
  const { withSurvey } = display
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'page' && event.rows > 0) options.onRows()
    display.onEvent(event)
  }
  const http = openHttp(connection)
  try {
    const transport = trace === undefined ? http.transport : await tracedBy(trace, http.transport)
    const { retries, maxWait: maxWaitMs } = values
    const caller = openEngine({ credential, limits, retries, maxWaitMs, onEvent, transport })
    const openSink = sinkFor(options.layout, counted(destination, display.wrote))
    await extract(caller, request, openSink, { signal: context.signal, onEvent, withSurvey })
    await destination.commit()
    display.finish()
  } finally {
    display.stop()
    trace?.close()
    await http.close()
  }
}

async function tracedBy(trace: OpenTrace, transport: Transport): Promise<Transport> {
  const { traced } = await import('../transport/traced.ts')
  return traced(transport, trace)
}
