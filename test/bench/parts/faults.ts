import type { FaultName } from '../../../src/sandbox/faults.ts'
import { type Disturbance, disturbedExport } from '../disturbed-export.ts'
import { isComplete } from '../export-run.ts'
import { ALL_FAULTS, PASSING, withChance } from '../fault-plan.ts'
import { failuresOf, type JudgedRun, type Part, runTable, sayRun } from '../part.ts'
import { sideBySide } from '../side-by-side.ts'
import { table } from '../table.ts'

const ROWS = 20_000
const PERCENT = 5
const SEEDS = [1, 2, 3]

/** How many runs go side by side. All faults together mean waiting, one means work. */
const AT_ONCE = { together: 6, alone: 3 }

/** Seconds; see `troubledPortal`. Between two refusals there are attempts that fail otherwise, and pauses. */
const WINDOW_TOGETHER = 7

/** For the runs with all faults together, which wait for many minutes. */
const BOUND_MS = 1_200_000

/** Faults that are tried on the newer dialect too: one of each kind. */
const ON_ITEMS: readonly FaultName[] = [
  'http-502',
  'reset-middle',
  'truncated',
  'empty-batch',
  'empty-command',
  'failing-command',
  'inserts',
  'updates',
  'deletes',
]

export const FAULTS_PART: Part = {
  name: 'faults',
  promise: `Each fault alone at ${PERCENT} %, and all passing ones at once: every row exactly once and exit code 0, or an honest other code and the old file untouched.`,
  async run(say) {
    const tasks = (disturbances: readonly Disturbance[]): (() => Promise<JudgedRun>)[] =>
      disturbances.map((one) => async () => {
        const judged = await disturbedExport(one)
        sayRun(say, judged)
        return judged
      })
    const [together, alone] = await Promise.all([
      sideBySide(tasks(allTogether()), AT_ONCE.together),
      sideBySide(tasks(oneByOne()), AT_ONCE.alone),
    ])
    const judged = [...together, ...alone]
    return { report: `${summaryTable(judged)}\n\n${runTable(judged)}`, failures: failuresOf(judged) }
  },
}

function allTogether(): Disturbance[] {
  const common = {
    rules: withChance(PASSING, PERCENT),
    windowSeconds: WINDOW_TOGETHER,
    rows: ROWS,
    method: 'crm.deal.list',
    boundMs: BOUND_MS,
  } as const
  return SEEDS.flatMap((seed) => [
    { ...common, seed, name: 'all passing' },
    { ...common, seed, name: 'all passing, 12 retries', words: ['--retries', '12'] },
  ])
}

function oneByOne(): Disturbance[] {
  const lists = [
    ...ALL_FAULTS.map((fault) => ({ fault, name: fault, method: 'crm.deal.list' }) as const),
    ...ON_ITEMS.map((fault) => ({ fault, name: `${fault} on items`, method: 'crm.item.list' }) as const),
  ]
  return lists.flatMap(({ fault, name, method }) =>
    SEEDS.map((seed) => ({
      name,
      method,
      seed,
      rules: withChance([fault], PERCENT),
      rows: ROWS,
      boundMs: BOUND_MS,
    })),
  )
}

/** How many runs of each fault were complete. */
function summaryTable(judged: readonly JudgedRun[]): string {
  const groups = new Map<string, JudgedRun[]>()
  for (const one of judged) {
    const name = one.name.replace(/, seed \d+$/, '')
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  const rows = [...groups].map(([name, runs]) => [
    name,
    String(runs.reduce((sum, { run }) => sum + struck(run.stats.faults), 0)),
    String(runs.length),
    String(runs.filter(({ run, faults }) => isComplete(run) && faults.length === 0).length),
    String(runs.filter(({ run, faults }) => !isComplete(run) && faults.length === 0).length),
    String(runs.filter(({ faults }) => faults.length > 0).length),
  ])
  const complete = judged.filter(({ run, faults }) => isComplete(run) && faults.length === 0).length
  const head = ['fault', 'struck', 'runs', 'complete', 'honest failure', 'FAILED']
  return `${table(head, rows)}\n\n${complete} of ${judged.length} runs ended complete.`
}

function struck(faults: Readonly<Record<string, number>>): number {
  return Object.values(faults).reduce((sum, count) => sum + count, 0)
}
