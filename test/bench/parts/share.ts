import type { ProcessRun } from '../child.ts'
import { fixed, median, type Part, verdict } from '../part.ts'
import { type Way, WAYS, withReplay } from '../share-run.ts'
import { table } from '../table.ts'

const ROWS = 300_000
const ROW_BYTES = 1350
const ROUNDS = 5

const NAMES: Readonly<Record<Way, string>> = {
  bare: 'bare program',
  ndjson: 'bx24, NDJSON',
  csv: 'bx24, CSV',
}
const MOST_RATIO: Readonly<Record<Way, number>> = { bare: 1, ndjson: 0.4, csv: 1.1 }

export const SHARE: Part = {
  name: 'share',
  promise: `The processor time of the whole process for ${ROWS} rows of 1.35 KB to a file is at most ${MOST_RATIO.ndjson} times that of a bare program, to CSV at most ${MOST_RATIO.csv} times. The bare program gets the same answers with undici, one after the other, parses each with JSON.parse and writes JSON.stringify of each row, a page at a time. Both read from a server that plays prepared bytes back, so that no portal is measured with them.`,
  run: (say) =>
    withReplay({ rows: ROWS, rowBytes: ROW_BYTES }, async (run) => {
      const runs = new Map<Way, ProcessRun[]>(WAYS.map((way) => [way, []]))
      // One after the other in each round: what else the machine does falls on all of them.
      for (let round = 1; round <= ROUNDS; round++) {
        for (const way of WAYS) {
          const one = await run(way)
          say(`${NAMES[way]}, round ${round}: ${fixed(one.cpuSeconds, 2)} s`)
          runs.get(way)?.push(one)
        }
      }
      const cpuOf = (way: Way): number[] =>
        (runs.get(way) ?? []).map(({ cpuSeconds = Number.NaN }) => cpuSeconds)
      const floor = median(cpuOf('bare'))
      const rows = WAYS.map((way) => ({ way, ratio: median(cpuOf(way)) / floor })).map(({ way, ratio }) => {
        // Not `>`: what could not be measured must not pass.
        const faults =
          ratio <= MOST_RATIO[way] ? [] : [`${ratio.toFixed(2)} times, ${MOST_RATIO[way]} promised`]
        return { faults, cells: cellsOf(way, runs.get(way) ?? [], ratio, faults) }
      })
      return {
        report: `${table(
          HEAD,
          rows.map(({ cells }) => cells),
        )}\n\n${ROUNDS} rounds; medians, but for the peak.`,
        failures: rows.flatMap(({ faults, cells }) => faults.map((fault) => `${cells[0] ?? ''}: ${fault}`)),
      }
    }),
}

const HEAD = ['program', 'CPU s', 'least', 'most', 'ratio', 'wall s', 'most MB', 'verdict']

function cellsOf(way: Way, runs: readonly ProcessRun[], ratio: number, faults: readonly string[]): string[] {
  const cpu = runs.map(({ cpuSeconds = Number.NaN }) => cpuSeconds)
  return [
    NAMES[way],
    fixed(median(cpu), 2),
    fixed(Math.min(...cpu), 2),
    fixed(Math.max(...cpu), 2),
    fixed(ratio, 2),
    fixed(median(runs.map(({ wallSeconds }) => wallSeconds)), 1),
    fixed(Math.max(...runs.map(({ peakMb = Number.NaN }) => peakMb)), 0),
    way === 'bare' ? '-' : verdict(faults),
  ]
}
