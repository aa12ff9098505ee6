import { vi } from 'vitest'

/**
 * Runs `work` on fake timers, as fast as it goes, for at most `hours` of virtual time.
 *
 * @throws what `work` throws; an error if it has not ended by then
 */
export async function inVirtualTime<T>(
  work: () => Promise<T>,
  hours = 4,
): Promise<{ value: T; seconds: number }> {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  try {
    const startedAt = Date.now()
    let outcome: { value: T } | { error: unknown } | undefined
    let endedAt = startedAt
    void work().then(
      (value) => {
        outcome = { value }
        endedAt = Date.now()
      },
      (error: unknown) => {
        outcome = { error }
      },
    )
    while (outcome === undefined && Date.now() - startedAt < hours * 3_600_000) {
      await vi.advanceTimersByTimeAsync(250)
    }
    if (outcome === undefined) throw new Error(`not done after ${hours} h of virtual time`)
    if ('error' in outcome) throw outcome.error
    return { value: outcome.value, seconds: (endedAt - startedAt) / 1000 }
  } finally {
    vi.useRealTimers()
  }
}
