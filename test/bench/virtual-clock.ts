import FakeTimers from '@sinonjs/fake-timers'

/** How far time goes at once; what falls into a step happens in its order all the same. */
const STEP_MS = 1000

/**
 * Runs `work` on timers that wait for nothing: an hour passes as fast as the work in it goes. Nothing else in the process
 * may rely on time meanwhile.
 *
 * @throws what `work` throws; an error if it has not ended after so many hours
 */
export async function inVirtualTime<T>(
  work: () => Promise<T>,
  mostHours: number,
): Promise<{ readonly value: T; readonly seconds: number }> {
  const clock = FakeTimers.install({
    now: 1_700_000_000_000,
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
    ],
  })
  try {
    const startedAt = clock.now
    let settled: { readonly value: T; readonly at: number } | { readonly error: unknown } | undefined
    void work().then(
      (value) => {
        settled = { value, at: clock.now }
      },
      (error: unknown) => {
        settled = { error }
      },
    )
    while (settled === undefined && clock.now - startedAt < mostHours * 3_600_000)
      await clock.tickAsync(STEP_MS)
    if (settled === undefined) throw new Error(`not done after ${mostHours} h of virtual time`)
    if ('error' in settled) throw settled.error
    return { value: settled.value, seconds: (settled.at - startedAt) / 1000 }
  } finally {
    clock.uninstall()
  }
}
