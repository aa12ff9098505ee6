import { extract } from '../../src/operations/extract.ts'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import type { Sink } from '../../src/output/sink.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { idOf } from '../../src/strategies/rows.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import type { PortalSettings } from './portal-process.ts'
import { exactly, rowFaults } from './row-faults.ts'
import { laneUse, type LaneUse, trafficOf } from './traffic.ts'
import { inVirtualTime } from './virtual-clock.ts'

const METHOD = 'crm.deal.list'
const MOST_HOURS = 24

export interface VirtualRequest {
  readonly settings: PortalSettings
  /** Most requests side by side; `undefined`: the program's own choice. */
  readonly concurrency?: number | undefined
}

/** An export of all deals by a portal and a client that share a process and a clock that waits for nothing. */
export interface VirtualRun {
  /** On that clock. */
  readonly wallSeconds: number
  readonly stats: SandboxStats
  readonly lanes: LaneUse
  /** What is wrong with the rows, in words; empty if nothing is. */
  readonly faults: readonly string[]
}

/** Whether the sandbox can be so. */
export function isPossible(settings: PortalSettings): boolean {
  try {
    sandboxSettings(settings)
    return true
  } catch (error: unknown) {
    if (error instanceof Error && error.name === 'SandboxSettingError') return false
    throw error
  }
}

/** @throws what the export throws */
export async function virtualExport({ settings, concurrency }: VirtualRequest): Promise<VirtualRun> {
  const ids: number[] = []
  const sink: Sink = {
    write(rows) {
      for (const row of rows) ids.push(idOf(row, 'ID') ?? Number.NaN)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
  const { signal } = new AbortController()
  const { value, seconds } = await inVirtualTime(async () => {
    // Made within, so that it lives by this clock from the beginning.
    const { portal, caller, truth } = portalInProcess({ plan: 'standard', ...settings }, { plan: 'standard' })
    const arrivals = trafficOf(portal)
    const parameters = { params: {}, where: [], select: undefined }
    const request = { method: METHOD, parameters, limit: undefined, batchSize: 50, concurrency }
    await extract(caller, request, () => Promise.resolve(sink), { signal, onEvent: () => undefined })
    return { portal, arrivals, truth }
  }, MOST_HOURS)
  const expected = (await value.truth(METHOD)).map(Number)
  return {
    wallSeconds: seconds,
    stats: value.portal.stats,
    lanes: laneUse(value.arrivals),
    faults: rowFaults(ids, exactly(expected)),
  }
}
