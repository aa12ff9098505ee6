import { fewestRequests, floorOf, OPERATING_SECONDS, perfectPages, PLAN_BUCKETS } from './floor.ts'
import { fixed, type PartResult, total, verdict } from './part.ts'
import type { PortalSettings } from './portal-process.ts'
import { speedFaults } from './speed-limits.ts'
import { table } from './table.ts'
import { inRuns } from './traffic.ts'
import { virtualExport, type VirtualRun } from './virtual-run.ts'

export const WORKERS = 8
const LATENCY_SECONDS = 0.04

export interface VirtualPlan {
  readonly name: string
  readonly rows: number
  readonly ids: string
  readonly pageMs: number
}

/** Settings of a portal whose pages cost what they take. */
export function virtualPortal({ rows, ids, pageMs }: Omit<VirtualPlan, 'name'>): PortalSettings {
  return {
    rows: String(rows),
    ids,
    'page-ms': String(pageMs),
    'page-cost': String(pageMs / 1000),
    'latency-ms': String(LATENCY_SECONDS * 1000),
    workers: String(WORKERS),
  }
}

/** Measures exports from portals that behave, each against its floor. */
export async function virtualRuns(
  plans: readonly VirtualPlan[],
  say: (text: string) => void,
): Promise<PartResult> {
  const rows: string[][] = []
  const failures: string[] = []
  for (const plan of plans) {
    const run = await virtualExport({ settings: virtualPortal(plan) })
    const { cells, faults } = judged(plan, run)
    say(cells.join('  '))
    rows.push(cells)
    if (faults.length > 0) failures.push(`${plan.name}: ${faults.join('; ')}`)
  }
  return { report: table(HEAD, rows), failures }
}

const HEAD = [
  'run',
  'wall s',
  'floor s',
  'bound by',
  'ratio',
  'requests',
  'fewest',
  'billed s',
  'of perfect',
  'refusals',
  'in flight',
  'verdict',
]

function judged(plan: VirtualPlan, run: VirtualRun): { cells: string[]; faults: string[] } {
  const { rows, pageMs } = plan
  const { wallSeconds, stats, lanes } = run
  const pageSeconds = pageMs / 1000
  const floor = floorOf({
    rows,
    pageSeconds,
    pageCostSeconds: pageSeconds,
    latencySeconds: LATENCY_SECONDS,
    lanes: WORKERS,
    bucket: PLAN_BUCKETS.standard,
    operatingSeconds: OPERATING_SECONDS,
  })
  const figures = {
    wallSeconds,
    requests: stats.requests,
    billedSeconds: stats.billedSeconds,
    refusals: total(stats.refusals),
  }
  const asked = { ...plan, pageCostSeconds: pageSeconds, lanes: WORKERS, floorSeconds: floor.seconds }
  const faults = [...run.faults, ...speedFaults(asked, figures)]
  const cells = [
    plan.name,
    fixed(wallSeconds, 1),
    fixed(floor.seconds, 1),
    floor.bound,
    fixed(wallSeconds / floor.seconds, 2),
    String(stats.requests),
    String(fewestRequests(rows)),
    fixed(stats.billedSeconds, 1),
    fixed(stats.billedSeconds / (perfectPages(rows) * pageSeconds), 3),
    String(figures.refusals),
    `at most ${Math.max(...lanes.inFlight)}; ${inRuns(lanes.inFlight.slice(0, FIRST_SHOWN))}`,
    verdict(faults),
  ]
  return { cells, faults }
}

/** Requests whose company is shown one by one. */
const FIRST_SHOWN = 30
