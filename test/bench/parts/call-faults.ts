import type { FaultName } from '../../../src/sandbox/faults.ts'
import { addLeads, callFaults, type CallRun } from '../call-run.ts'
import { PASSING_WRITE_FAULTS, troubledPortal, withChance, WRITE_FAULTS } from '../fault-plan.ts'
import { tallyOf } from '../fates.ts'
import { fixed, type Part, verdict } from '../part.ts'
import { withPortal } from '../portal-process.ts'
import { sideBySide } from '../side-by-side.ts'
import { table } from '../table.ts'

const ROWS = 5000
const PERCENT = 5
const SEEDS = [1, 2, 3]

/** How many runs go side by side: mostly they wait. */
const AT_ONCE = 6

/** Feigned operating limits cost minutes each; the tests have them in virtual time. */
const TOGETHER = PASSING_WRITE_FAULTS.filter((name) => name !== 'operating-limit')

interface Plan {
  readonly name: string
  readonly faults: readonly FaultName[]
  readonly words: readonly string[]
}

const PLANS: readonly Plan[] = [
  // Half of all requests fail: with the usual number of retries the run is given up.
  { name: 'all passing, 100 retries', faults: TOGETHER, words: ['--retries', '100'] },
  { name: 'all passing', faults: TOGETHER, words: [] },
  ...WRITE_FAULTS.map((fault) => ({ name: fault, faults: [fault], words: [] })),
  { name: 'none', faults: [], words: [] },
]

interface Judged {
  readonly plan: Plan
  readonly seed: number
  readonly run: CallRun
  readonly faults: readonly string[]
}

export const CALL_FAULTS: Part = {
  name: 'call-faults',
  promise: `${ROWS} new leads with each fault at ${PERCENT} %, and with all passing ones at once: none comes twice, and each has exactly one fate, which is true.`,
  async run(say) {
    const tasks = PLANS.flatMap((plan) =>
      SEEDS.map((seed) => async () => {
        const judged = await judge(plan, seed)
        const { run, faults } = judged
        say(
          `${plan.name}, seed ${seed}: ${fixed(run.wallSeconds, 1)} s, exit ${run.code ?? '-'}, ${verdict(faults)}`,
        )
        return judged
      }),
    )
    const judged = await sideBySide(tasks, AT_ONCE)
    return {
      report: summary(judged),
      failures: judged
        .filter(({ faults }) => faults.length > 0)
        .map(({ plan, seed, faults }) => `${plan.name}, seed ${seed}: ${faults.join('; ')}`),
    }
  },
}

function judge(plan: Plan, seed: number): Promise<Judged> {
  const fault = withChance(plan.faults, PERCENT)
  const settings = { ...troubledPortal(2), rows: '10', seed: String(seed), fault }
  return withPortal(settings, async (portal) => {
    const words = ['--plan', 'box', '--timeout', '2s', ...plan.words]
    const run = await addLeads(portal, { count: ROWS, words, boundMs: 1_800_000 })
    const struck = Object.keys(run.stats.faults).length
    const faults = callFaults(run)
    // What never strikes shows nothing.
    if (struck < Math.min(1, plan.faults.length)) faults.push('nothing struck')
    return { plan, seed, run, faults }
  })
}

/** All seeds of a plan in one line. */
function summary(judged: readonly Judged[]): string {
  const rows = PLANS.map((plan) => {
    const own = judged.filter((one) => one.plan === plan)
    const tallies = own.map(({ run }) => tallyOf(run.said, run.executions))
    const sum = (of: (index: number) => number): string =>
      String(own.reduce((total, _, index) => total + of(index), 0))
    const codes = [...new Set(own.map(({ run }) => String(run.code ?? run.signal)))].sort()
    return [
      plan.name,
      String(own.length),
      sum((at) => tallies[at]?.done ?? 0),
      sum((at) => tallies[at]?.refused ?? 0),
      sum((at) => tallies[at]?.unknown ?? 0),
      sum((at) => tallies[at]?.executed ?? 0),
      sum((at) => tallies[at]?.twice ?? 0),
      sum((at) => own[at]?.run.stats.requests ?? 0),
      fixed(own.reduce((total, { run }) => total + run.wallSeconds, 0) / own.length, 1),
      codes.join(' '),
      verdict(own.flatMap(({ faults }) => faults)),
    ]
  })
  const head = [
    'fault',
    'runs',
    'done',
    'refused',
    'unknown',
    'executed',
    'twice',
    'requests',
    'wall s',
    'exit',
    'verdict',
  ]
  return table(head, rows)
}
