import type { FaultName } from '../../../src/sandbox/faults.ts'
import { type ByIdRequest, type ByIdRun, getByIds } from '../by-id-run.ts'
import { PASSING, troubledPortal, withChance } from '../fault-plan.ts'
import { fixed, median, type Part, verdict } from '../part.ts'
import { type PortalSettings, withPortal } from '../portal-process.ts'
import { sideBySide } from '../side-by-side.ts'
import { table } from '../table.ts'

const FEW = 10_000
const MANY = 100_000
const MOST_GROWTH = 1.2
const MOST_MB = 150
/** Ids to a request; the last may be smaller. */
const BATCH = 50
const TIMES = 3

const PERCENT = 5
const FAULT_IDS = 5000
const PARENTS = 500
const AT_ONCE = 6

/** A feigned limit costs seconds each time, and there is no list to be emptied among single rows. */
const FAULTS: readonly FaultName[] = PASSING.filter(
  (name) => name !== 'refused-command' && name !== 'operating-limit',
)

interface Plan {
  readonly name: string
  readonly kind: 'deals' | 'comments'
  readonly count: number
  readonly settings: PortalSettings
  readonly words: readonly string[]
}

interface Judged {
  readonly plan: Plan
  readonly run: ByIdRun
  readonly faults: readonly string[]
}

export const BY_ID: Part = {
  name: 'by-id',
  promise: `${MANY} ids from a pipe need at most ${MOST_MB} MB, at most ${MOST_GROWTH} times what ${FEW} need, and one request for ${BATCH}; each is answered, in order, also with any fault at ${PERCENT} %, and lists of 173 comments are complete.`,
  async run(say) {
    const judged: Judged[] = []
    for (const count of [FEW, MANY]) {
      for (let run = 1; run <= TIMES; run++) judged.push(await judge(sized(count, run), say))
    }
    const growth = growthOf(judged)
    const troubled = await sideBySide(
      troubledPlans().map((plan) => () => judge(plan, say)),
      AT_ONCE,
    )
    judged.push(...troubled)
    return {
      report: `${table(HEAD, judged.map(cellsOf))}\n\nPeak of ${MANY} ids to the peak of ${FEW}: ${growth.ratio.toFixed(2)} by the medians: ${verdict(growth.faults)}`,
      failures: [
        ...judged
          .filter(({ faults }) => faults.length > 0)
          .map(({ plan, faults }) => `${plan.name}: ${faults.join('; ')}`),
        ...growth.faults,
      ],
    }
  },
}

function sized(count: number, run: number): Plan {
  return {
    name: `${count} deals, run ${run}`,
    kind: 'deals',
    count,
    settings: { rows: String(count), ids: 'dense', plan: 'box' },
    words: ['--plan', 'box'],
  }
}

function troubledPlans(): Plan[] {
  const words = ['--plan', 'box', '--timeout', '2s']
  const settings = (faults: readonly FaultName[], count: number): PortalSettings => ({
    ...troubledPortal(2),
    ids: 'dense',
    rows: String(count),
    fault: withChance(faults, PERCENT),
  })
  const sets = [
    { name: 'all', faults: FAULTS, more: ['--retries', '100'] },
    ...FAULTS.map((fault) => ({ name: fault, faults: [fault], more: [] })),
  ]
  return sets.flatMap(({ name, faults, more }): Plan[] => [
    {
      name: `${FAULT_IDS} deals, ${name}`,
      kind: 'deals',
      count: FAULT_IDS,
      settings: settings(faults, FAULT_IDS),
      words: [...words, ...more],
    },
    {
      name: `comments of ${PARENTS} deals, ${name}`,
      kind: 'comments',
      count: PARENTS,
      settings: settings(faults, PARENTS),
      words: [...words, ...more],
    },
  ])
}

function judge(plan: Plan, say: (text: string) => void): Promise<Judged> {
  return withPortal(plan.settings, async (portal) => {
    const ids = await portal.trueIds('method=crm.deal.list')
    const run = await getByIds(portal, { ...REQUESTS[plan.kind](plan.words), ids, boundMs: 600_000 })
    const judged = { plan, run, faults: [...run.faults, ...costFaults(plan, run)] }
    say(cellsOf(judged).join('  '))
    return judged
  })
}

const REQUESTS = {
  deals: (words: readonly string[]): Omit<ByIdRequest, 'ids' | 'boundMs'> => ({
    words: ['crm.deal.get', '-', ...words],
    check: (result, id) =>
      result.startsWith(`{"ID":"${id}",`) ? undefined : `has another row: ${result.slice(0, 80)}`,
  }),
  comments: (words: readonly string[]): Omit<ByIdRequest, 'ids' | 'boundMs'> => ({
    words: ['crm.timeline.comment.list', '-', '-p', 'filter[ENTITY_TYPE]=deal', ...words],
    check: commentFault,
  }),
}

/** The third, the thirteenth and so on have 173 comments, the second, the twelfth and so on have none. */
function commentFault(result: string, id: number, at: number): string | undefined {
  const rows = JSON.parse(result) as readonly { readonly ID: string; readonly ENTITY_ID: string }[]
  const own = new Set(rows.filter((row) => Number(row.ENTITY_ID) === id).map((row) => row.ID)).size
  const [least, most] = at % 10 === 2 ? [173, 173] : at % 10 === 1 ? [0, 0] : [0, 5]
  return own === rows.length && own >= least && own <= most
    ? undefined
    : `has ${own} comments of its own among ${rows.length}`
}

/** What is wrong with what a run without trouble needed. */
function costFaults({ settings, count }: Plan, { peakMb = Infinity, stats }: ByIdRun): string[] {
  if ('fault' in settings) return []
  const most = Math.ceil(count / BATCH)
  return [
    ...(peakMb <= MOST_MB ? [] : [`peak ${peakMb.toFixed(0)} MB, ${MOST_MB} promised`]),
    ...(stats.requests <= most ? [] : [`${stats.requests} requests, ${most} promised`]),
  ]
}

function growthOf(judged: readonly Judged[]): { ratio: number; faults: string[] } {
  const peak = (count: number): number =>
    median(judged.filter(({ plan }) => plan.count === count).map(({ run }) => run.peakMb ?? Number.NaN))
  const ratio = peak(MANY) / peak(FEW)
  // Not `>`: what could not be measured must not pass.
  const faults =
    ratio <= MOST_GROWTH ? [] : [`${ratio.toFixed(2)} times the peak of ${FEW} ids, ${MOST_GROWTH} promised`]
  return { ratio, faults }
}

const HEAD = ['run', 'lines', 'struck', 'requests', 'wall s', 'CPU s', 'peak MB', 'exit', 'verdict']

function cellsOf({ plan, run, faults }: Judged): string[] {
  const struck = Object.values(run.stats.faults).reduce((sum, count) => sum + count, 0)
  return [
    plan.name,
    String(run.lines),
    String(struck),
    String(run.stats.requests),
    fixed(run.wallSeconds, 1),
    fixed(run.cpuSeconds, 2),
    fixed(run.peakMb, 0),
    String(run.code ?? run.signal),
    verdict(faults),
  ]
}
