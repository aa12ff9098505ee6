const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to hold back before attempt `attempt` + 1 (the first failure is attempt 1): anything up to a step that doubles
 * from half a second to half a minute. All of it is random, so that programs that failed together do not return together.
 *
 * @param random from 0 up to 1
 */
export function nextDelayMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)))
}
