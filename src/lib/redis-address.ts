import { Secret } from './secret.ts'

/** Where a Redis server is, and how it lets us in. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  /** Whether everything goes over TLS (`rediss://`). */
  readonly isEncrypted: boolean
  readonly username: string | undefined
  readonly password: Secret | undefined
  readonly database: number
  /** The same without its password, to be shown. */
  readonly shown: string
}

const USUAL_PORT = 6379

/** Reads `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS; `undefined` if it is no such address. */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'redis:' && url.protocol !== 'rediss:')) return undefined
  const [, database] = /^\/?(\d{0,4})$/.exec(url.pathname) ?? []
  if (database === undefined || url.hostname === '' || url.search !== '' || url.hash !== '') return undefined
  const port = url.port === '' ? USUAL_PORT : Number(url.port)
  const username = decoded(url.username) || undefined
  const password = decoded(url.password) || undefined
  const user = `${url.username}${password === undefined ? '' : ':***'}`
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    isEncrypted: url.protocol === 'rediss:',
    username,
    password: password === undefined ? undefined : new Secret(password),
    database: Number(database),
    shown: `${url.protocol}//${user === '' ? '' : `${user}@`}${url.hostname}:${port}/${Number(database)}`,
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
