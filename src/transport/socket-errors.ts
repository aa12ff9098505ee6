import { TransportError, type TransportFault } from '../errors.ts'
import { CERTIFICATE_CODE, explainCertificate } from './certificate-errors.ts'
import type { Proxy } from './proxy.ts'

export interface FailedExchange {
  readonly host: string
  readonly method: string
  readonly proxy: Proxy | undefined
  readonly elapsedMs: number
  /** Whether it was ended because `timeoutMs` had passed. */
  readonly isTimeUp: boolean
  readonly timeoutMs: number
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

/** Socket trouble in our words. Messages of the libraries are kept out: they may hold the URL. */
export function socketError(cause: unknown, exchange: FailedExchange): TransportError {
  const { host, method, proxy, elapsedMs, isTimeUp, timeoutMs } = exchange
  const code = codeOf(cause)
  const through = proxy === undefined ? '' : ` through the proxy ${proxy.host}`
  const fail = (
    fault: TransportFault,
    executed: 'no' | 'unknown',
    message: string,
    hint?: string,
  ): TransportError => new TransportError(fault, message, { executed, elapsedMs, hint })
  // The time for answers is kept by ourselves, so this is the time for opening a tunnel.
  if (proxy !== undefined && !isTimeUp && code === 'UND_ERR_HEADERS_TIMEOUT') {
    const hint = `It is named by ${proxy.source}; --connect-timeout says how long to wait.`
    return fail('unreachable', 'no', `The proxy ${proxy.host} did not connect to ${host} in time.`, hint)
  }
  if (isTimeUp || OUT_OF_TIME.has(code)) {
    const seconds = Math.round(Math.max(elapsedMs, isTimeUp ? timeoutMs : 0) / 1000)
    return fail('timeout', 'unknown', `${host} did not answer ${method} within ${seconds} s${through}.`)
  }
  const status = proxyStatus(cause)
  if (proxy !== undefined && status !== undefined) return proxyRefusal(proxy, status, host, fail)
  if (CERTIFICATE_CODE.test(code)) {
    const isProxyEncrypted = proxy?.url.startsWith('https:') === true
    const whose = isProxyEncrypted ? `${host}, or of the proxy ${proxy.host},` : host
    const { message, hint } = explainCertificate(code, whose, withCode(cause))
    return fail('certificate', 'no', message, hint)
  }
  if (NEVER_SENT.has(code)) {
    if (proxy !== undefined) {
      const hint = `It is named by ${proxy.source}; NO_PROXY names hosts that are reached without it.`
      return fail('unreachable', 'no', `The proxy ${proxy.host} cannot be reached (${code}).`, hint)
    }
    const hint = 'Check the portal’s address in the webhook, and the network.'
    return fail('unreachable', 'no', `${host} cannot be reached (${code}).`, hint)
  }
  const why = code === '' ? '' : ` (${code})`
  return fail('reset', 'unknown', `The connection to ${host}${through} broke during ${method}${why}.`)
}

type Fail = (
  fault: TransportFault,
  executed: 'no' | 'unknown',
  message: string,
  hint?: string,
) => TransportError

/** The proxy answered, and opened no way to the portal. */
function proxyRefusal({ host, source }: Proxy, status: number, portal: string, fail: Fail): TransportError {
  if (status === 407) {
    const hint = `Put user and password, as USER:PASSWORD@, before the host in ${source}.`
    return fail('proxy', 'no', `The proxy ${host} does not let us in (HTTP 407).`, hint)
  }
  // A proxy says 5xx if it cannot reach the portal, which may pass.
  if (status >= 500) {
    const hint = 'See whether the address of the webhook is right and whether the proxy may reach it.'
    return fail('unreachable', 'no', `The proxy ${host} cannot reach ${portal} (HTTP ${status}).`, hint)
  }
  const hint = `It must allow ${portal}, or NO_PROXY must name it; the proxy itself is named by ${source}.`
  return fail('proxy', 'no', `The proxy ${host} refuses to connect to ${portal} (HTTP ${status}).`, hint)
}

/** undici tells in its message alone what a proxy answered. */
function proxyStatus(cause: unknown): number | undefined {
  if (!(cause instanceof Error)) return undefined
  const status =
    /^Proxy response \((\d{3})\)/.exec(cause.message)?.[1] ??
    /^Proxy Authentication Required \((\d{3})\)/.exec(cause.message)?.[1]
  return status === undefined ? undefined : Number(status)
}

/** The code of an error or of the first cause that has one. */
export function codeOf(error: unknown): string {
  const { code } = (withCode(error) ?? {}) as { code?: string }
  return code ?? ''
}

/** The error or the first cause that has a code; several addresses of a host fail as one AggregateError. */
function withCode(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, errors } = error as { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string' && code !== '' && code !== 'UND_ERR_PRX_TLS') return error
  if (Array.isArray(errors) && errors.length > 0) return withCode(errors[0])
  return error.cause === undefined ? undefined : withCode(error.cause)
}
