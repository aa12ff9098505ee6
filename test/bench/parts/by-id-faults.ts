import type { FaultName } from '../../../src/sandbox/faults.ts'
import { type ByIdPlan, runPlan } from '../by-id-plan.ts'
import type { ByIdRun } from '../by-id-run.ts'
import { PASSING, troubledPortal, withChance } from '../fault-plan.ts'
import { fixed, type Part, verdict } from '../part.ts'
import { sideBySide } from '../side-by-side.ts'
import { table } from '../table.ts'

const DEALS = 5000
const PARENTS = 500
const PERCENT = 5
const SEEDS = [1, 2, 3]
const AT_ONCE = 6

/** What is refused for good is refused; feigned operating limits cost seconds each, and the tests have them. */
const FAULTS: readonly FaultName[] = PASSING.filter(
  (name) => name !== 'refused-command' && name !== 'operating-limit',
)

interface FaultSet {
  readonly name: string
  readonly kind: ByIdPlan['kind']
  readonly faults: readonly FaultName[]
  readonly words: readonly string[]
}

const SETS: readonly FaultSet[] = (['deals', 'comments'] as const).flatMap((kind) => [
  { name: `${kind}, all passing, 100 retries`, kind, faults: FAULTS, words: ['--retries', '100'] },
  // Among single rows there is no list to be emptied.
  ...FAULTS.filter((fault) => kind === 'comments' || fault !== 'empty-command').map((fault) => ({
    name: `${kind}, ${fault}`,
    kind,
    faults: [fault],
    words: [],
  })),
])

interface Judged {
  readonly set: FaultSet
  readonly seed: number
  readonly run: ByIdRun
}

export const BY_ID_FAULTS: Part = {
  name: 'by-id-faults',
  promise: `${DEALS} deals by id, and the comments of ${PARENTS} deals of which every tenth has 173, with each fault at ${PERCENT} % and all passing ones at once: all there, complete and in order, exit code 0.`,
  async run(say) {
    const tasks = SETS.flatMap((set) =>
      SEEDS.map((seed) => async () => {
        const run = await runPlan(planOf(set, seed))
        say(`${set.name}, seed ${seed}: ${fixed(run.wallSeconds, 1)} s, ${verdict(run.faults)}`)
        return { set, seed, run }
      }),
    )
    const judged = await sideBySide(tasks, AT_ONCE)
    const rows = SETS.map((set) => rowOf(set, judged))
    return {
      report: table(HEAD, rows),
      failures: [
        ...judged
          .filter(({ run }) => run.faults.length > 0)
          .map(({ set, seed, run }) => `${set.name}, seed ${seed}: ${run.faults.join('; ')}`),
        // What never strikes shows nothing.
        ...rows.filter(([, , , struck]) => struck === '0').map(([name]) => `${name ?? ''}: nothing struck`),
      ],
    }
  },
}

function planOf({ name, kind, faults, words }: FaultSet, seed: number): ByIdPlan {
  const rows = String(kind === 'deals' ? DEALS : PARENTS)
  return {
    name,
    kind,
    settings: { ...troubledPortal(2), rows, seed: String(seed), fault: withChance(faults, PERCENT) },
    words: ['--plan', 'box', '--timeout', '2s', ...words],
  }
}

const HEAD = ['what', 'runs', 'lines', 'struck', 'requests', 'wall s', 'verdict']

/** All seeds of a set in one line. */
function rowOf(set: FaultSet, judged: readonly Judged[]): string[] {
  const runs = judged.filter((one) => one.set === set).map(({ run }) => run)
  const sum = (of: (run: ByIdRun) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const struck = ({ stats }: ByIdRun): number =>
    Object.values(stats.faults).reduce((total, one) => total + one, 0)
  return [
    set.name,
    String(runs.length),
    String(sum(({ lines }) => lines)),
    String(sum(struck)),
    String(sum(({ stats }) => stats.requests)),
    fixed(sum(({ wallSeconds }) => wallSeconds) / runs.length, 1),
    verdict(runs.flatMap(({ faults }) => faults)),
  ]
}
