import type { Credential } from '../auth/credential.ts'
import { webhookCredential } from '../auth/webhook.ts'
import type { Engine } from '../engine/caller.ts'
import { UsageError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import { pulled } from '../lib/pulled.ts'
import { Secret } from '../lib/secret.ts'
import type { JsonText } from '../protocol/json-text.ts'
import { type Limits, limitsFor } from '../protocol/limits.ts'
import { type BatchCommand, type BatchOptions, batchRun } from './batch.ts'
import { type CallOptions, callRun } from './call.ts'
import { type Connection, openConnection } from './connection.ts'
import { type GetAllOptions, getAllWalk } from './get-all.ts'
import { type GetByIdOptions, getByIdRun } from './get-by-id.ts'
import { type Id, type Inputs, once } from './inputs.ts'
import { type Bitrix24Options, clientSettings, type ClientSettings } from './options.ts'
import type { CallParams, InputParams } from './parameters.ts'
import { type RawBody, type RawOptions, type RawResponse, rawSend } from './raw.ts'
import { type Results, resultsFrom, type Run, type Settled } from './results.ts'
import { type Row, type Rows, rowsFrom } from './rows.ts'

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
   * All rows of a list method; with `ids` only those, in their order.
   *
   * @throws UsageError at once for parameters that cannot be right; what iterating throws, see `Rows`
   */
  getAll<T = Row>(method: string, params: InputParams = {}, options: GetAllOptions = {}): Rows<T> {
    const walk = getAllWalk(method, params, options, this.#settings)
    const signal = this.#endedBy(options.signal)
    const openPages = (): AsyncGenerator<readonly JsonText[], void, undefined> =>
      pulled<readonly JsonText[]>(async (give, ended) => {
        await walk(await this.#open(ended), give, ended)
      }, signal)
    return rowsFrom<T>(options.ids === undefined ? openPages : once(openPages), signal)
  }

  /**
   * Asks a method that reads for each of many ids, packed into batches. An id that comes again is asked for once, a list
   * is followed to its end, and what is not there is refused with `NOT_FOUND`.
   *
   * @throws UsageError at once for what cannot be right; what iterating throws, see `Results`
   */
  getById<T = unknown>(method: string, ids: Inputs<Id>, options: GetByIdOptions = {}): Results<T> {
    const run = getByIdRun(method, ids, options, this.#settings)
    const signal = this.#endedBy(options.signal)
    return resultsFrom<T>(() => this.#send(run, signal), signal)
  }

  /**
   * Calls a method once for each row of parameters, packed into batches. A write whose answer was lost is not sent again:
   * its outcome is unknown.
   *
   * @throws UsageError at once for what cannot be right; what iterating throws, see `Results`
   */
  call<T = unknown>(method: string, rows: Inputs<CallParams>, options: CallOptions = {}): Results<T> {
    const run = callRun(method, rows, options, this.#settings)
    return resultsFrom<T>(() => this.#send(run, this.#endedBy(options.signal)))
  }

  /**
   * Runs commands of any methods, packed into as few batches as may be; those that refer to each other go in one request.
   *
   * @throws UsageError at once for options; what iterating throws, see `Results`
   */
  batch<T = unknown>(commands: Inputs<BatchCommand>, options: BatchOptions = {}): Results<T> {
    const run = batchRun(commands, options, this.#settings)
    return resultsFrom<T>(() => this.#send(run, this.#endedBy(options.signal)))
  }

  /**
   * Sends one request and gives the answer as it came.
   *
   * @throws UsageError for what cannot be right; RefusalError (AuthError) for an answer that says no, unless errors are
   * accepted; TransportError and LimitError if there is no answer; the reason of a signal that fires
   */
  async raw(method: string, body: RawBody = {}, options: RawOptions = {}): Promise<RawResponse> {
    const send = rawSend(method, body, options)
    const signal = this.#endedBy(options.signal)
    return send(await this.#open(signal), signal)
  }

  /**
   * Ends what is running, which then throws, and lets go of all connections. Writes in flight have a few seconds to be
   * answered. May be called twice.
   */
  async close(): Promise<void> {
    this.#closed.abort(
      new UsageError('closed', 'The client has been closed.', 'Close it when all rows are read.'),
    )
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.close()
  }

  /** Writes in flight when the signal fires have their time, and what came of them is handed on. */
  async *#send(run: Run, signal: AbortSignal): AsyncGenerator<readonly Settled[], void, undefined> {
    yield* run(await this.#open(signal), signal)
  }

  #endedBy(own: AbortSignal | undefined): AbortSignal {
    const closed = this.#closed.signal
    return own === undefined ? closed : AbortSignal.any([own, closed])
  }

  async #open(signal: AbortSignal): Promise<Engine> {
    signal.throwIfAborted()
    this.#connection ??= openConnection(this.#credential, this.#limits, this.#settings)
    const { engine } = await abortable(this.#connection, signal)
    return engine
  }
}
