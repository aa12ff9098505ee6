/**
 * The outcome of `work`, unless `signal` fires first: then its reason is thrown. For work that does not watch the signal
 * itself, such as reading a standard input that nobody writes to.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whatever becomes of it once nobody waits for it is nobody's business.
  work.catch(() => undefined)
  signal.throwIfAborted()
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
