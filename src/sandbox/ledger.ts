import type { FaultName } from './faults.ts'

type Tally = Record<string, number>

/** What the portal has done since it started; the body of `/_sandbox/stats`. */
export interface SandboxStats {
  requests: number
  batches: number
  /** Commands of batches and direct calls, by method. */
  commands: Tally
  /** List pages answered, also empty ones. */
  pages: number
  rowsServed: number
  /** Bytes of bodies handed to the network, before compression. */
  bytes: number
  billedSeconds: number
  billedSecondsByMethod: Tally
  refusals: Tally
  /** Refusals of the two limits, spurious ones not counted: a client that keeps the limits has none. */
  violations: { bucket: number; operating: number }
  faults: Partial<Record<FaultName, number>>
  writes: Tally
  peakInFlight: number
  /** What concurrent writers (faults) did. */
  changes: { inserted: number; updated: number; deleted: number }
  /** Requests for tokens, which are no requests of the portal, by what came of them. */
  tokens: { code: number; refresh: number; refused: number }
  /** Path of a webhook that has no rights at all. */
  scopeless: string
}

/** Counts for `/_sandbox/stats`. */
export class Ledger {
  readonly stats: SandboxStats
  #inFlight = 0

  constructor() {
    this.stats = {
      requests: 0,
      batches: 0,
      commands: {},
      pages: 0,
      rowsServed: 0,
      bytes: 0,
      billedSeconds: 0,
      billedSecondsByMethod: {},
      refusals: {},
      violations: { bucket: 0, operating: 0 },
      faults: {},
      writes: {},
      peakInFlight: 0,
      changes: { inserted: 0, updated: 0, deleted: 0 },
      tokens: { code: 0, refresh: 0, refused: 0 },
      scopeless: '',
    }
  }

  enter(): void {
    this.#inFlight++
    this.stats.peakInFlight = Math.max(this.stats.peakInFlight, this.#inFlight)
  }

  leave(): void {
    this.#inFlight--
  }

  called(method: string, rows: number | undefined, seconds: number): void {
    increase(this.stats.commands, method)
    increase(this.stats.billedSecondsByMethod, method, seconds)
    this.stats.billedSeconds += seconds
    if (rows === undefined) return
    this.stats.pages++
    this.stats.rowsServed += rows
  }

  refused(code: string): void {
    increase(this.stats.refusals, code)
  }

  fired(name: FaultName): void {
    this.stats.faults[name] = (this.stats.faults[name] ?? 0) + 1
  }

  askedForTokens(outcome: keyof SandboxStats['tokens']): void {
    this.stats.tokens[outcome]++
  }

  wrote(method: string): void {
    increase(this.stats.writes, method)
  }
}

function increase(tally: Tally, key: string, by = 1): void {
  tally[key] = (tally[key] ?? 0) + by
}
