const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to hold back before attempt `attempt` + 1 (the first failure is attempt 1): doubling from half a second up
 * to half a minute, the upper half of each step random, so that programs that failed together do not return together.
 *
 * @param random from 0 up to 1
 */
export function nextDelayMs(attempt: number, random: number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1))
  return Math.round(step / 2 + (step / 2) * random)
}
