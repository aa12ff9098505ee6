import { ConfigError } from '../errors.ts'
import { isLoopback } from '../lib/loopback.ts'
import { Secret } from '../lib/secret.ts'

/** A proxy to go through. Its password is kept apart from its address, so that the address may be shown. */
export interface Proxy {
  /** `http://proxy.example:3128`, without user and password. */
  readonly url: string
  /** Host and port, for messages. */
  readonly host: string
  /** What named it: a variable of the environment, or an option. */
  readonly source: string
  /** Value of the header that lets us in. */
  readonly authorization: Secret | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for `origin`, as curl and Go read it: `https_proxy` for https, `http_proxy` for
 * http, `no_proxy` for exceptions, each in lower or upper case. This machine itself is never reached through a proxy.
 *
 * @throws ConfigError if the variable holds no address of an HTTP proxy
 */
export function proxyFor(origin: string, environment: Environment): Proxy | undefined {
  const { protocol, hostname, port } = new URL(origin)
  const name = `${protocol.slice(0, -1)}_proxy`
  const source = [name, name.toUpperCase()].find((candidate) => (environment[candidate] ?? '') !== '')
  if (source === undefined || isLoopback(hostname)) return undefined
  const exceptions = environment['no_proxy'] || environment['NO_PROXY'] || ''
  const targetPort = port || (protocol === 'https:' ? '443' : '80')
  if (isException(hostname, targetPort, exceptions)) return undefined
  return parseProxy(environment[source] ?? '', source)
}

/**
 * Reads the address of a proxy; without a scheme it is http. `source` is who named it.
 *
 * @throws ConfigError if it is no such address; the text is not quoted, since it may hold a password
 */
export function parseProxy(text: string, source: string): Proxy {
  const address = text.includes('://') ? text.trim() : `http://${text.trim()}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigError(
      'proxy-malformed',
      `${source} holds no address of an HTTP proxy.`,
      'Such an address looks like http://proxy.example:3128; SOCKS proxies are not supported.',
    )
  }
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`
  return {
    url: url.origin,
    host: url.host,
    source,
    authorization:
      credentials === ':'
        ? undefined
        : new Secret(`Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`),
  }
}

/** A percent sign in a password need not have been meant as an escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `no_proxy`: names with everything below them, addresses, each perhaps with a port; `*` is everything. */
function isException(hostname: string, port: string, exceptions: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false
    if (entry === '*') return true
    const [, given = '', entryPort] =
      /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^([^[\]]*:[^[\]]*:.*)$/, '[$1]')) ?? []
    const name = given.toLowerCase().replace(/^\*?\./, '')
    return (entryPort === undefined || entryPort === port) && (host === name || host.endsWith(`.${name}`))
  })
}
