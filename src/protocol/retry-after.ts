/** Nobody waits for longer, and a date behind it can be told. */
const MOST_MS = 365 * 24 * 3_600_000

/**
 * How long an answer asks to be left alone, by its header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. The portal
 * itself is not known to send one; what stands before it may. `undefined` if it says nothing that can be read.
 *
 * @param now Unix milliseconds
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(MOST_MS, Number(text) * 1000)
  const at = /[a-z]/i.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(at) ? undefined : Math.min(MOST_MS, Math.max(0, at - now))
}
