/** More than fit on a line. */
const MOST = 20

/** A run begins with slices of this length; each time they are used up they become twice as long. */
const FIRST_MS = 50

/** How a run went, in equal parts of its time; the last one is not over. */
export interface SliceFigures {
  readonly sliceMs: number
  /** Requests in flight, on the average. */
  readonly inFlight: readonly number[]
  /** Commands in the requests that were sent in it, on the average; `undefined` where none was. */
  readonly commands: readonly (number | undefined)[]
  /** Rows that left for the output. */
  readonly rows: readonly number[]
}

interface Slice {
  /** Milliseconds times requests in flight. */
  inFlightMs: number
  requests: number
  commands: number
  rows: number
}

/** A run of any length in at most 20 slices. Times are milliseconds since it began. */
export class Slices {
  #sliceMs = FIRST_MS
  #slices: Slice[] = []

  /** So many requests were in flight in this time. */
  passed(fromMs: number, toMs: number, inFlight: number): void {
    // Looked up first: it may make the slices longer.
    this.#at(toMs)
    for (let at = fromMs; at < toMs;) {
      const end = Math.min(toMs, (Math.floor(at / this.#sliceMs) + 1) * this.#sliceMs)
      this.#at(at).inFlightMs += (end - at) * inFlight
      at = end
    }
  }

  sent(atMs: number, commands: number): void {
    const slice = this.#at(atMs)
    slice.requests++
    slice.commands += commands
  }

  rows(atMs: number, rows: number): void {
    this.#at(atMs).rows += rows
  }

  figures(nowMs: number): SliceFigures {
    const lengthOf = (at: number): number => Math.min(this.#sliceMs, nowMs - at * this.#sliceMs)
    // One that has just begun says nothing.
    const begun = this.#slices.filter((_slice, at) => lengthOf(at) > 0)
    return {
      sliceMs: this.#sliceMs,
      inFlight: begun.map(({ inFlightMs }, at) => inFlightMs / lengthOf(at)),
      commands: begun.map(({ commands, requests }) => (requests === 0 ? undefined : commands / requests)),
      rows: begun.map(({ rows }) => rows),
    }
  }

  #at(ms: number): Slice {
    while (ms >= MOST * this.#sliceMs) this.#coarsen()
    const at = Math.max(0, Math.floor(ms / this.#sliceMs))
    while (this.#slices.length <= at) this.#slices.push({ inFlightMs: 0, requests: 0, commands: 0, rows: 0 })
    return this.#slices[at] as Slice
  }

  #coarsen(): void {
    this.#sliceMs *= 2
    this.#slices = this.#slices.flatMap((slice, at) => {
      if (at % 2 === 1) return []
      const next = this.#slices[at + 1]
      return [next === undefined ? slice : sum(slice, next)]
    })
  }
}

function sum(one: Slice, other: Slice): Slice {
  return {
    inFlightMs: one.inFlightMs + other.inFlightMs,
    requests: one.requests + other.requests,
    commands: one.commands + other.commands,
    rows: one.rows + other.rows,
  }
}
