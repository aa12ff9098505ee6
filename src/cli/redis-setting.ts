import { redisAddress, shownAddress } from '../config/redis.ts'

/** Over which server machines share their limits. */
export const REDIS_SETTING = {
  placeholder: '<URL>',
  description:
    'share the limits with other machines over this Redis server, redis://HOST:6379/0, or rediss:// for TLS; ' +
    'an address with a password belongs into BX24_REDIS or a file',
  group: 'Portal and network',
  parse: redisAddress,
  shown: shownAddress,
} as const
