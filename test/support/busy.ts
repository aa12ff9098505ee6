import { availableParallelism, loadavg } from 'node:os'

/**
 * Seconds that something may take which should take `seconds`: twice as many where others keep the processors busy, since
 * programs then start late and answer late, which is not their doing.
 */
export function allowed(seconds: number): number {
  return (loadavg()[0] ?? 0) < 2 * availableParallelism() ? seconds : 2 * seconds
}
