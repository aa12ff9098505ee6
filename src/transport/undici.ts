import type { Dispatcher } from 'undici'
import { promisify } from 'node:util'
import { TransportError } from '../errors.ts'
import { monotonicMs } from '../lib/monotonic.ts'
import { MAX_ANSWER_BYTES } from '../protocol/limits.ts'
import { type ConnectionOptions, openDispatcher } from './dispatcher.ts'
import { codeOf, socketError } from './socket-errors.ts'
import type { Transport, WireAnswer, WireCall } from './transport.ts'
import { WholeBody } from './whole-body.ts'
import { wireBody } from './wire-body.ts'

/** Unpacked text comes out of zlib in pieces of this size, each of which costs a trip to another thread. */
const UNPACKED_CHUNK_BYTES = 1024 * 1024

export interface HttpOptions extends ConnectionOptions {
  /** `name/version`; the portal treats clients without one badly. */
  readonly userAgent: string
}

/** HTTP over undici: connections are kept and shared, answers may come packed, nothing is followed or retried here. */
export async function openHttp(
  options: HttpOptions,
): Promise<{ transport: Transport; close(): Promise<void> }> {
  const dispatcher = await openDispatcher(options)
  return {
    transport: (call, signal) => exchange(dispatcher, call, options, signal),
    // The portal may hold a request open for a minute; nobody waits for that at the end.
    close: () => dispatcher.destroy(),
  }
}

async function exchange(
  dispatcher: Dispatcher,
  call: WireCall,
  { timeoutMs, userAgent, proxy }: HttpOptions,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const startedAt = monotonicMs()
  const timeUp = new AbortController()
  const timer = setTimeout(() => timeUp.abort(), timeoutMs)
  try {
    const { origin, pathname, search } = new URL(call.url.reveal())
    const { contentType, body: sent } = wireBody(call)
    const request: Dispatcher.DispatchOptions = {
      origin,
      path: pathname + search,
      method: 'POST',
      headers: {
        'content-type': contentType,
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': userAgent,
        ...Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, value.reveal()])),
      },
      body: sent,
    }
    const ended = AbortSignal.any([signal, timeUp.signal])
    const { status, headers, received, startedAt: beganAt } = await send(dispatcher, request, call, ended)
    const body = headers['content-encoding'] === 'gzip' ? await unpack(received, call) : received
    const { location } = headers
    return {
      status,
      body,
      wireBytes: received.length,
      location: typeof location === 'string' ? location : undefined,
      headers,
      firstByteMs: beganAt - startedAt,
      elapsedMs: monotonicMs() - startedAt,
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const elapsedMs = monotonicMs() - startedAt
    if (error instanceof TransportError) throw error
    const { host, method } = call
    const isTimeUp = timeUp.signal.aborted
    throw socketError(error, { host, method, proxy, elapsedMs, isTimeUp, timeoutMs })
  } finally {
    clearTimeout(timer)
  }
}

interface Received {
  readonly status: number
  readonly headers: NonNullable<WireAnswer['headers']>
  /** When the first of it came, by `monotonicMs`. */
  readonly startedAt: number
  /** The body as it came. */
  readonly received: Buffer
}

/** Sends a request and gathers the answer, without the streams that undici would put between. */
function send(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  call: WireCall,
  signal: AbortSignal,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    let control: Dispatcher.DispatchController | undefined
    let head: Omit<Received, 'received'> | undefined
    let body: WholeBody | undefined
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort)
      reject(error)
    }
    // While it connects there is nothing to control; whoever waits need not wait for that.
    const onAbort = (): void => {
      control?.abort(signal.reason as Error)
      fail(signal.reason as Error)
    }
    if (signal.aborted) {
      fail(signal.reason as Error)
      return
    }
    signal.addEventListener('abort', onAbort)
    dispatcher.dispatch(request, {
      onRequestStart(controller) {
        control = controller
        if (signal.aborted) controller.abort(signal.reason as Error)
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return
        head = { status, headers, startedAt: monotonicMs() }
        body = new WholeBody(Number(headers['content-length'] ?? 0), MAX_ANSWER_BYTES, () => tooLarge(call))
        if (status === 200) call.onAnswering?.()
      },
      onResponseData(_controller, chunk) {
        body?.add(chunk)
      },
      onResponseEnd() {
        signal.removeEventListener('abort', onAbort)
        if (head !== undefined && body !== undefined) resolve({ ...head, received: body.bytes })
      },
      onResponseError(_controller, error) {
        fail(error)
      },
    })
  })
}

async function unpack(packed: Buffer, call: WireCall): Promise<Buffer> {
  const { gunzip } = await import('node:zlib')
  try {
    return await promisify(gunzip)(packed, {
      maxOutputLength: MAX_ANSWER_BYTES,
      chunkSize: UNPACKED_CHUNK_BYTES,
    })
  } catch (cause) {
    if (codeOf(cause) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(call)
    throw new TransportError('truncated', `The packed answer of ${call.host} to ${call.method} is damaged.`, {
      executed: 'unknown',
      cause,
    })
  }
}

function tooLarge(call: WireCall): TransportError {
  return new TransportError(
    'too-large',
    `The answer of ${call.host} to ${call.method} is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MB.`,
    {
      executed: 'unknown',
      hint: 'Ask for fewer fields with --select, or fewer pages at once with --batch-size.',
    },
  )
}
