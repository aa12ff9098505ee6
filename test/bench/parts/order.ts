import { ID_SHAPES } from '../../../src/sandbox/data/ids.ts'
import { fixed, type Part, verdict } from '../part.ts'
import { table } from '../table.ts'
import { virtualPortal } from '../virtual-plan.ts'
import { virtualWalk } from '../virtual-walk.ts'

const ROWS = 100_000
const PAGE_MS = 220
const LANES = [4, 8]
const MOST_TIME = 1.03

const PLANS = LANES.flatMap((lanes) =>
  ID_SHAPES.map((ids) => ({ lanes, ids, name: `${ROWS} x ${PAGE_MS} ms, ${ids}, ${lanes} lanes` })),
)

export const ORDER: Part = {
  name: 'order',
  promise: `Rows leave in the order of their ids, so what was read early waits, and nothing is begun too far ahead of it. The same walk with no such bound, at the same lanes, would need as much memory as the list has text; the bound costs at most ${Math.round((MOST_TIME - 1) * 100)} % of its time. Portal and client in one process, on a clock that waits for nothing.`,
  options: ['only'],
  async run(say, { only = '' }) {
    const rows: string[][] = []
    const failures: string[] = []
    for (const { name, ids, lanes } of PLANS.filter((plan) => plan.name.includes(only))) {
      const settings = virtualPortal({ rows: ROWS, ids, pageMs: PAGE_MS })
      const bounded = await virtualWalk(settings, lanes, undefined)
      const unbounded = await virtualWalk(settings, lanes, Infinity)
      const ratio = bounded.wallSeconds / unbounded.wallSeconds
      const faults = [
        ...([bounded, unbounded].every((walk) => walk.rows === ROWS) ? [] : ['rows are missing']),
        // Not `>`: what could not be measured must not pass.
        ...(ratio <= MOST_TIME ? [] : [`${ratio.toFixed(3)} times the time, ${MOST_TIME} promised`]),
      ]
      rows.push([
        name,
        fixed(bounded.wallSeconds, 1),
        fixed(unbounded.wallSeconds, 1),
        fixed(ratio, 3),
        String(bounded.requests),
        String(unbounded.requests),
        verdict(faults),
      ])
      say(rows.at(-1)?.join('  ') ?? '')
      if (faults.length > 0) failures.push(`${name}: ${faults.join('; ')}`)
    }
    return { report: table(HEAD, rows), failures }
  },
}

const HEAD = ['run', 'wall s', 'unbounded s', 'ratio', 'requests', 'unbounded requests', 'verdict']
