import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Dispatcher, request } from 'undici'
import { TransportError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import { MAX_ANSWER_BYTES } from '../protocol/limits.ts'
import { type ConnectionOptions, openDispatcher } from './dispatcher.ts'
import { codeOf, socketError } from './socket-errors.ts'
import type { Transport, WireAnswer, WireCall } from './transport.ts'

const unzip = promisify(gunzip)

export interface HttpOptions extends ConnectionOptions {
  /** `name/version`; the portal treats clients without one badly. */
  readonly userAgent: string
}

/** HTTP over undici: connections are kept and shared, answers may come packed, nothing is followed or retried here. */
export function openHttp(options: HttpOptions): { transport: Transport; close(): Promise<void> } {
  const dispatcher = openDispatcher(options)
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
  const startedAt = performance.now()
  const timeUp = new AbortController()
  const timer = setTimeout(() => timeUp.abort(), timeoutMs)
  try {
    const ended = AbortSignal.any([signal, timeUp.signal])
    const answering = request(call.url.reveal(), {
      dispatcher,
      method: 'POST',
      signal: ended,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': userAgent,
        ...Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, value.reveal()])),
      },
      body: call.body,
    })
    // undici itself looks at the signal only once it has a connection.
    const answer = await abortable(answering, ended)
    const packed = await readWhole(answer.body, Number(answer.headers['content-length'] ?? 0), call)
    const body = answer.headers['content-encoding'] === 'gzip' ? await unpack(packed, call) : packed
    const location = answer.headers.location
    return {
      status: answer.statusCode,
      body,
      wireBytes: packed.length,
      location: typeof location === 'string' ? location : undefined,
      headers: answer.headers,
      elapsedMs: performance.now() - startedAt,
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const elapsedMs = performance.now() - startedAt
    if (error instanceof TransportError) throw error
    const { host, method } = call
    const isTimeUp = timeUp.signal.aborted
    throw socketError(error, { host, method, proxy, elapsedMs, isTimeUp, timeoutMs })
  } finally {
    clearTimeout(timer)
  }
}

/** The body in one piece; where its size is announced it is not held twice. */
async function readWhole(body: AsyncIterable<Buffer>, announced: number, call: WireCall): Promise<Buffer> {
  if (announced > MAX_ANSWER_BYTES) throw tooLarge(call)
  let whole = Buffer.allocUnsafeSlow(announced > 0 ? announced : 64 * 1024)
  let length = 0
  for await (const chunk of body) {
    if (length + chunk.length > whole.length) {
      if (length + chunk.length > MAX_ANSWER_BYTES) throw tooLarge(call)
      const larger = Buffer.allocUnsafeSlow(Math.max(length + chunk.length, 2 * whole.length))
      whole.copy(larger, 0, 0, length)
      whole = larger
    }
    chunk.copy(whole, length)
    length += chunk.length
  }
  return whole.subarray(0, length)
}

async function unpack(packed: Buffer, call: WireCall): Promise<Buffer> {
  try {
    return await unzip(packed, { maxOutputLength: MAX_ANSWER_BYTES })
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
