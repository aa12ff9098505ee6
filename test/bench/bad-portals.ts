import { fixed, median, type PartResult, total, verdict } from './part.ts'
import type { PortalSettings } from './portal-process.ts'
import { table } from './table.ts'
import { inRuns } from './traffic.ts'
import { virtualPortal } from './virtual-plan.ts'
import { isPossible, virtualExport, type VirtualRun } from './virtual-run.ts'

/** Requests after which the control should have found how many go side by side. */
const FINDING_REQUESTS = 20
const MOST_BILLED = 1.25
const ROWS = 100_000

interface BadPortal {
  readonly name: string
  readonly settings: PortalSettings
  /** Requests side by side that make sense there, least and most. */
  readonly sensible: readonly [number, number]
}

const PORTALS: readonly BadPortal[] = [
  {
    name: '4 workers',
    settings: { ...virtualPortal({ rows: ROWS, ids: 'sparse', pageMs: 220 }), workers: '4' },
    // Two more keep the workers busy while an answer is on its way.
    sensible: [3, 6],
  },
  {
    name: '5 % slower for each in flight',
    settings: { ...virtualPortal({ rows: ROWS, ids: 'sparse', pageMs: 30 }), 'slow-by-load': '5%' },
    // Six cost 1.25 times what one costs.
    sensible: [2, 6],
  },
  {
    name: '4 times slower from the middle on',
    settings: { ...virtualPortal({ rows: ROWS, ids: 'sparse', pageMs: 470 }), slower: `4@${ROWS / 50 / 2}` },
    // Over its operating time, which is what bounds it from there on, one lane is enough.
    sensible: [1, 8],
  },
  {
    name: 'every tenth request fails',
    settings: { ...virtualPortal({ rows: ROWS, ids: 'sparse', pageMs: 220 }), fault: 'http-502/10' },
    sensible: [2, 8],
  },
]

export const BAD_PORTALS = `Portals that misbehave, ${ROWS} rows: after ${FINDING_REQUESTS} requests those in flight are as many as make sense there; portal seconds are at most ${MOST_BILLED} times those of one request at a time; no request that is sent after the first was cut off runs into the minute again; no refusals.`

/** Measures exports from portals that make control hard, each beside one with a single lane. */
export async function badPortals(only: string, say: (text: string) => void): Promise<PartResult> {
  const chosen = PORTALS.filter(({ name }) => name.includes(only))
  const rows: string[][] = []
  const failures: string[] = []
  for (const portal of chosen.filter(({ settings }) => isPossible(settings))) {
    const free = await virtualExport(portal)
    const single = await virtualExport({ ...portal, concurrency: 1 })
    const faults = faultsOf(portal, free, single)
    rows.push(cellsOf(portal, free, single, faults))
    say(rows.at(-1)?.join('  ') ?? '')
    if (faults.length > 0) failures.push(`${portal.name}: ${faults.join('; ')}`)
  }
  const unknown = chosen.filter(({ settings }) => !isPossible(settings)).map(({ name }) => name)
  const note =
    unknown.length === 0 ? [] : [`The sandbox of this version cannot be so: ${unknown.join('; ')}.`]
  return { report: [...(rows.length === 0 ? [] : [table(HEAD, rows)]), ...note].join('\n\n'), failures }
}

function faultsOf({ sensible }: BadPortal, free: VirtualRun, single: VirtualRun): string[] {
  const [least, most] = sensible
  const found = settledOn(free)
  const billed = billedRatio(free, single)
  const { cutsAfterFirst } = free.lanes
  const atOnceAlone = Math.max(...single.lanes.inFlight)
  const refusals = total(free.stats.refusals)
  return [
    ...free.faults,
    ...single.faults.map((fault) => `one lane: ${fault}`),
    ...(atOnceAlone === 1 ? [] : [`one lane had ${atOnceAlone} requests in flight`]),
    ...(found >= least && found <= most ? [] : [`${found} in flight, ${least} to ${most} make sense`]),
    // Not `>`: what could not be measured must not pass.
    ...(billed <= MOST_BILLED ? [] : [`${billed.toFixed(2)} times the portal seconds of one lane`]),
    ...(refusals === 0 ? [] : [`${refusals} refusals, none promised`]),
    ...(cutsAfterFirst === 0 ? [] : [`${cutsAfterFirst} requests cut off after the first cut was known`]),
  ]
}

/** How many requests mostly were in flight once the control had had time. */
function settledOn({ lanes }: VirtualRun): number {
  return median(lanes.inFlight.slice(FINDING_REQUESTS))
}

function billedRatio(free: VirtualRun, single: VirtualRun): number {
  return free.stats.billedSeconds / single.stats.billedSeconds
}

const HEAD = [
  'portal',
  'wall s',
  'one lane s',
  'requests',
  'billed s',
  'of one lane',
  'refusals',
  'cut',
  'cut later',
  'settled on',
  'in flight',
  'verdict',
]

function cellsOf(
  { name }: BadPortal,
  free: VirtualRun,
  single: VirtualRun,
  faults: readonly string[],
): string[] {
  const { wallSeconds, stats, lanes } = free
  return [
    name,
    fixed(wallSeconds, 1),
    fixed(single.wallSeconds, 1),
    String(stats.requests),
    fixed(stats.billedSeconds, 1),
    fixed(billedRatio(free, single), 2),
    String(total(stats.refusals)),
    String(lanes.cuts),
    String(lanes.cutsAfterFirst),
    String(settledOn(free)),
    inRuns(lanes.inFlight),
    verdict(faults),
  ]
}
