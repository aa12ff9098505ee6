import type { SecureContext } from 'node:tls'
import type { Dispatcher } from 'undici'
import type { Proxy } from './proxy.ts'

export interface ConnectionOptions {
  /** Longest time for a whole answer; above the portal's own 60 s, so that its cut comes first. */
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  /** PEM texts of certificates that are trusted besides those that are trusted anyway. */
  readonly authorities: readonly string[]
  /** Whether certificates are not checked at all. */
  readonly isInsecure: boolean
  readonly proxy: Proxy | undefined
}

/**
 * Keeps connections to the portal, straight or through a proxy, with certificates checked as the options say. Of undici
 * only the agent is loaded where there is no proxy: the whole takes longer than many a request.
 */
export async function openDispatcher(options: ConnectionOptions): Promise<Dispatcher> {
  const { timeoutMs, connectTimeoutMs, authorities, isInsecure, proxy } = options
  const secureContext = authorities.length === 0 ? undefined : await trusting(authorities)
  const connect = {
    timeout: connectTimeoutMs,
    rejectUnauthorized: !isInsecure,
    ...(secureContext === undefined ? {} : { secureContext }),
  }
  const common = { keepAliveTimeout: 30_000, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
  if (proxy === undefined) {
    const { default: Agent } = await import('undici/lib/dispatcher/agent.js')
    return new Agent({ ...common, connect })
  }
  const { Pool, ProxyAgent } = await import('undici')
  return new ProxyAgent({
    ...common,
    uri: proxy.url,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization.reveal() }),
    requestTls: connect,
    proxyTls: connect,
    // To open a tunnel is part of connecting; the proxy would have five minutes for it otherwise.
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: connectTimeoutMs }),
    // Plain http is passed on as it is: proxies open tunnels to encrypted ports only.
    proxyTunnel: false,
  })
}

/** Made once and shared: to read all roots anew for each connection takes 30 ms. */
async function trusting(authorities: readonly string[]): Promise<SecureContext> {
  const tls = await import('node:tls')
  // The roots that hold without us. Node.js 20 can name only those that it brings along.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] }
  const roots = getCACertificates?.('default') ?? tls.rootCertificates
  return tls.createSecureContext({ ca: [...roots, ...authorities] })
}
