import { ID_SHAPES } from '../../../src/sandbox/data/ids.ts'
import { endFaults, exportRows, type ExportRun } from '../export-run.ts'
import { failuresOf, type JudgedRun, type Part, runTable, sayRun } from '../part.ts'
import { type PortalProcess, withPortal } from '../portal-process.ts'
import { exactly, rowFaults } from '../row-faults.ts'
import { mostRequests } from '../speed-limits.ts'

const ROWS = 100_000

/** Requests side by side at the most, with default settings. */
const LANES = 8
const MOST_REQUESTS = { even: mostOf('dense'), uneven: mostOf('hole') }

export const WALK: Part = {
  name: 'walk',
  promise: `${ROWS} rows on the standard plan: every row exactly once, ascending, byte for byte, without a refusal, in at most ${MOST_REQUESTS.even} requests (${MOST_REQUESTS.uneven} where ids lie unevenly).`,
  async run(say) {
    const judged: JudgedRun[] = []
    for (const ids of ID_SHAPES) {
      const settings = { rows: String(ROWS), ids, plan: 'standard', 'page-cost': '0.2' }
      judged.push(await withPortal(settings, (portal) => walk(portal, ids, mostOf(ids))))
      sayRun(say, judged.at(-1) as JudgedRun)
    }
    return { report: runTable(judged), failures: failuresOf(judged) }
  },
}

function mostOf(ids: string): number {
  return mostRequests({ rows: ROWS, ids, lanes: LANES })
}

async function walk(portal: PortalProcess, name: string, most: number): Promise<JudgedRun> {
  const words = ['crm.deal.list', '--plan', 'standard']
  const run = await exportRows(portal, { words, to: 'file', boundMs: 300_000 })
  const query = 'method=crm.deal.list'
  const faults = [
    ...endFaults(run),
    ...rowFaults(run.rows.ids, exactly(await portal.trueIds(query))),
    ...limitFaults(run, most),
  ]
  if (faults.length === 0 && run.rows.sha256 !== (await portal.trueRows(query)).sha256) {
    faults.push('other bytes than the portal has')
  }
  return { name, run, faults }
}

/** What is wrong with how a run treated the portal's limits, in words. */
export function limitFaults({ code, stats }: ExportRun, mostRequests: number): string[] {
  const faults: string[] = []
  if (code !== 0) faults.push(`exit code ${code ?? 'none'}`)
  if (stats.requests > mostRequests) faults.push(`${stats.requests} requests, ${mostRequests} promised`)
  const { bucket, operating } = stats.violations
  if (bucket + operating > 0) faults.push(`limits violated: bucket ${bucket}, operating ${operating}`)
  if (Object.keys(stats.refusals).length > 0)
    faults.push(`refused: ${Object.keys(stats.refusals).join(', ')}`)
  return faults
}
