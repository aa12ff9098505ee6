import { Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { Redis } from 'ioredis'
import type { RedisAddress } from '../../lib/redis-address.ts'

export interface RedisServer {
  readonly address: RedisAddress
  /** Certificates (PEM) to trust besides the usual ones. */
  readonly authorities?: readonly string[] | undefined
}

/** To connect, to be let in, and to be told that the server is ready must take no longer than this altogether. */
export const CONNECT_MS = 3_000

/** A server that does not answer for so long has gone, as far as a run is concerned. */
export const ANSWER_MS = 2_000

/** A server that does not answer is not said goodbye for longer. */
const LET_GO_MS = 50

/**
 * A connection that is ready. It is never made again by itself, and nothing waits in it while it is broken: whoever uses
 * it has to know.
 *
 * @throws whatever the package or the system says; `ERR_MODULE_NOT_FOUND` if the package ioredis is not there
 */
export async function connectRedis(
  { address, authorities = [] }: RedisServer,
  signal?: AbortSignal,
): Promise<Redis> {
  // An optional package: it is there only where somebody wants it.
  const { Redis } = await import('ioredis')
  const client = new Redis(optionsFor(address, authorities))
  let failure: Error | undefined
  client.on('error', (error) => (failure = error))
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('end', () => reject(failure ?? new Error('the connection was closed')))
  })
  const stop = (): void => letGo(client)
  signal?.addEventListener('abort', stop)
  try {
    signal?.throwIfAborted()
    await withinTime(ready, CONNECT_MS)
    return client
  } catch (error: unknown) {
    stop()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** Ends a connection, if it has not ended yet: the package would wait for that to happen. */
export function letGo(client: Redis): void {
  if (client.status !== 'end') client.disconnect()
}

function optionsFor(address: RedisAddress, authorities: readonly string[]) {
  const { host, port, username, password, database, isEncrypted } = address
  const tls = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] }
  return {
    host,
    port,
    db: database,
    connectionName: 'bx24',
    connectTimeout: CONNECT_MS,
    disconnectTimeout: LET_GO_MS,
    commandTimeout: ANSWER_MS,
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(isEncrypted ? { tls: { servername: host, ...tls } } : {}),
  }
}

/** From now on it keeps no program alive: one that has nothing else to do has ended. */
export function letExit(client: Redis): void {
  const { stream } = client
  if (stream instanceof Socket) stream.unref()
}

/** @throws Error if `work` takes longer; it is not waited for any more */
export async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  work.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
