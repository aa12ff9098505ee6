import { afterEach, expect, test, vi } from 'vitest'
import { callRows } from '../../src/operations/call-rows.ts'
import { callInputs, collected, DISPATCH } from '../support/targeted.ts'
import { portalInProcess } from '../support/portal-in-process.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('a timer that fires a little early does not leave the run waiting for ever', async () => {
  // As the system may do: timers end a few milliseconds before the clock says so.
  const real = globalThis.setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, ms = 0) =>
    real(run, Math.max(0, ms - 3)),
  )
  const { caller } = portalInProcess({ rows: '5', fault: ['lost-reply@1', 'lost-reply@3'] })
  const rows = Array.from({ length: 60 }, (_, at) => ({ fields: { TITLE: `L${at}` } }))

  const { items, error } = await collected(
    callRows(caller, 'crm.lead.add', callInputs(rows), {
      ...DISPATCH,
      firstSize: 10,
      lanes: 1,
      isIdempotent: false,
      isSerial: false,
      digest: () => '',
    }),
  )

  expect(error).toBeUndefined()
  expect(
    items.map(({ fate }) => fate?.outcome).filter((outcome) => outcome === 'unknown').length,
  ).toBeGreaterThan(10)
  expect(items).toHaveLength(60)
})
