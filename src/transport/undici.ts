import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent, request } from 'undici'
import { TransportError, type TransportFault } from '../errors.ts'
import { MAX_ANSWER_BYTES } from '../protocol/limits.ts'
import { type Transport, type WireAnswer, type WireCall } from './transport.ts'

const unzip = promisify(gunzip)

export interface HttpOptions {
  /** Longest time for a whole answer; above the portal's own 60 s, so that its cut comes first. */
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  /** `name/version`; the portal treats clients without one badly. */
  readonly userAgent: string
}

/** HTTP over undici: connections are kept and shared, answers may come packed, nothing is followed or retried here. */
export function openHttp(options: HttpOptions): { transport: Transport; close(): Promise<void> } {
  const agent = new Agent({
    connect: { timeout: options.connectTimeoutMs },
    keepAliveTimeout: 30_000,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
  })
  return {
    transport: (call, signal) => exchange(agent, call, options, signal),
    // The portal may hold a request open for a minute; nobody waits for that at the end.
    close: () => agent.destroy(),
  }
}

async function exchange(
  agent: Agent,
  call: WireCall,
  { timeoutMs, userAgent }: HttpOptions,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const startedAt = performance.now()
  const timeUp = new AbortController()
  const timer = setTimeout(() => timeUp.abort(), timeoutMs)
  try {
    const answer = await request(call.url.reveal(), {
      dispatcher: agent,
      method: 'POST',
      signal: AbortSignal.any([signal, timeUp.signal]),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': userAgent,
        ...Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, value.reveal()])),
      },
      body: call.body,
    })
    const packed = await readWhole(answer.body, Number(answer.headers['content-length'] ?? 0), call)
    const body = answer.headers['content-encoding'] === 'gzip' ? await unpack(packed, call) : packed
    const location = answer.headers.location
    return {
      status: answer.statusCode,
      body,
      location: typeof location === 'string' ? location : undefined,
      elapsedMs: performance.now() - startedAt,
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const elapsedMs = performance.now() - startedAt
    if (error instanceof TransportError) throw error
    throw transportError(error, call, elapsedMs, timeUp.signal.aborted, timeoutMs)
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

/** Node's and undici's codes for failures before anything could be sent: surely not executed. */
const NEVER_SENT = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'UND_ERR_CONNECT_TIMEOUT',
])

const OUT_OF_TIME = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** Socket trouble in our words. Messages of the libraries are kept as the cause only: they may hold the URL. */
function transportError(
  cause: unknown,
  { host, method }: WireCall,
  elapsedMs: number,
  isTimeUp: boolean,
  timeoutMs: number,
): TransportError {
  const code = codeOf(cause)
  const fail = (
    fault: TransportFault,
    executed: 'no' | 'unknown',
    message: string,
    hint?: string,
  ): TransportError => new TransportError(fault, message, { executed, elapsedMs, hint })
  if (isTimeUp || OUT_OF_TIME.has(code)) {
    const seconds = Math.round(Math.max(elapsedMs, isTimeUp ? timeoutMs : 0) / 1000)
    return fail('timeout', 'unknown', `${host} did not answer ${method} within ${seconds} s.`)
  }
  if (CERTIFICATE.test(code)) {
    return fail(
      'certificate',
      'no',
      `The certificate of ${host} could not be verified (${code}).`,
      'If the portal uses a certificate of your own authority, name its file in NODE_EXTRA_CA_CERTS.',
    )
  }
  if (NEVER_SENT.has(code)) {
    const hint = 'Check the portal’s address in the webhook, and the network.'
    return fail('unreachable', 'no', `${host} cannot be reached (${code}).`, hint)
  }
  return fail(
    'reset',
    'unknown',
    `The connection to ${host} broke during ${method}${code === '' ? '' : ` (${code})`}.`,
  )
}

/** The code of an error or of the first cause that has one; several addresses of a host fail as one AggregateError. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code, errors } = error as { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string' && code !== '') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return error.cause === undefined ? '' : codeOf(error.cause)
}
