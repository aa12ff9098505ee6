import { ConfigError } from '../../errors.ts'
import type { RedisServer } from './client.ts'
import type { SharedLimits } from './look.ts'
import type { RedisLedger, RedisLedgerOptions } from './redis-ledger.ts'

/**
 * A ledger that machines share over Redis. What that takes is loaded here, and no sooner.
 *
 * @throws ConfigError if the package for Redis is not installed
 */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<RedisLedger> {
  const { RedisLedger } = await import('./all.ts')
  return withPackage(RedisLedger.open(options))
}

/**
 * What machines know together of this portal, or of all.
 *
 * @throws ConfigError if the package for Redis is not installed; whatever the system says if Redis cannot be used
 */
export async function lookAtRedis(server: RedisServer, host?: string): Promise<SharedLimits[]> {
  const redis = await import('./all.ts')
  return withPackage(redis.lookAtRedis(server, host))
}

async function withPackage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new ConfigError(
      'redis-package',
      'Limits are shared over Redis with the package ioredis, which is not installed.',
      'It is an optional package of bx24-cli: install bx24-cli again without --omit=optional, or ioredis beside it.',
    )
  }
}
