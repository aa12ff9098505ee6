import { type EventListener } from '../engine/events.ts'

/** Shows a run to a person. */
export interface Reporter {
  readonly onEvent: EventListener
  /** The run is complete and its rows are in place; `target` is the file, if they went to one. */
  finish(target: string | undefined): void
  /** Takes down whatever is drawn, so that something else can be said; harmless when repeated. */
  stop(): void
}

/** For pipes, cron and `--progress none`: says nothing. */
export const silentReporter: Reporter = {
  onEvent: () => undefined,
  finish: () => undefined,
  stop: () => undefined,
}
