import { expect, test } from 'vitest'
import { getById, type GetByIdRequest, type IdItem } from '../../src/operations/get-by-id.ts'
import type { FaultName } from '../../src/sandbox/faults.ts'
import type { SandboxStats } from '../../src/sandbox/ledger.ts'
import { CHANGES, PASSING, withChance } from '../bench/fault-plan.ts'
import { portalInProcess, type TestOptions } from '../support/portal-in-process.ts'
import { collected, DISPATCH, idInputs } from '../support/targeted.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

const DEAL: GetByIdRequest = { method: 'crm.deal.get', idParam: undefined, params: {} }
const COMMENTS: GetByIdRequest = {
  method: 'crm.timeline.comment.list',
  idParam: undefined,
  params: { filter: { ENTITY_TYPE: 'deal' } },
}

/** Ids that the portal does not have. */
const MISSING = 90_000_000

interface GotItems {
  readonly ids: readonly string[]
  readonly items: readonly IdItem[]
  readonly error: unknown
  readonly stats: SandboxStats
  /** Ids of the comments of a deal that nobody has touched. */
  readonly lasting: (deal: string) => Promise<string[]>
}

/** Asks for all deals of a portal, or for something of each of them. */
async function get(
  request: GetByIdRequest,
  settings: Readonly<Record<string, string | readonly string[]>>,
  engine: TestOptions = {},
): Promise<GotItems> {
  const { value } = await inVirtualTime(async () => {
    const { portal, caller, truth } = portalInProcess(
      { ids: 'dense', plan: 'standard', 'page-cost': '0.08', ...settings },
      { plan: 'standard', ...engine },
    )
    const ids = (await truth()).map((id, at) =>
      request === DEAL && at % 100 === 7 ? String(MISSING + at) : id,
    )
    const { retries = DISPATCH.retries, maxWaitMs = DISPATCH.maxWaitMs } = engine
    const options = { ...DISPATCH, retries, maxWaitMs }
    const got = await collected(getById(caller, request, idInputs(ids), options))
    const lasting = (deal: string): Promise<string[]> =>
      truth(COMMENTS.method, `&filter[ENTITY_TYPE]=deal&filter[ENTITY_ID]=${deal}&throughout=1`)
    return { ids, ...got, stats: portal.stats, lasting }
  }, 100)
  return value
}

function expectEachDeal({ ids, items }: GotItems): void {
  expect(items.map(({ input }) => input.text)).toEqual(ids)
  for (const { fate, input } of items) {
    if (Number(input.text) >= MISSING) expect(fate).toMatchObject({ error: { code: 'NOT_FOUND' } })
    else expect(fate?.outcome === 'done' && fate.result.member('ID')?.text).toBe(input.text)
  }
}

/** The third, the thirteenth and so on have 173 comments, the second, the twelfth and so on have none. */
function expectAllComments({ ids, items }: GotItems): void {
  expect(items.map(({ input }) => input.text)).toEqual(ids)
  for (const [at, { fate, input }] of items.entries()) {
    expect(fate?.outcome).toBe('done')
    if (fate?.outcome !== 'done') continue
    const rows = fate.result.elements()
    const owners = rows.map((row) => row.member('ENTITY_ID')?.text ?? row.member('ENTITY_ID')?.toString())
    expect(new Set(owners).size).toBeLessThanOrEqual(1)
    expect(owners[0] ?? input.text).toBe(input.text)
    expect(new Set(rows.map((row) => row.member('ID')?.toString())).size).toBe(rows.length)
    if (at % 10 === 2) expect(rows).toHaveLength(173)
    else expect(rows.length).toBeLessThanOrEqual(at % 10 === 1 ? 0 : 5)
  }
}

const FAULTS: readonly FaultName[] = PASSING.filter((name) => name !== 'refused-command')

test.each(FAULTS)('%s at 10 %: each of 2,000 ids is answered', { timeout: 60_000 }, async (fault) => {
  const got = await get(DEAL, { rows: '2000', seed: '3', fault: withChance([fault], 10) })

  expect(got.error).toBeUndefined()
  // There is no list in here that could be emptied.
  if (fault !== 'empty-command') expect(got.stats.faults[fault]).toBeGreaterThan(0)
  expectEachDeal(got)
})

/** One of twenty commands is refused for operating time that is not used up, which holds back the method each time. */
const PATIENT = { retries: 1000, maxWaitMs: 4 * 3_600_000 }

test('all faults that pass at 5 %: each of 2,000 ids is answered', { timeout: 60_000 }, async () => {
  const got = await get(DEAL, { rows: '2000', seed: '3', fault: withChance(FAULTS, 5) }, PATIENT)

  expect(got.error).toBeUndefined()
  expectEachDeal(got)
})

test.each(FAULTS)('%s at 5 %: the comments of 200 deals, complete', { timeout: 60_000 }, async (fault) => {
  const got = await get(COMMENTS, { rows: '200', seed: '3', fault: withChance([fault], 5) })

  expect(got.error).toBeUndefined()
  expectAllComments(got)
})

test.each(CHANGES)(
  'while others write (%s at 10 %), the comments that are there throughout are all there',
  { timeout: 60_000 },
  async (fault) => {
    const { ids, items, error, lasting } = await get(COMMENTS, {
      rows: '200',
      seed: '3',
      fault: withChance([fault], 10),
    })

    expect(error).toBeUndefined()
    expect(items.map(({ input }) => input.text)).toEqual(ids)
    let incomplete = 0
    for (const { fate, input } of items) {
      if (fate?.outcome !== 'done') {
        expect(fate).toMatchObject({ outcome: 'refused', error: { code: 'INCOMPLETE' } })
        incomplete++
        continue
      }
      const found = new Set(
        fate.result.elements().map((row) => row.member('ID')?.toString().replaceAll('"', '')),
      )
      expect((await lasting(input.text)).filter((id) => !found.has(id))).toEqual([])
    }
    expect(incomplete).toBeLessThan(10)
  },
)

test('all faults that pass at 5 %: the comments of 200 deals, complete', { timeout: 60_000 }, async () => {
  const fault = withChance(FAULTS, 5)
  const got = await get(COMMENTS, { rows: '200', seed: '3', fault }, PATIENT)

  expect(got.error).toBeUndefined()
  expectAllComments(got)
  expect(Object.keys(got.stats.faults).length).toBeGreaterThan(12)
})

test.each(['http-504@1', 'hang@1', 'http-504@1-3'])(
  'a request for one id that takes too long (%s) is made again: it cannot be made smaller',
  async (fault) => {
    const got = await get(DEAL, { rows: '1', fault })

    expect(got.error).toBeUndefined()
    expectEachDeal(got)
  },
)
