// What is loaded only where limits are shared over Redis.
export { lookAtRedis } from './look.ts'
export { RedisLedger } from './redis-ledger.ts'
