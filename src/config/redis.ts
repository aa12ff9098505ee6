import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigError, UsageError } from '../errors.ts'
import { parseRedisAddress, type RedisAddress } from '../lib/redis-address.ts'
import { systemCode } from '../lib/system-code.ts'
import { PROFILES_KEY } from './file-keys.ts'
import type { Given } from './settings.ts'
import { type Parser, ValueError } from './values.ts'

/** Names the file that holds the address, in place of the address itself. */
export const REDIS_FILE = 'BX24_REDIS_FILE'

/** The address of a Redis server. */
export const redisAddress: Parser<RedisAddress> = Object.assign(
  (given: string): RedisAddress => {
    const address = parseRedisAddress(given.trim())
    if (address === undefined) {
      throw new ValueError(
        'must be the address of a Redis server such as redis://HOST:6379/0 or rediss://USER:PASSWORD@HOST',
      )
    }
    return address
  },
  { schema: { type: 'string', pattern: '^rediss?://' } },
)

/** The address without its password. */
export function shownAddress(given: string): string {
  return parseRedisAddress(given.trim())?.shown ?? '***'
}

/** Whether a configuration file holds an address with a password, so that others must not read it. */
export function holdsPassword(values: Readonly<Record<string, unknown>>): boolean {
  const profiles = (values[PROFILES_KEY] ?? {}) as Readonly<Record<string, unknown>>
  return [values, ...Object.values(profiles)].some((place) => {
    const { redis } = (place ?? {}) as { readonly redis?: unknown }
    return typeof redis === 'string' && parseRedisAddress(redis.trim())?.password !== undefined
  })
}

/** Arguments are seen by every user of the machine. @throws UsageError for a password on the command line */
export function refusePasswordInArguments(address: RedisAddress | undefined, given: Given | undefined): void {
  if (address?.password === undefined || given?.origin.kind !== 'flag') return
  throw new UsageError(
    'redis-password',
    '--redis holds a password, and every user of the machine can see the command line.',
    'Set BX24_REDIS, or BX24_REDIS_FILE to a file that holds the address, or redis in .bitrixrc (mode 0600).',
  )
}

/**
 * The environment with what the file holds that `BX24_REDIS_FILE` names in the place of `BX24_REDIS`.
 *
 * @throws ConfigError if both are set, or if the file cannot be trusted
 */
export async function withRedisFile(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
  modesMatter: boolean,
): Promise<Readonly<Record<string, string | undefined>>> {
  const file = environment[REDIS_FILE] ?? ''
  if (file === '') return environment
  if ((environment['BX24_REDIS'] ?? '') !== '') {
    throw new ConfigError(
      'redis-twice',
      `Both BX24_REDIS and ${REDIS_FILE} are set.`,
      'Unset one of them: they may name different servers.',
    )
  }
  return { ...environment, BX24_REDIS: await readRedisFile(resolve(cwd, file), modesMatter) }
}

async function readRedisFile(path: string, modesMatter: boolean): Promise<string> {
  const named = `${REDIS_FILE} names ${path}`
  try {
    // As with the webhook: secrets are mounted readable by all, but who writes it chooses the server.
    const { mode } = await stat(path)
    if (modesMatter && (mode & 0o002) !== 0) {
      throw new ConfigError(
        'redis-file-exposed',
        `${named}, which every user may write (mode ${(mode & 0o777).toString(8)}).`,
        `Close it with: chmod o-w ${path}`,
      )
    }
    return (await readFile(path, 'utf8')).trim()
  } catch (error: unknown) {
    const code = systemCode(error)
    if (code === undefined || error instanceof ConfigError) throw error
    throw new ConfigError('unreadable', `${named}, which cannot be read: ${code}.`)
  }
}
