import { callRows, type CallItem, type CallOptions } from '../../src/operations/call-rows.ts'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { type Executions, executionsOf, type Outcome, type SaidFate } from '../bench/fates.ts'
import { leadTitles } from '../bench/lead-input.ts'
import { type LoggedWrite, writtenField } from '../bench/write-log.ts'
import { type PortalUnderTest, portalInProcess, type TestOptions } from './portal-in-process.ts'
import { callInputs, collected, DISPATCH } from './targeted.ts'
import { inVirtualTime } from './virtual-time.ts'

/** Virtual hours that a run may take: feigned operating limits alone make some thirty of them. */
const MOST_HOURS = 100

export interface LeadCalls {
  readonly count: number
  readonly seed: number
  /** Rules as the sandbox takes them: `hang=5%`, `overload@7`. */
  readonly faults: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
  readonly engine?: TestOptions
  readonly options?: Partial<CallOptions>
  /** Looks at the portal before the first call. */
  readonly watch?: (tested: PortalUnderTest) => void
}

export interface LeadCallsRun {
  /** Titles of the leads, in the order of the input. */
  readonly inputs: readonly string[]
  readonly items: readonly CallItem[]
  readonly said: readonly SaidFate[]
  readonly executions: Executions
  readonly writes: readonly LoggedWrite[]
  readonly error: unknown
  readonly stats: SandboxStats
  readonly seconds: number
}

/** Options of a run; tests change what they are about. */
export const CALLS: CallOptions = {
  ...DISPATCH,
  lanes: 2,
  firstSize: 10,
  isIdempotent: false,
  isSerial: false,
  digest: () => '0000000000000000',
}

/** Adds leads on a portal of plan `standard`, in virtual time. */
export async function addLeads(calls: LeadCalls): Promise<LeadCallsRun> {
  const { count, seed, faults, settings, engine, options } = calls
  const inputs = leadTitles(count)
  const { value, seconds } = await inVirtualTime(async () => {
    const tested = portalInProcess(
      { rows: '10', plan: 'standard', seed: String(seed), fault: faults, ...settings },
      { plan: 'standard', ...engine },
    )
    calls.watch?.(tested)
    const params = inputs.map((TITLE) => ({ fields: { TITLE } }))
    const run = callRows(tested.caller, 'crm.lead.add', callInputs(params), { ...CALLS, ...options })
    return { ...(await collected(run)), writes: await tested.writes(), stats: tested.portal.stats }
  }, MOST_HOURS)
  return {
    ...value,
    inputs,
    said: value.items.map(saidOf),
    executions: executionsOf(value.writes, (write) => writtenField(write, 'TITLE')),
    seconds,
  }
}

function saidOf({ input, fate }: CallItem): SaidFate {
  const { TITLE } = (input.params as { fields: { TITLE: string } }).fields
  const outcome = (fate?.outcome ?? 'none') as Outcome
  return { key: TITLE, outcome, id: fate?.outcome === 'done' ? Number(fate.result.toString()) : undefined }
}
