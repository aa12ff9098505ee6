import { describe, expect, test } from 'vitest'
import { ListAudit } from '../../src/operations/list-audit.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import { RisingIds } from '../../src/operations/rising-ids.ts'
import { verify, type Verification } from '../../src/operations/verify.ts'
import type { Condition } from '../../src/operations/conditions.ts'
import { type PortalUnderTest, portalInProcess } from '../support/portal-in-process.ts'

const STARTED_AT = Date.parse('2020-01-01T00:00:00Z')
const { signal } = new AbortController()
const DEALS = 'crm.deal.list'

/** What a run has noted that wrote rows with these ids. */
function auditOf(ids: readonly string[], where: readonly Condition[] = []): ListAudit {
  const audit = new ListAudit(true)
  audit.query = checkedQuery(DEALS, { params: {}, where, select: ['ID', 'TITLE'] }).query
  audit.rows = ids.length
  audit.lastId = ids.length === 0 ? undefined : Number(ids.at(-1))
  for (const id of ids) audit.ids?.add(Number(id))
  return audit
}

function verified({ caller }: PortalUnderTest, audit: ListAudit, startedAt: number): Promise<Verification> {
  return verify(caller, audit, { signal, startedAt })
}

async function call(
  { caller }: PortalUnderTest,
  method: string,
  params: Record<string, unknown>,
): Promise<void> {
  await caller.call({ method, params: params as never }, { signal, expectedSeconds: 0 })
}

describe('verify', () => {
  test.each(['dense', 'sparse', 'clusters', 'skew'])('counts once where nothing differs: %s', async (ids) => {
    const portal = portalInProcess({ rows: '4000', ids })
    const audit = auditOf(await portal.truth())
    expect(await verified(portal, audit, STARTED_AT)).toEqual({
      counted: 4000,
      missing: [],
      changed: [],
      gone: [],
    })
    expect(portal.portal.stats.requests).toBe(1)
  })

  test.each([
    [[0], 8],
    [[3999], 8],
    [[17, 18, 19, 20, 2_500], 8],
    [Array.from({ length: 300 }, (_, at) => 1_000 + at), 20],
    [Array.from({ length: 40 }, (_, at) => 50 + 97 * at), 12],
  ])('finds the rows that were not written, and each of them: %j', async (ranks, most) => {
    for (const ids of ['dense', 'clusters', 'skew']) {
      const portal = portalInProcess({ rows: '4001', ids })
      const all = await portal.truth()
      const lost = ranks.map((rank) => Number(all[rank]))
      const audit = auditOf(all.filter((id) => !lost.includes(Number(id))))
      // Rows that are older than the run.
      const { missing, changed, gone } = await verified(portal, audit, Date.now() + 1_000_000_000)
      expect([missing, changed, gone]).toEqual([lost, [], []])
      expect(portal.portal.stats.requests).toBeLessThanOrEqual(most)
    }
  })

  test('what changed since the run began is no loss', async () => {
    const portal = portalInProcess({ rows: '3000', ids: 'dense' })
    const where: Condition[] = [{ field: 'TITLE', operator: '=', value: 'mine' }]
    for (const id of [100, 200, 300]) await call(portal, 'crm.deal.update', { id, fields: { TITLE: 'mine' } })
    const audit = auditOf(['100', '200', '300'], where)
    const startedAt = Date.now()
    await call(portal, 'crm.deal.update', { id: 150, fields: { TITLE: 'mine' } })
    await call(portal, 'crm.deal.delete', { id: 300 })
    await call(portal, 'crm.deal.update', { id: 200, fields: { TITLE: 'not mine' } })
    expect(await verified(portal, audit, startedAt)).toEqual({
      counted: 2,
      missing: [],
      changed: [150],
      gone: [200, 300],
    })
  })

  test('rows added behind the last one are none of its business', async () => {
    const portal = portalInProcess({ rows: '120', ids: 'dense' })
    const audit = auditOf(await portal.truth())
    await call(portal, 'crm.deal.add', { fields: { TITLE: 'new' } })
    expect(await verified(portal, audit, STARTED_AT)).toMatchObject({ counted: 120, missing: [] })
  })

  test('gives up where everything differs', async () => {
    const portal = portalInProcess({ rows: '200000', ids: 'sparse', 'row-bytes': '100' })
    const all = await portal.truth()
    const audit = auditOf(all.filter((_, at) => at % 40 !== 0))
    await expect(verified(portal, audit, STARTED_AT)).rejects.toMatchObject({
      code: 'walk.verify-different',
      exitCode: 3,
    })
    expect(portal.portal.stats.requests).toBeLessThan(50)
  })
})

test('rising ids come back as they were put in, in a byte or two for each', () => {
  const ids = new RisingIds()
  const given = [1, 2, 130, 16_000, 16_001, 2_000_000_000, 999_999_999_999_999]
  for (let id = 1_000_000_000_000_001; given.length < 20_000; id += given.length) given.push(id)
  for (const id of given.filter((id) => id <= 999_999_999_999_999)) ids.add(id)
  expect([...ids]).toEqual(given.filter((id) => id <= 999_999_999_999_999))
  expect([ids.count, ids.last]).toEqual([7, 999_999_999_999_999])
})
