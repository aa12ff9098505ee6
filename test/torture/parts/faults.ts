import type { FaultName } from '../../../src/sandbox/faults.ts'
import { isComplete } from '../../bench/export-run.ts'
import { ALL_FAULTS, isChange, PASSING, withChance } from '../../bench/fault-plan.ts'
import { total } from '../../bench/part.ts'
import { table } from '../../bench/table.ts'
import { type Disturbance, disturbedExport, type DisturbedRun } from '../disturbed-export.ts'
import type { Case, CaseResult, Part } from '../part.ts'
import type { WalkName } from '../walks.ts'

const PERCENTS = [1, 5, 20]
/** Of runs with this chance so many have to end complete, if their trouble passes. */
const JUDGED = { percent: 5, share: 0.9 }
const ROWS = 10_000
const SHORT_ROWS = 3_000
/** For exports under a feigned operating limit, which wait for minutes. */
const ROWS_WAITING = 3_000
const BOUND_MS = 900_000

/** Seconds; see `troubledPortal`. Between two refusals there are attempts that fail otherwise, and pauses. */
const WINDOW_TOGETHER = 7

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

interface FaultResult extends CaseResult {
  readonly run: DisturbedRun
  readonly walk: WalkName
  readonly percent: number
  /** The export should live through it. */
  readonly isPassing: boolean
}

export const FAULTS_PART: Part<FaultResult> = {
  name: 'faults',
  promise: `Every fault of the sandbox portal with a chance of ${PERCENTS.join(', ')} %, and all passing ones together, while a list is walked by id, by offset, and by the ids in a file: every row exactly once and exit code 0, or an honest other code and the old file untouched. With ${JUDGED.percent} % at least nine of ten exports end complete, where the trouble passes.`,
  head: ['struck', 'rows', 'lost', 'doubled', 'exit', 's'],
  atOnce: 10,
  cases: (seeds, isShort) => (isShort ? shortCases(seeds) : allCases(seeds)),
  summary,
}

function allCases(seeds: readonly number[]): Case<FaultResult>[] {
  const walks: readonly WalkName[] = ['keyset', 'offset', 'ids']
  const matrix = walks.flatMap((walk) =>
    PERCENTS.flatMap((percent) => ALL_FAULTS.map((fault) => ({ walk, percent, faults: [fault] }))),
  )
  const onItems = ON_ITEMS.map((fault) => ({ walk: 'items' as const, percent: 5, faults: [fault] }))
  const together = walks.map((walk) => ({ walk, percent: 5, faults: PASSING }))
  // Those that take longest come first.
  return [...together, ...matrix.toReversed(), ...onItems].flatMap((one) => {
    const rows = one.faults.includes('operating-limit') ? ROWS_WAITING : ROWS
    return seeds.map((seed) => faultCase({ ...one, seed, rows }))
  })
}

/** A fault of each kind, each walked in one way. */
function shortCases(seeds: readonly number[]): Case<FaultResult>[] {
  const walks: readonly WalkName[] = ['keyset', 'offset', 'ids']
  const faults: readonly FaultName[] = ['reset-middle', 'empty-command', 'deletes']
  return faults.flatMap((fault) =>
    walks.map((walk) =>
      faultCase({ walk, percent: 20, faults: [fault], seed: seeds[0] ?? 1, rows: SHORT_ROWS }),
    ),
  )
}

interface FaultCase {
  readonly walk: WalkName
  readonly percent: number
  readonly faults: readonly FaultName[]
  readonly seed: number
  readonly rows: number
}

function faultCase({ walk, percent, faults, seed, rows }: FaultCase): Case<FaultResult> {
  const isTogether = faults.length > 1
  const name = `${isTogether ? 'all passing' : faults.join()} ${percent} %, ${walk}`
  const disturbance: Disturbance = {
    name,
    rules: withChance(faults, percent),
    seed,
    rows,
    walk,
    boundMs: BOUND_MS,
    ...(isTogether ? { windowSeconds: WINDOW_TOGETHER, words: ['--retries', '12'] } : {}),
  }
  return {
    name: `${name}, seed ${seed}`,
    async run() {
      const run = await disturbedExport(disturbance)
      // Rows that were deleted are missing from a list of ids, which has to be said.
      const isPassing = faults.every((one) => PASSING.includes(one) || (isChange(one) && walk !== 'ids'))
      return { run, walk, percent, isPassing, cells: cellsOf(run), faults: run.faults }
    },
  }
}

function cellsOf({ run, lost, doubled }: DisturbedRun): string[] {
  const isWhole = isComplete(run)
  return [
    String(total(run.stats.faults)),
    isWhole ? String(run.rows.ids.length) : '-',
    isWhole ? String(lost) : '-',
    isWhole ? String(doubled) : '-',
    run.isTimedOut ? 'none' : String(run.code ?? run.signal),
    run.wallSeconds.toFixed(1),
  ]
}

/** How many exports were complete, by walk and chance. */
function summary(results: readonly FaultResult[]): { text: string; faults: string[] } {
  const groups = new Map<string, FaultResult[]>()
  for (const result of results) {
    const name = `${result.walk}, ${result.percent} %`
    groups.set(name, [...(groups.get(name) ?? []), result])
  }
  const faults: string[] = []
  const rows = [...groups].map(([name, group]) => {
    const passing = group.filter(({ isPassing }) => isPassing)
    const complete = passing.filter(({ run }) => isComplete(run.run)).length
    const isJudged = group[0]?.percent === JUDGED.percent
    if (isJudged && complete < JUDGED.share * passing.length)
      faults.push(`${name}: ${complete} of ${passing.length} exports ended complete`)
    const lost = group.reduce((sum, { run }) => sum + run.lost, 0)
    const doubled = group.reduce((sum, { run }) => sum + run.doubled, 0)
    return [name, ...[group.length, passing.length, complete, lost, doubled].map(String)]
  })
  const head = ['walk and chance', 'exports', 'of passing trouble', 'of these complete', 'lost', 'doubled']
  return { text: `${table(head, rows)}\n`, faults }
}
