import { ID_SHAPES } from '../../../src/sandbox/data/ids.ts'
import { knowsOption } from '../child.ts'
import { fewestRequests } from '../floor.ts'
import { fixed, type Part, total, verdict } from '../part.ts'
import { isEven, SMALL_LISTS } from '../speed-limits.ts'
import { type SpeedPlan, type SpeedRun, SpeedRuns, WORKERS } from '../speed-run.ts'
import { table } from '../table.ts'

const SIZES = [10_000, 100_000]
const PAGE_MS = [30, 220]
const SMALL_PAGE_MS = 30
const LANES = [4, 8]

/** One lane has eight times the work of eight; a program of others may wait for whole windows of operating time. */
const BOUND_MS = { own: 1_200_000, foreign: 7_200_000 }

export const SPEED: Part = {
  name: 'speed',
  promise: `Exports in real time from a portal of the standard plan with ${WORKERS} workers, 40 ms for each request and rows of 1.35 KB. The floor is the largest of what requests, operating time and workers leave at best. 100,000 rows take at most 1.12 times the floor with even ids (dense, sparse) and 1.3 times with others, with pages of 220 ms and default settings at most 66 s and 75 s; 10,000 rows with pages of 30 ms at most 1.5 s and 3 s. Requests: at most 1.05 times the fewest and 2 a lane and 2 (1.1 times, 2 a lane and 4); lists of 1, 40, 400 and 4,000 rows at most 1, 1, 3 and 9. Portal seconds, for 100,000 rows: at most 1.02 times those of perfect pages (1.08 times). No refusals, and the bytes that the portal has.`,
  options: ['only', 'command'],
  async run(say, { only = '', command }) {
    const isCapped = command === undefined && (await knowsOption('get-all', '--concurrency'))
    const plans = allPlans(isCapped ? LANES : []).filter(({ name }) => name.includes(only))
    const runs = new SpeedRuns(command, command === undefined ? BOUND_MS.own : BOUND_MS.foreign)
    const done: SpeedRun[] = []
    for (const plan of plans) {
      done.push(await runs.measure(plan))
      say(cellsOf(done.at(-1) as SpeedRun).join('  '))
    }
    const notes = [
      ...(isCapped || command !== undefined
        ? []
        : ['This get-all has no option for the number of requests side by side.']),
    ]
    return {
      report: [table(HEAD, done.map(cellsOf)), ...notes].join('\n\n'),
      failures: done
        .filter(({ faults }) => faults.length > 0)
        .map(({ plan, faults }) => `${plan.name}: ${faults.join('; ')}`),
    }
  },
}

function allPlans(lanes: readonly number[]): SpeedPlan[] {
  const shapes = [...ID_SHAPES].sort((left, right) => Number(isEven(right)) - Number(isEven(left)))
  const large = SIZES.flatMap((rows) =>
    PAGE_MS.flatMap((pageMs) =>
      shapes.flatMap((ids) =>
        [undefined, ...lanes].map((concurrency) => ({ rows, pageMs, ids, concurrency })),
      ),
    ),
  )
  const small = [...SMALL_LISTS.keys()].flatMap((rows) =>
    shapes.map((ids) => ({ rows, pageMs: SMALL_PAGE_MS, ids, concurrency: undefined })),
  )
  return [...small, ...large].map((plan) => ({ ...plan, name: nameOf(plan) }))
}

function nameOf({ rows, pageMs, ids, concurrency }: Omit<SpeedPlan, 'name'>): string {
  return `${rows} x ${pageMs} ms, ${ids}, ${concurrency === undefined ? 'default' : `${concurrency} lanes`}`
}

const HEAD = [
  'run',
  'wall s',
  'floor s',
  'bound by',
  'ratio',
  'requests',
  'fewest',
  'most at once',
  'billed s',
  'of perfect',
  'refusals',
  'CPU s',
  'peak MB',
  'rows',
  'verdict',
]

function cellsOf({ plan, floor, perfectSeconds, run, stats, rows, faults }: SpeedRun): string[] {
  return [
    plan.name,
    fixed(run.wallSeconds, 1),
    fixed(floor.seconds, 1),
    floor.bound,
    fixed(run.wallSeconds / floor.seconds, 2),
    String(stats.requests),
    String(fewestRequests(plan.rows)),
    String(stats.peakInFlight),
    fixed(stats.billedSeconds, 1),
    fixed(stats.billedSeconds / perfectSeconds, 3),
    String(total(stats.refusals)),
    fixed(run.cpuSeconds, 2),
    fixed(run.peakMb, 0),
    rows,
    verdict(faults),
  ]
}
