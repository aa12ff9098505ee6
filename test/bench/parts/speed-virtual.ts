import { ID_SHAPES } from '../../../src/sandbox/data/ids.ts'
import type { Part, PartResult } from '../part.ts'
import { isEven } from '../speed-limits.ts'
import { BAD_PORTALS, badPortals } from '../bad-portals.ts'
import { type VirtualPlan, virtualRuns } from '../virtual-plan.ts'

/** Perfect pages of the first two sizes are 940 and 1,128 portal seconds. */
const EDGE_ROWS = 100_000
const SHAPES = [...ID_SHAPES].sort((left, right) => Number(isEven(right)) - Number(isEven(left)))

const PLANS: readonly VirtualPlan[] = [
  // Two windows have 960 s: what uneven ids may cost beyond 940 does not fit, and would be measured as ten minutes.
  ...SHAPES.filter(isEven).map((ids) => ({ rows: EDGE_ROWS, pageMs: 470, ids })),
  ...SHAPES.map((ids) => ({ rows: 120_000, pageMs: 470, ids })),
  ...SHAPES.map((ids) => ({ rows: 300_000, pageMs: 220, ids })),
  ...SHAPES.map((ids) => ({ rows: 1_000_000, pageMs: 30, ids })),
].map((plan) => ({ ...plan, name: `${plan.rows} x ${plan.pageMs} ms, ${plan.ids}` }))

const NOTHING: PartResult = { report: '', failures: [] }

export const SPEED_VIRTUAL: Part = {
  name: 'speed-virtual',
  promise: `The same promises for what takes too long in real time: portal and client in one process, on a clock that waits for nothing; processor time does not count there. Pages of 470 ms, a million rows, and exports over several windows of operating time. ${BAD_PORTALS}`,
  options: ['only'],
  async run(say, { only = '' }) {
    const chosen = PLANS.filter(({ name }) => name.includes(only))
    const regular = chosen.length === 0 ? NOTHING : await virtualRuns(chosen, say)
    const bad = await badPortals(only, say)
    return {
      report: [regular.report, bad.report].filter((report) => report !== '').join('\n\n'),
      failures: [...regular.failures, ...bad.failures],
    }
  },
}
