import { describe, expect, test } from 'vitest'
import { IncompleteError, TransportError, UnreadableRowsError } from '../../src/errors.ts'
import { extract } from '../../src/operations/extract.ts'
import type { JsonText } from '../../src/protocol/json-text.ts'
import { POISONS } from '../../src/sandbox/poison.ts'
import { isPoisoned } from '../../src/sandbox/poison.ts'
import type { PortalUnderTest } from '../support/portal-in-process.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

interface Exported {
  readonly ids: string[]
  readonly error: unknown
}

/** What get-all gets of all deals, and how it ends. */
async function exported({ caller }: PortalUnderTest, limit?: number, concurrency?: number): Promise<Exported> {
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
})
