import { type Credential } from '../auth/credential.ts'
import { type SettingValues } from '../config/settings.ts'
import { type ExtractRequest } from '../operations/extract.ts'
import { type Destination } from '../output/destination.ts'
import { ndjsonSink } from '../output/ndjson.ts'
import { openReporter } from '../progress/open-reporter.ts'
import { type Limits } from '../protocol/limits.ts'
import { cleanText } from './clean-text.ts'
import { type Context } from './context.ts'
import { type SETTINGS } from './options.ts'
import { VERSION } from './version.ts'

export interface FetchOptions {
  readonly credential: Credential
  readonly limits: Limits
  readonly values: SettingValues<typeof SETTINGS>
  readonly context: Context
  readonly destination: Destination
  /** What `--output` says, for the last line. */
  readonly output: string | undefined
}

/**
 * Walks a list from its first row to its last and commits the destination. If this throws, the destination is still
 * open, and what becomes of it is for the caller to say.
 */
export async function fetchRows(request: ExtractRequest, options: FetchOptions): Promise<void> {
  const { credential, limits, values, context, destination } = options
  // Loaded here: help and usage errors do not wait for the network.
  const [{ openHttp }, { openEngine }, { extract }] = await Promise.all([
    import('../transport/undici.ts'),
    import('../engine/engine.ts'),
    import('../operations/extract.ts'),
  ])
  const file = options.output === '-' ? undefined : options.output
  const rowsOnTerminal = file === undefined && context.stdoutIsTerminal
  const reporter = await openReporter({ ...context, rowsOnTerminal, progress: values.progress })
  const { onEvent } = reporter
  const http = openHttp({
    timeoutMs: values.timeout,
    connectTimeoutMs: values.connectTimeout,
    userAgent: `bx24-cli/${VERSION}`,
  })
  try {
    const { transport } = http
    const { retries, maxWait: maxWaitMs } = values
    const caller = openEngine({ credential, limits, retries, maxWaitMs, onEvent, transport })
    const sink = ndjsonSink(destination)
    await extract(caller, request, sink, { signal: context.signal, onEvent })
    await sink.close()
    await destination.commit()
    reporter.finish(file === undefined ? undefined : cleanText(file))
  } finally {
    reporter.stop()
    await http.close()
  }
}
