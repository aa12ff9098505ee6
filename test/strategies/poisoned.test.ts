import { describe, expect, test } from 'vitest'
import { OutageError, RefusalError, TransportError, UnreadableRowsError } from '../../src/errors.ts'
import { extract } from '../../src/operations/extract.ts'
import type { JsonText } from '../../src/protocol/json-text.ts'
import { POISONS } from '../../src/sandbox/poison.ts'
import type { PortalUnderTest } from '../support/portal-in-process.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

interface Exported {
  readonly ids: string[]
  readonly error: unknown
}

/** What get-all gets of all deals, and how it ends. */
async function exported(
  { caller }: PortalUnderTest,
  limit?: number,
  concurrency?: number,
): Promise<Exported> {
  const ids: string[] = []
  const sink = {
    write(rows: readonly JsonText[]) {
      for (const row of rows) ids.push(row.member('ID')?.text ?? '')
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
  const request = {
    method: 'crm.deal.list',
    parameters: { params: {}, where: [], select: undefined },
    limit,
    batchSize: 50,
    concurrency,
  }
  const options = { signal: new AbortController().signal, onEvent: () => undefined }
  try {
    await extract(caller, request, () => Promise.resolve(sink), options)
    return { ids, error: undefined }
  } catch (error) {
    return { ids, error }
  }
}

function foundIds(error: unknown): number[] {
  return error instanceof UnreadableRowsError ? error.unreadable.map(({ id }) => id) : []
}

describe('a row that makes every page with it fail', () => {
  const places = [
    ['first', 0],
    ['in the first page', 20],
    ['in the middle', 2_600],
    ['just before the last', 5_998],
    ['last', 5_999],
  ] as const
  test.each(POISONS.flatMap((way) => places.map(([where, rank]) => [way, where, rank] as const)))(
    'by %s, %s, is found, and all others come',
    async (way, _where, rank) => {
      const ids = await portalInProcess({ rows: '6000', ids: 'skew' }).truth()
      const id = ids[rank] ?? ''
      const portal = portalInProcess(
        { rows: '6000', ids: 'skew', poison: `${way}@${id}`, 'page-ms': '20' },
        { timeoutMs: 2_000 },
      )
      const { value: result } = await inVirtualTime(() => exported(portal))
      expect(foundIds(result.error)).toEqual([Number(id)])
      expect(result.ids).toEqual(ids.filter((one) => one !== id))
      expect(portal.portal.stats.requests).toBeLessThan(120)
    },
  )

  test('is the whole list', async () => {
    const portal = portalInProcess({ rows: '1', ids: 'dense', poison: 'http-500@1' })
    const { value: result } = await inVirtualTime(() => exported(portal))
    expect([foundIds(result.error), result.ids]).toEqual([[1], []])
  })

  test('is one of a few, and of many; with one lane and with a limit', async () => {
    const rules = ['http-502=0.05%', 'failing-command=0.05%']
    const all = await portalInProcess({ rows: '9000', ids: 'gaps' }).truth()
    for (const [limit, concurrency] of [
      [undefined, 1],
      [undefined, undefined],
      [5_000, undefined],
    ] as const) {
      const portal = portalInProcess({ rows: '9000', ids: 'gaps', poison: rules })
      const { value: result } = await inVirtualTime(() => exported(portal, limit, concurrency))
      const unreadable = foundIds(result.error)
      expect(unreadable.length).toBeGreaterThan(2)
      const rest = all.filter((id) => !unreadable.includes(Number(id)))
      expect(result.ids).toEqual(limit === undefined ? rest : rest.slice(0, limit))
      // Nobody is named who is not among the rows that were wanted.
      expect(unreadable.every((id) => id <= Number(result.ids.at(-1)) || limit === undefined)).toBe(true)
    }
  })

  test('is given up after twenty of them', async () => {
    const portal = portalInProcess({ rows: '9000', poison: 'failing-command=2%' })
    const { value: result } = await inVirtualTime(() => exported(portal))
    expect(result.error).toMatchObject({ code: 'walk.unreadable', exitCode: 3 })
    expect(foundIds(result.error)).toEqual([])
    expect(portal.portal.stats.requests).toBeLessThan(900)
  })
})

describe('an outage is not taken for a row that cannot be read', () => {
  test.each(['http-502', 'hang', 'truncated', 'failing-command', 'reset-before'])(
    '%s from some request on ends the run with what was met, and names no row',
    async (fault) => {
      const faults = [`${fault}@${fault === 'failing-command' ? '200' : '6'}-1000000`]
      const portal = portalInProcess(
        { rows: '20000', fault: faults, 'page-ms': '10' },
        { timeoutMs: 2_000, retries: 2 },
      )
      const { value: result } = await inVirtualTime(() => exported(portal))
      const met = [TransportError, RefusalError, OutageError]
      expect(met.some((kind) => result.error instanceof kind)).toBe(true)
      expect(foundIds(result.error)).toEqual([])
      expect(portal.portal.stats.requests).toBeLessThan(60)
    },
  )

  test('an outage that ends lets the run go on, and every row comes', async () => {
    const portal = portalInProcess({ rows: '20000', fault: 'http-502@6-13' }, { retries: 2 })
    const { value: result } = await inVirtualTime(() => exported(portal))
    expect([result.error, result.ids]).toEqual([undefined, await portal.truth()])
  })

  test('parameters that are wrong are refused at once', async () => {
    const portal = portalInProcess({ rows: '200', fault: 'refused-command@1-1000000' })
    const { value: result } = await inVirtualTime(() => exported(portal))
    expect(result.error).toMatchObject({ code: 'portal.refused' })
    expect(portal.portal.stats.requests).toBeLessThan(4)
  })
})
