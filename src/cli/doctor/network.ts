import { lookup } from 'node:dns/promises'
import type { Proxy } from '../../transport/proxy.ts'
import { type Check, failure, ok, skipped, warning } from './check.ts'

/** A certificate that ends sooner is worth a word. */
const SOON_MS = 14 * 24 * 3_600_000

const PATIENCE_MS = 10_000

/** Whether the portal's name leads to an address. */
export async function checkName(origin: string, proxy: Proxy | undefined): Promise<Check> {
  const name = 'dns'
  const { hostname } = new URL(origin)
  if (proxy !== undefined) return skipped(name, `the proxy ${proxy.host} looks ${hostname} up`)
  try {
    const found = await lookup(hostname.replace(/^\[(.*)\]$/, '$1'), { all: true })
    return ok(name, `${hostname} is ${found.map(({ address }) => address).join(', ')}`)
  } catch (error: unknown) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    return failure(
      name,
      `${hostname} is not known here (${code}).`,
      'Check the name of the portal, and the network.',
    )
  }
}

export function checkProxy(proxy: Proxy | undefined): Check {
  return proxy === undefined ? ok('proxy', 'none') : ok('proxy', `${proxy.url}, named by ${proxy.source}`)
}

interface TlsOptions {
  readonly authorities: readonly string[]
  readonly isInsecure: boolean
  readonly proxy: Proxy | undefined
}

/** Whether the portal shows a certificate that is trusted, and until when it holds. */
export async function checkTls(origin: string, options: TlsOptions, now: number): Promise<Check> {
  const name = 'tls'
  const { protocol, hostname, port } = new URL(origin)
  if (protocol !== 'https:') return skipped(name, `${origin} is not encrypted`)
  if (options.isInsecure) return warning(name, '--insecure: certificates are not checked')
  if (options.proxy !== undefined)
    return skipped(name, 'behind a proxy; the portal check shows whether it is trusted')
  const tls = await import('node:tls')
  const ca = options.authorities.length === 0 ? undefined : [...tls.rootCertificates, ...options.authorities]
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    const socket = tls.connect({
      host,
      port: Number(port || 443),
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca }),
    })
    const end = (check: Check): void => {
      socket.destroy()
      resolve(check)
    }
    socket.setTimeout(PATIENCE_MS, () => {
      end(failure(name, `${host} says nothing for ${PATIENCE_MS / 1_000} s.`))
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(
        failure(
          name,
          `no encrypted connection to ${host}: ${error.code ?? error.message}.`,
          'See --ca-file.',
        ),
      )
    })
    socket.once('secureConnect', () => {
      const until = Date.parse(socket.getPeerCertificate().valid_to)
      const told = `${socket.getProtocol() ?? 'TLS'}, certificate until ${new Date(until).toISOString().slice(0, 10)}`
      end(until - now < SOON_MS ? warning(name, told, 'It ends soon.') : ok(name, told))
    })
  })
}
