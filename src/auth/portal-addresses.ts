import { isLoopback } from '../lib/loopback.ts'

/** Hosts that give out tokens. https://apidocs.bitrix24.com/api-reference/oauth/index.html and `server_endpoint` of portals */
const AUTHORIZATION_HOSTS = new Set(['oauth.bitrix.info', 'oauth.bitrix24.tech'])

/** The one that is asked where nobody has named another. */
export const AUTHORIZATION_SERVER = 'https://oauth.bitrix.info/rest/'

/** The address as a URL, if secrets may be sent there: https, or this machine itself, and nothing but an address. */
export function safeAddress(address: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return undefined
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)) ? url : undefined
}

/**
 * Where tokens are asked for, by what a portal names as its server: only hosts of Bitrix24; for a portal on this
 * machine, which is a sandbox, also this machine. `undefined` for any other.
 */
export function tokenAddress(serverEndpoint: string, clientEndpoint: string): string | undefined {
  const server = safeAddress(serverEndpoint)
  const portal = safeAddress(clientEndpoint)
  if (server === undefined || portal === undefined) return undefined
  const isKnown =
    server.protocol === 'https:' && server.port === '' && AUTHORIZATION_HOSTS.has(server.hostname)
  const isSandbox = isLoopback(server.hostname) && isLoopback(portal.hostname)
  return isKnown || isSandbox ? `${server.origin}/oauth/token/` : undefined
}

/** `https://example.bitrix24.com/rest/` of what a user or a server calls the portal; `undefined` if that is none. */
export function clientEndpointOf(portal: string): string | undefined {
  const url = safeAddress(/^[a-z]+:\/\//i.test(portal) ? portal : `https://${portal}`)
  if (url === undefined || url.search !== '' || url.hash !== '') return undefined
  // A webhook is no address of a portal, and its code a secret.
  if (/\/rest\/./.test(url.pathname)) return undefined
  // A box may lie in a folder.
  const folder = url.pathname.replace(/\/(?:rest\/?)?$/, '')
  return `${url.origin}${folder}/rest/`
}

/** Where a user lets an application in; the portal sends the code to the address that the application is known by. */
export function authorizeAddress(clientEndpoint: string, clientId: string, state: string): string {
  const query = new URLSearchParams({ client_id: clientId, response_type: 'code', state })
  return `${clientEndpoint.replace(/rest\/$/, '')}oauth/authorize/?${query.toString()}`
}
