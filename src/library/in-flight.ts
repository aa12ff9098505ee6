import type { Engine } from '../engine/caller.ts'

/** An engine, and what waits until nothing that was asked of it is under way any more. */
export interface WatchedEngine {
  readonly engine: Engine
  readonly settled: () => Promise<void>
}

/** Lets connections be kept until writes in flight have their answer. */
export function watched(engine: Engine): WatchedEngine {
  const inFlight = new Set<Promise<unknown>>()
  async function watch<T>(call: Promise<T>): Promise<T> {
    inFlight.add(call)
    try {
      return await call
    } finally {
      inFlight.delete(call)
    }
  }
  return {
    engine: {
      ...engine,
      call: (command, options) => watch(engine.call(command, options)),
      batch: (commands, options) => watch(engine.batch(commands, options)),
      raw: (method, body, options) => watch(engine.raw(method, body, options)),
    },
    async settled() {
      while (inFlight.size > 0) await Promise.allSettled(inFlight)
    },
  }
}
