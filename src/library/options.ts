import { nearest } from '../lib/nearest.ts'
import { redisAddress } from '../config/redis.ts'
import { type Parser, positiveNumber, share, text, ValueError, wholeNumber, oneOf } from '../config/values.ts'
import type { RunEvent } from '../engine/events.ts'
import { UsageError } from '../errors.ts'
import type { RedisAddress } from '../lib/redis-address.ts'
import { BATCH_COMMANDS, type Plan } from '../protocol/limits.ts'

/** How a client reaches its portal and what it may ask of it. */
export interface Bitrix24Options {
  /** Inbound webhook: `https://HOST/rest/USER_ID/CODE/`. A password; it is never shown. */
  readonly webhook: string
  /** The portal's plan, which sets its limits; `standard` if left out. */
  readonly plan?: Plan | undefined
  /** Requests that may be sent at once; in the cloud not above the plan. */
  readonly burst?: number | undefined
  /** Requests a second after that; in the cloud not above the plan. */
  readonly tps?: number | undefined
  /** Use only this part of every limit, above 0 up to 1, and leave the rest to others; all of it if left out. */
  readonly polite?: number | undefined
  /** Whether to keep to the limits together with all programs of this user on this machine; `true` if left out. */
  readonly sharedLimits?: boolean | undefined
  /** Folder in which these leave to each other what they know; `~/.local/state/bx24` if left out. */
  readonly stateDir?: string | undefined
  /**
   * Redis server, `redis://HOST:6379/0` or `rediss://USER:PASSWORD@HOST`, over which machines share the limits. Takes the
   * package ioredis.
   */
  readonly redis?: string | undefined
  /** Further attempts after a failure that may pass, 0 to 100; 5 if left out. */
  readonly retries?: number | undefined
  /** Longest single wait for one of the portal's limits; 15 minutes if left out. */
  readonly maxWaitMs?: number | undefined
  /** Longest wait for an answer; 75 seconds if left out. */
  readonly timeoutMs?: number | undefined
  /** Longest wait for a connection; 10 seconds if left out. */
  readonly connectTimeoutMs?: number | undefined
  /** Most pages or calls in one request, 1 to 50; 50 if left out. */
  readonly batchSize?: number | undefined
  /** File with certificates (PEM) to trust besides the usual ones. */
  readonly caFile?: string | undefined
  /** Check no certificates at all. */
  readonly insecure?: boolean | undefined
  /** Accept a webhook that begins with `http://`. */
  readonly allowHttp?: boolean | undefined
  /** Address of a proxy: `http://USER:PASSWORD@HOST:PORT`. The environment is not read. */
  readonly proxy?: string | undefined
  /** Hears what happens: requests, answers, waits, retries, pages. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
}

/** The same with every default in its place. */
export interface ClientSettings {
  readonly plan: Plan
  readonly burst: number | undefined
  readonly tps: number | undefined
  readonly polite: number | undefined
  readonly sharedLimits: boolean
  readonly stateDir: string | undefined
  readonly redis: RedisAddress | undefined
  readonly retries: number
  readonly maxWaitMs: number
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  readonly batchSize: number
  readonly caFile: string | undefined
  readonly insecure: boolean
  readonly allowHttp: boolean
  readonly proxy: string | undefined
  readonly onEvent: (event: RunEvent) => void
}

/** The longest wait that a timer of Node can keep. */
const milliseconds = wholeNumber(1, 2 ** 31 - 1)

const PARSERS = {
  plan: oneOf(['standard', 'enterprise', 'box']),
  burst: wholeNumber(1),
  tps: positiveNumber,
  polite: share,
  stateDir: text,
  redis: redisAddress,
  retries: wholeNumber(0, 100),
  maxWaitMs: milliseconds,
  timeoutMs: milliseconds,
  connectTimeoutMs: milliseconds,
  batchSize: wholeNumber(1, BATCH_COMMANDS),
  caFile: text,
  proxy: text,
}

const KNOWN = [...Object.keys(PARSERS), 'webhook', 'sharedLimits', 'insecure', 'allowHttp', 'onEvent']

/**
 * Checks the options of a client and fills in the defaults, which are those of the command line.
 *
 * @throws UsageError for an option that does not exist or a value that it cannot have
 */
export function clientSettings(options: Bitrix24Options): ClientSettings {
  refuseUnknown(options, KNOWN)
  const { insecure = false, allowHttp = false, onEvent } = options
  if (onEvent !== undefined && typeof (onEvent as unknown) !== 'function') {
    throw new UsageError('option', 'The option onEvent must be a function.')
  }
  return {
    plan: checked(options, 'plan', PARSERS.plan) ?? 'standard',
    burst: checked(options, 'burst', PARSERS.burst),
    tps: checked(options, 'tps', PARSERS.tps),
    polite: checked(options, 'polite', PARSERS.polite),
    sharedLimits: options.sharedLimits === undefined || checkedFlag(options, 'sharedLimits'),
    stateDir: checked(options, 'stateDir', PARSERS.stateDir),
    redis: checked(options, 'redis', PARSERS.redis),
    retries: checked(options, 'retries', PARSERS.retries) ?? 5,
    maxWaitMs: checked(options, 'maxWaitMs', PARSERS.maxWaitMs) ?? 900_000,
    timeoutMs: checked(options, 'timeoutMs', PARSERS.timeoutMs) ?? 75_000,
    connectTimeoutMs: checked(options, 'connectTimeoutMs', PARSERS.connectTimeoutMs) ?? 10_000,
    batchSize: checked(options, 'batchSize', PARSERS.batchSize) ?? BATCH_COMMANDS,
    caFile: checked(options, 'caFile', PARSERS.caFile),
    // Anything but a plain true leaves the checks on.
    insecure: (insecure as unknown) === true,
    allowHttp: (allowHttp as unknown) === true,
    proxy: checked(options, 'proxy', PARSERS.proxy),
    onEvent: onEvent ?? (() => undefined),
  }
}

/** Reads one option with the parser of the command line. @throws UsageError */
export function checked<T>(options: object, name: string, parse: Parser<T>): T | undefined {
  const value = (options as Record<string, unknown>)[name]
  if (value === undefined) return undefined
  try {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new ValueError('has a value of the wrong type')
    return parse(String(value))
  } catch (error: unknown) {
    if (!(error instanceof ValueError)) throw error
    // A proxy's address may hold a password, so no value is quoted.
    throw new UsageError('option', `The option ${name} ${error.message}.`)
  }
}

/** Reads an option that is true or false; not set is false. @throws UsageError */
export function checkedFlag(options: object, name: string): boolean {
  const value = (options as Record<string, unknown>)[name]
  if (value === undefined || typeof value === 'boolean') return value === true
  throw new UsageError('option', `The option ${name} must be true or false.`)
}

/** Reads an option that is a number. @throws UsageError */
export function checkedNumber(options: object, name: string, parse: Parser<number>): number | undefined {
  const value = (options as Record<string, unknown>)[name]
  if (value === undefined || typeof value === 'number') return checked(options, name, parse)
  throw new UsageError('option', `The option ${name} must be a number.`)
}

/** @throws UsageError for a signal that is none */
export function checkSignal({ signal }: { readonly signal?: unknown }): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw new UsageError('option', 'The option signal must be an AbortSignal.')
}

/** A mistyped option would be passed over, and with it a limit or a condition. @throws UsageError */
export function refuseUnknown(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new UsageError('option', 'The options must be an object.', `There are ${known.join(', ')}.`)
  }
  const stranger = Object.keys(options).find((name) => !known.includes(name))
  if (stranger === undefined) return
  const meant = nearest(stranger, known)
  throw new UsageError(
    'option',
    `There is no option ${stranger}.`,
    meant === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${meant}?`,
  )
}
