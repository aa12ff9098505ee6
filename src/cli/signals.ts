import { InterruptedError } from '../errors.ts'

type StopSignal = InterruptedError['signal']
const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** How long a run may clean up before it is cut off. */
const CLEAN_UP_MS = 5_000

export interface SignalWatch {
  /** Fires with an InterruptedError at the first signal. */
  readonly signal: AbortSignal
  /** Ends the process by this signal, so that whoever started it sees how it ended. */
  raise(signal: StopSignal): void
  /** Lets signals do again what they do by default. */
  stop(): void
}

/**
 * Watches for the signals that ask a process to end. The first one asks the run to stop; a second one, or five seconds
 * without an end, stops it there and then. `say` is told once, with what to show on a terminal.
 */
export function watchSignals(say: (text: string) => void): SignalWatch {
  const controller = new AbortController()
  let deadline: NodeJS.Timeout | undefined

  function stop(): void {
    clearTimeout(deadline)
    // Everybody's handlers, those of libraries too: with one left, the signal raised again would be swallowed.
    for (const name of STOP_SIGNALS) process.removeAllListeners(name)
  }

  function raise(signal: StopSignal): void {
    stop()
    process.kill(process.pid, signal)
  }

  function onSignal(signal: StopSignal): void {
    if (controller.signal.aborted) {
      raise(signal)
      return
    }
    say('stopping; press Ctrl-C again to quit now')
    deadline = setTimeout(() => raise(signal), CLEAN_UP_MS)
    controller.abort(new InterruptedError(signal))
  }

  for (const name of STOP_SIGNALS) process.on(name, () => onSignal(name))
  return { signal: controller.signal, raise, stop }
}
