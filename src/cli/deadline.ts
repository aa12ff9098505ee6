import { OwnLimitError } from '../errors.ts'

export interface Deadline {
  /** Fires when the time is over, and whenever the other signal does. */
  readonly signal: AbortSignal
  /** The run has ended; lets the process end, too. */
  stop(): void
}

/** The end of a run by `--max-duration`, in milliseconds from now; `undefined` for none. `hint` says how to go on. */
export function deadlineAfter(
  ms: number | undefined,
  signal: AbortSignal,
  hint: string | undefined,
): Deadline {
  if (ms === undefined) return { signal, stop: () => undefined }
  const over = new AbortController()
  const timer = setTimeout(
    () => over.abort(new OwnLimitError(`Stopped after ${ms / 1_000} s, as --max-duration says.`, hint)),
    ms,
  )
  return { signal: AbortSignal.any([signal, over.signal]), stop: () => clearTimeout(timer) }
}
