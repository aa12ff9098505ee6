import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import { readAuthorities } from '../config/authorities.ts'
import { wholeNumber } from '../config/values.ts'
import type { Caller } from '../engine/caller.ts'
import { openEngine } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import { pulled } from '../lib/pulled.ts'
import { Secret } from '../lib/secret.ts'
import { VERSION } from '../lib/version.ts'
import { checkRequest, extract } from '../operations/extract.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { type Limits, limitsFor } from '../protocol/limits.ts'
import { parseProxy } from '../transport/proxy.ts'
import { openHttp } from '../transport/undici.ts'
import {
  type Bitrix24Options,
  checked,
  clientSettings,
  type ClientSettings,
  refuseUnknown,
} from './options.ts'
import { type InputParams, userParameters, type Where } from './parameters.ts'
import { type Row, type Rows, rowsFrom } from './rows.ts'

export interface GetAllOptions {
  /** Rows to stop after; all if left out. */
  readonly limit?: number | undefined
  /** Fields to get; masks such as `UF_*` stand for many. */
  readonly select?: readonly string[] | undefined
  /** Conditions besides those in the parameters. */
  readonly where?: readonly Where[] | undefined
  /** Ends the walk; what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined
}

const GET_ALL_OPTIONS: readonly (keyof GetAllOptions)[] = ['limit', 'select', 'where', 'signal']

interface Connection {
  readonly caller: Caller
  close(): Promise<void>
}

/**
 * A client of one portal. Whatever runs at the same time shares one set of limits, so keep one client for a portal and
 * close it when done.
 */
export class Bitrix24 {
  readonly #credential: Credential
  readonly #settings: ClientSettings
  readonly #limits: Limits
  readonly #closed = new AbortController()
  #connection: Promise<Connection> | undefined

  static {
    // Where the language knows `await using`; declared nowhere, since older compilers do not know the symbol.
    const { asyncDispose } = Symbol as { asyncDispose?: symbol }
    if (asyncDispose !== undefined) {
      Object.defineProperty(this.prototype, asyncDispose, {
        value(this: Bitrix24) {
          return this.close()
        },
      })
    }
  }

  /** @throws UsageError for options, ConfigError for the webhook; nothing is sent yet */
  constructor(options: Bitrix24Options) {
    this.#settings = clientSettings(options)
    const { webhook } = options as { webhook?: unknown }
    if (typeof webhook !== 'string' || webhook === '') {
      throw new UsageError('option', 'The option webhook must be the address of an inbound webhook.')
    }
    this.#credential = webhookCredential(new Secret(webhook), this.#settings)
    this.#limits = limitsFor(this.#credential.host, this.#settings)
  }

  /** Host of the portal. */
  get host(): string {
    return this.#credential.host
  }

  /**
   * All rows of a list method.
   *
   * @throws UsageError at once for parameters that cannot be right; what iterating throws, see `Rows`
   */
  getAll<T = Row>(method: string, params: InputParams = {}, options: GetAllOptions = {}): Rows<T> {
    if (typeof (method as unknown) !== 'string') throw new UsageError('option', 'The method must be a text.')
    refuseUnknown(options, GET_ALL_OPTIONS)
    if (options.signal !== undefined && !((options.signal as unknown) instanceof AbortSignal)) {
      throw new UsageError('option', 'The option signal must be an AbortSignal.')
    }
    if (options.limit !== undefined && typeof (options.limit as unknown) !== 'number') {
      throw new UsageError('option', 'The option limit must be a number.')
    }
    const request = {
      method,
      parameters: userParameters(params, options.where ?? [], options.select),
      limit: checked(options, 'limit', wholeNumber(1)),
      batchSize: this.#settings.batchSize,
    }
    checkRequest(request)
    const { onEvent } = this.#settings
    const closed = this.#closed.signal
    const signal = options.signal === undefined ? closed : AbortSignal.any([options.signal, closed])
    const openPages = (): AsyncGenerator<readonly JsonText[], void, undefined> =>
      pulled<readonly JsonText[]>(async (give, ended) => {
        const { caller } = await abortable(this.#open(), ended)
        const sink = { write: give, close: () => Promise.resolve() }
        await extract(caller, request, () => Promise.resolve(sink), { signal: ended, onEvent })
      }, signal)
    return rowsFrom<T>(openPages, signal)
  }

  /** Ends what is running, which then throws, and lets go of all connections. May be called twice. */
  async close(): Promise<void> {
    this.#closed.abort(
      new UsageError('closed', 'The client has been closed.', 'Close it when all rows are read.'),
    )
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.close()
  }

  #open(): Promise<Connection> {
    return (this.#connection ??= this.#connect())
  }

  async #connect(): Promise<Connection> {
    const { caFile, insecure, proxy, timeoutMs, connectTimeoutMs, retries, maxWaitMs, onEvent } =
      this.#settings
    const http = openHttp({
      timeoutMs,
      connectTimeoutMs,
      userAgent: `bx24-cli/${VERSION}`,
      authorities: caFile === undefined ? [] : await readAuthorities(caFile),
      isInsecure: insecure,
      proxy: proxy === undefined ? undefined : parseProxy(proxy, 'The option proxy'),
    })
    const credential = this.#credential
    const caller = openEngine({
      credential,
      limits: this.#limits,
      retries,
      maxWaitMs,
      onEvent,
      transport: http.transport,
    })
    return { caller, close: () => http.close() }
  }
}
