import { join } from 'node:path'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import type { ProcessRun } from './child.ts'
import { endFaults, exportRows } from './export-run.ts'
import { type Floor, floorOf, OPERATING_SECONDS, PLAN_BUCKETS } from './floor.ts'
import { runForeign } from './foreign-command.ts'
import { total } from './part.ts'
import { type PortalProcess, type PortalSettings, withPortal } from './portal-process.ts'
import { exactly, rowFaults } from './row-faults.ts'
import { withFolder } from './scratch.ts'
import { speedFaults } from './speed-limits.ts'
import { readWritten } from './written-rows.ts'

/** Requests that the portal works on side by side. */
export const WORKERS = 8
const LATENCY_MS = 40
const ROW_BYTES = 1350
const DEALS = 'method=crm.deal.list'

export interface SpeedPlan {
  readonly name: string
  readonly rows: number
  /** A shape of ids that the sandbox knows. */
  readonly ids: string
  readonly pageMs: number
  /** Most requests side by side; `undefined`: the program's own choice. */
  readonly concurrency?: number | undefined
}

export interface SpeedRun {
  readonly plan: SpeedPlan
  readonly floor: Floor
  readonly perfectSeconds: number
  readonly run: ProcessRun
  readonly stats: SandboxStats
  /** What was found in place of rows, in words. */
  readonly rows: string
  /** What is wrong, in words; empty if nothing is. */
  readonly faults: readonly string[]
}

interface Truth {
  readonly ids: readonly number[]
  readonly sha256: string
}

/** What was written, whoever wrote it. */
interface Export {
  readonly run: ProcessRun
  readonly stats: SandboxStats
  readonly rows: string
  readonly faults: readonly string[]
}

/** Measures exports of deals in real time, each from a portal of its own in another process. */
export class SpeedRuns {
  readonly #command: string | undefined
  readonly #boundMs: number

  /** @param command what to run instead of bx24 */
  constructor(command: string | undefined, boundMs: number) {
    this.#command = command
    this.#boundMs = boundMs
  }

  async measure(plan: SpeedPlan): Promise<SpeedRun> {
    const { rows, ids, pageMs, concurrency = WORKERS } = plan
    const lanes = Math.min(WORKERS, concurrency)
    const pageSeconds = pageMs / 1000
    const facts = {
      rows,
      pageSeconds,
      pageCostSeconds: pageSeconds,
      latencySeconds: LATENCY_MS / 1000,
      lanes,
    }
    const floor = floorOf({ ...facts, bucket: PLAN_BUCKETS.standard, operatingSeconds: OPERATING_SECONDS })
    const settings = {
      plan: 'standard',
      'page-ms': String(pageMs),
      'latency-ms': String(LATENCY_MS),
      'page-cost': String(pageSeconds),
      workers: String(WORKERS),
    }
    const done = await withPortal({ ...rowsOf(rows, ids), ...settings }, async (portal) => {
      const truth = await portal.trueRows(DEALS)
      return this.#command === undefined
        ? this.#own(portal, plan, truth)
        : this.#foreign(portal, this.#command, truth)
    })
    const { run, stats } = done
    const asked = { ...plan, pageCostSeconds: pageSeconds, lanes, floorSeconds: floor.seconds }
    const figures = {
      wallSeconds: run.wallSeconds,
      requests: stats.requests,
      billedSeconds: stats.billedSeconds,
      refusals: total(stats.refusals),
    }
    return {
      plan,
      floor,
      perfectSeconds: Math.ceil(rows / 50) * pageSeconds,
      ...done,
      faults: [...done.faults, ...speedFaults(asked, figures)],
    }
  }

  async #own(portal: PortalProcess, { concurrency }: SpeedPlan, truth: Truth): Promise<Export> {
    const cap = concurrency === undefined ? [] : ['--concurrency', String(concurrency)]
    const words = ['crm.deal.list', '--plan', 'standard', ...cap]
    const run = await exportRows(portal, { words, to: 'file', boundMs: this.#boundMs })
    const { ids, sha256 } = run.rows
    return {
      run,
      stats: run.stats,
      rows: wordFor(ids.length, 'NDJSON', sha256 === truth.sha256),
      faults: [
        ...endFaults(run),
        ...exitFaults(run),
        ...rowFaults(ids, exactly(truth.ids)),
        ...(sha256 === truth.sha256 ? [] : ['other bytes than the portal has']),
      ],
    }
  }

  #foreign(portal: PortalProcess, command: string, truth: Truth): Promise<Export> {
    return withFolder(async (folder) => {
      const out = join(folder, 'rows')
      const run = await runForeign({ command, webhook: portal.webhook, out, boundMs: this.#boundMs })
      const stats = await portal.stats()
      const { format, ids, sha256 } = await readWritten(out)
      // Whether rows are in order, and written as the portal writes them, is everybody's own business.
      const ascending = [...ids].sort((left, right) => left - right)
      return {
        run,
        stats,
        rows: wordFor(ids.length, format, sha256 === truth.sha256),
        faults: [...exitFaults(run), ...rowFaults(ascending, exactly(truth.ids))],
      }
    })
  }
}

function rowsOf(rows: number, ids: string): PortalSettings {
  return { rows: String(rows), ids, 'row-bytes': String(ROW_BYTES) }
}

function exitFaults({ code, signal, isTimedOut }: ProcessRun): string[] {
  if (isTimedOut) return ['no end within its time']
  return code === 0 ? [] : [`ended with ${code ?? signal ?? '?'}`]
}

function wordFor(count: number, format: string, areSameBytes: boolean): string {
  return `${count} ${format}${areSameBytes ? ', same bytes' : ''}`
}
