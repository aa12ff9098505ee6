import { expect, test } from 'vitest'
import { getById } from '../../src/operations/get-by-id.ts'
import { collected, DISPATCH, idInputs } from '../support/targeted.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

const DEALS = { method: 'crm.deal.get', idParam: undefined, params: {} }

test('10,000 ids, one in a hundred missing: each answered once, in order, at most 204 requests, no refusal', async () => {
  const settings = { rows: '10000', ids: 'dense', plan: 'standard', 'page-cost': '0.08', 'page-ms': '10' }
  const { value } = await inVirtualTime(async () => {
    const { portal, caller, truth } = portalInProcess(settings, { plan: 'standard' })
    const ids = (await truth()).map((id, at) => (at % 100 === 7 ? String(90_000_000 + at) : id))
    return { ids, portal, ...(await collected(getById(caller, DEALS, idInputs(ids), DISPATCH))) }
  })
  const { ids, portal } = value

  expect(value.error).toBeUndefined()
  expect(value.items.map(({ input }) => input.text)).toEqual(ids)
  for (const [at, { fate, input }] of value.items.entries()) {
    if (at % 100 === 7) expect(fate).toMatchObject({ outcome: 'refused', error: { code: 'NOT_FOUND' } })
    else expect(fate?.outcome === 'done' && fate.result.member('ID')?.text).toBe(input.text)
  }
  expect(portal.stats.requests).toBeLessThanOrEqual(204)
  expect(portal.stats.violations).toEqual({ bucket: 0, operating: 0 })
})

test('an id that comes again within 10,000 inputs is asked for once, and answered each time', async () => {
  const { portal, caller, truth } = portalInProcess({ rows: '20' })
  const [first = '', second = ''] = await truth()
  const ids = Array.from({ length: 500 }, (_, at) => (at % 2 === 0 ? first : second))

  const { items } = await collected(getById(caller, DEALS, idInputs(ids), DISPATCH))

  expect(items).toHaveLength(500)
  expect(
    items.every(
      ({ fate, input }) => fate?.outcome === 'done' && fate.result.member('ID')?.text === input.text,
    ),
  ).toBe(true)
  expect(portal.stats.commands['crm.deal.get']).toBe(2)
})
