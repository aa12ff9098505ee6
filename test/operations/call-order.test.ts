import { expect, test } from 'vitest'
import { callRows } from '../../src/operations/call-rows.ts'
import type { FaultName } from '../../src/sandbox/faults.ts'
import { PASSING_WRITE_FAULTS, withChance } from '../bench/fault-plan.ts'
import { fateFaults } from '../bench/fates.ts'
import { type LoggedWrite, writtenField } from '../bench/write-log.ts'
import { addLeads, CALLS } from '../support/lead-calls.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { callInputs, collected } from '../support/targeted.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { type SeenRequest, watched } from '../support/watched.ts'

const UPDATES = 1000
const IDS = 20
/** So that several requests are under way at a time. */
const BATCH = 4

/** What came of updates of a few leads: the n-th sets the title to n. */
interface Updated {
  readonly writes: readonly LoggedWrite[]
  readonly requests: readonly SeenRequest[]
  /** Last value that is done, by id. */
  readonly lastDone: ReadonlyMap<number, number>
  /** Values that are done. */
  readonly done: ReadonlySet<number>
  readonly peakInFlight: number
}

/** A number without a pattern that might hide something. */
function mix(n: number): number {
  return Math.imul(n + 1, 2_654_435_761) >>> 12
}

async function updateFewLeads(faults: readonly string[], isIdempotent = false): Promise<Updated> {
  const { value } = await inVirtualTime(async () => {
    const { portal, caller, writes, truth } = portalInProcess(
      { rows: '30', plan: 'standard', seed: '3', 'page-ms': '30', fault: faults },
      { plan: 'standard', retries: 1000, maxWaitMs: 14_400_000 },
    )
    const ids = await truth('crm.lead.list')
    const requests = watched(portal)
    const rows = Array.from({ length: UPDATES }, (_, n) => ({
      id: ids[mix(n) % IDS] ?? '',
      fields: { TITLE: String(n) },
    }))
    const options = {
      ...CALLS,
      batchSize: BATCH,
      lanes: 4,
      retries: 1000,
      maxWaitMs: 14_400_000,
      isIdempotent,
    }
    const { items, error } = await collected(callRows(caller, 'crm.lead.update', callInputs(rows), options))
    expect(error).toBeUndefined()
    expect(items).toHaveLength(UPDATES)
    const done = items.filter(({ fate }) => fate?.outcome === 'done').map(({ ordinal }) => ordinal)
    const lastDone = new Map(done.map((ordinal) => [Number(rows[ordinal]?.id), ordinal]))
    const { peakInFlight } = portal.stats
    return { writes: await writes(), requests, lastDone, done: new Set(done), peakInFlight }
  }, 200)
  return value
}

function idsIn({ commands }: SeenRequest): string[] {
  return commands.map((command) => /[?&]id=(\d+)|"id":"(\d+)"/.exec(command)?.slice(1).join('') ?? '')
}

/** How often a request had an id twice, or was worked on while another one with the same id was. */
function collisions(requests: readonly SeenRequest[]): number {
  let count = 0
  for (const [at, one] of requests.entries()) {
    const ids = new Set(idsIn(one))
    if (ids.size < one.commands.length) count++
    for (const later of requests.slice(at + 1)) {
      if (later.startedAt >= (one.endedAt ?? Infinity)) break
      if (idsIn(later).some((id) => ids.has(id))) count++
    }
  }
  return count
}

/** Values that came behind a later one of the same id. */
function overtaken(writes: readonly LoggedWrite[]): number[] {
  const last = new Map<number, number>()
  return writes.flatMap((write) => {
    const value = Number(writtenField(write, 'TITLE'))
    const isLate = value < (last.get(write.id) ?? -1)
    last.set(write.id, value)
    return isLate ? [value] : []
  })
}

function finalValues(writes: readonly LoggedWrite[]): Map<number, number> {
  return new Map(writes.map((write) => [write.id, Number(writtenField(write, 'TITLE'))]))
}

const SETS: readonly (readonly [name: string, faults: readonly FaultName[]])[] = [
  ['no trouble', []],
  ['limits and refusals', ['operating-limit', 'rate-limit', 'refused-command']],
  ['lost answers', ['http-502', 'lost-reply', 'hang', 'empty-batch', 'lost-command']],
  ['all faults that pass', PASSING_WRITE_FAULTS],
]

test.each(SETS)(
  'updates of the same id are never in flight together and keep their order: %s',
  { timeout: 60_000 },
  async (name, faults) => {
    const { writes, requests, lastDone, done, peakInFlight } = await updateFewLeads(withChance(faults, 5))

    expect(new Set(requests.flatMap(idsIn)).size).toBe(IDS)
    expect(peakInFlight).toBe(4)
    expect(collisions(requests)).toBe(0)
    expect(overtaken(writes)).toEqual([])
    const values = writes.map((write) => Number(writtenField(write, 'TITLE')))
    expect(new Set(values).size).toBe(values.length)
    expect([...done].filter((value) => !values.includes(value))).toEqual([])
    // Without doubt the row has the last value that is done; else it may have one whose answer was lost.
    const isCertain = name === 'no trouble' || name === 'limits and refusals'
    for (const [id, value] of finalValues(writes)) {
      if (isCertain) expect(value).toBe(lastDone.get(id))
      else expect(value).toBeGreaterThanOrEqual(lastDone.get(id) ?? -1)
    }
    if (name === 'no trouble') expect(done.size).toBe(UPDATES)
  },
)

test(
  'sent again, an update still does not come behind a later one of its id',
  { timeout: 60_000 },
  async () => {
    const faults = PASSING_WRITE_FAULTS.filter((name) => name !== 'refused-command')
    const { writes, requests, lastDone, done } = await updateFewLeads(withChance(faults, 5), true)

    expect(done.size).toBe(UPDATES)
    expect(writes.length).toBeGreaterThan(UPDATES)
    expect(collisions(requests)).toBe(0)
    expect(overtaken(writes)).toEqual([])
    expect(finalValues(writes)).toEqual(lastDone)
  },
)

test.each([1, 2, 3])(
  'with isSerial rows are written in the order of the input, whatever is refused (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const run = await addLeads({
      count: 1000,
      seed,
      faults: withChance(PASSING_WRITE_FAULTS, 4),
      options: { isSerial: true, lanes: 1, retries: 1000, maxWaitMs: 14_400_000 },
      engine: { retries: 1000, maxWaitMs: 14_400_000 },
    })

    expect(run.error).toBeUndefined()
    expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
    expect(
      Math.min(run.stats.faults['operating-limit'] ?? 0, run.stats.faults['refused-command'] ?? 0),
    ).toBeGreaterThan(10)
    const written = run.writes.map((write) => run.inputs.indexOf(writtenField(write, 'TITLE')))
    expect(written).toEqual([...written].sort((a, b) => a - b))
    expect(written.length).toBeGreaterThan(300)
    expect(run.stats.peakInFlight).toBe(1)
  },
)
