import { expect, test } from 'vitest'
import { callRows } from '../../src/operations/call-rows.ts'
import { writtenField } from '../bench/write-log.ts'
import { CALLS } from '../support/lead-calls.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { callInputs, collected } from '../support/targeted.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

test.each([2, 8])(
  'writes wait for the end of an outage; of those in flight nobody knows (%i lanes)',
  async (lanes) => {
    const { value } = await inVirtualTime(async () => {
      const settings = { rows: '10', 'page-ms': '100', fault: 'http-502@20s-60s' }
      const { caller, portal, writes } = portalInProcess(settings)
      const rows = Array.from({ length: 5000 }, (_, n) => ({ fields: { TITLE: String(n) } }))
      const run = callRows(caller, 'crm.lead.add', callInputs(rows), { ...CALLS, lanes })
      return { ...(await collected(run)), writes: await writes(), stats: portal.stats }
    })
    expect(value.error).toBeUndefined()
    const outcomes = value.items.map(({ fate }) => fate?.outcome)
    expect(outcomes).toHaveLength(5000)
    const unknown = outcomes.filter((outcome) => outcome === 'unknown').length
    expect(unknown).toBeGreaterThan(0)
    expect(unknown).toBeLessThanOrEqual(lanes * 50)
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(5000 - unknown)
    // None twice, whatever became of it.
    const written = value.writes.map((write) => writtenField(write, 'TITLE'))
    expect(new Set(written).size).toBe(written.length)
    expect(value.stats.faults['http-502']).toBeLessThanOrEqual(lanes + 6)
  },
)
