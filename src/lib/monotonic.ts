import { hrtime } from 'node:process'

/**
 * Milliseconds of a clock that nobody sets. `performance.now` says the same, but Node.js loads a module of 2 ms for it,
 * which every start would pay.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1_000 + nanoseconds / 1e6
}
