/** Thrown into whoever produces when nobody wants any more. */
class NoMore extends Error {}

/**
 * Turns one who pushes into one who is asked: `produce` hands over item after item, and each hand-over resolves only
 * when the consumer comes back for the next. A consumer that leaves early ends the work: the hand-over throws, the
 * signal fires, and the end is waited for.
 *
 * @throws what `produce` throws, once all items before it are taken
 */
export async function* pulled<T>(
  produce: (give: (item: T) => Promise<void>, signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  signal.throwIfAborted()
  const left = new AbortController()
  let offer: { item: T; taken(): void; refuse(reason: Error): void } | undefined
  let outcome: { error?: unknown } | undefined
  let wake = (): void => undefined
  const give = (item: T): Promise<void> =>
    new Promise((taken, refuse) => {
      // Whoever took the item before may have left since; nobody would ever come for this one.
      if (left.signal.aborted) {
        refuse(left.signal.reason as Error)
        return
      }
      offer = { item, taken, refuse }
      wake()
    })
  const running = produce(give, AbortSignal.any([signal, left.signal])).then(
    () => {
      outcome = {}
      wake()
    },
    (error: unknown) => {
      outcome = { error }
      wake()
    },
  )
  try {
    for (;;) {
      // What was handed over before the signal fired is not wanted any more either.
      signal.throwIfAborted()
      const current = offer
      if (current !== undefined) {
        yield current.item
        offer = undefined
        current.taken()
      } else if (outcome !== undefined) {
        if ('error' in outcome) throw outcome.error
        return
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    const reason = new NoMore('nobody wants any more')
    left.abort(reason)
    offer?.refuse(reason)
    await running
  }
}
