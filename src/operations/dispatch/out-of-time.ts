import type { Caller } from '../../engine/caller.ts'
import type { Unit } from './unit.ts'

/** What of a run has to wait, and when to look again (Unix ms). */
export interface Held {
  readonly methods: ReadonlySet<string>
  readonly until: number
}

const NOTHING: Held = { methods: new Set(), until: 0 }

/**
 * Finds methods that have used up their operating time while others have not: what calls these need not wait for it.
 * Methods that go together in a request which waits are held as well, or others would take from under its hands what it
 * waits for.
 */
export class OutOfTime {
  readonly #caller: Caller
  /** Methods of each request that was handed over and not answered. */
  readonly #inFlight = new Map<readonly Unit[], ReadonlySet<string>>()

  constructor(caller: Caller) {
    this.#caller = caller
  }

  begin(units: readonly Unit[]): void {
    this.#inFlight.set(units, methodsOf(units))
  }

  end(units: readonly Unit[]): void {
    this.#inFlight.delete(units)
  }

  /** @param seconds that a request is expected to take */
  find(ready: readonly Unit[], seconds: number): Held {
    // With nothing in flight, whoever is first waits at the gate, which tells of it.
    if (this.#inFlight.size === 0 || this.#caller.freeAt === undefined) return NOTHING
    const now = Date.now()
    const methods = new Set<string>()
    let until = Infinity
    for (const method of methodsOf(ready)) {
      const freeAt = this.#caller.freeAt(method, seconds)
      if (freeAt <= now) continue
      methods.add(method)
      until = Math.min(until, freeAt)
    }
    for (const together of this.#inFlight.values()) {
      if ([...together].some((method) => methods.has(method))) for (const one of together) methods.add(one)
    }
    return { methods, until }
  }
}

function methodsOf(units: readonly Unit[]): Set<string> {
  return new Set(units.flatMap(({ commands }) => commands.map(({ method }) => method)))
}
