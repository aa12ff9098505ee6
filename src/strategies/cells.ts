import type { Cell } from '../engine/events.ts'

/** What one look into the list showed: the first ids behind `after`, ascending. */
export interface Probe {
  readonly after: number
  readonly ids: readonly number[]
  /** Whether the page was full, so that more rows lie behind its last id. */
  readonly isFull: boolean
}

/** `count` places from which to look, evenly spread over the ids behind `after` up to `upTo`; the first is `after`. */
export function probePoints(after: number, upTo: number, count: number): number[] {
  const points = Array.from({ length: count }, (_, at) => after + Math.floor(((upTo - after) * at) / count))
  return [...new Set(points)]
}

/**
 * The cells between the probes, which are in ascending order, up to and with `upTo`.
 *
 * A page that reaches beyond its cell, or is short, has counted it. Else the cell is taken to go on as densely as the
 * ids of the page lie: right for even stretches, too much where an island ends. Nobody can tell from there; whoever
 * reads the rows will see.
 */
export function cellsOf(probes: readonly Probe[], upTo: number): Cell[] {
  return probes.map(({ after, ids, isFull }, at) => {
    const end = probes[at + 1]?.after ?? upTo
    const inside = ids.filter((id) => id > after && id <= end)
    const first = inside[0]
    const last = inside.at(-1)
    const isCounted = !isFull || inside.length < ids.length || last === end
    if (isCounted || first === undefined || last === undefined || last === first) {
      return { upTo: end, rows: inside.length, isExact: isCounted }
    }
    const density = (inside.length - 1) / (last - first)
    return { upTo: end, rows: inside.length + (end - last) * density, isExact: false }
  })
}
