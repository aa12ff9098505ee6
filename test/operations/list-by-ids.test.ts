import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { NotUnderstoodError, RefusalError, UsageError } from '../../src/errors.ts'
import { checkedQuery } from '../../src/operations/list-query.ts'
import { listByIds, type RowItem } from '../../src/operations/list-by-ids.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Params } from '../../src/protocol/types.ts'
import type { ListQuery } from '../../src/strategies/strategy.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { collected, DISPATCH, idInputs } from '../support/targeted.ts'
import { inVirtualTime } from '../support/virtual-time.ts'

function query(method = 'crm.deal.list', params: Params = {}): ListQuery {
  return checkedQuery(method, { params, where: [], select: undefined }).query
}

interface Listed {
  readonly items: RowItem[]
  readonly error: unknown
}

function list(caller: Caller, ids: Iterable<number | string>, of = query(), more = {}): Promise<Listed> {
  return collected(listByIds(caller, of, idInputs(ids), { ...DISPATCH, ...more }))
}

/** The id of the row, or the code of the refusal. */
function told({ fate }: RowItem, idName = 'ID'): string | undefined {
  if (fate?.outcome !== 'done') return fate?.error.code
  const id = fate.result.member(idName)
  return id?.text ?? id?.toString()
}

/** A portal that answers every page of a list so. */
function answering(rowsFor: (ids: readonly string[], isAlone: boolean) => unknown): Caller {
  const reply = (params: Params, isAlone: boolean): { result: JsonText; time: object } => {
    const filter = params['filter'] as Record<string, readonly string[]>
    const rows = rowsFor(filter['@ID'] ?? [], isAlone)
    return { result: JsonText.of(Buffer.from(JSON.stringify(rows))), time: {} }
  }
  return {
    call: (command) => Promise.resolve(reply(command.params, true)),
    batch: (commands) =>
      Promise.resolve({
        outcomes: commands.map(({ params }) => ({ kind: 'done', reply: reply(params, false) })),
        time: {},
      }),
  }
}

describe('rows by their ids', () => {
  test('come in the order of the ids, each in its own bytes, fifty to a page and fifty pages to a request', async () => {
    const { value } = await inVirtualTime(async () => {
      const { portal, caller, truth } = portalInProcess({ rows: '6000', ids: 'dense' })
      const ids = (await truth()).slice(0, 5_000).reverse()
      const listed = await list(caller, ids, query(), { window: 10_000 })
      return { ...listed, portal, caller, ids, requests: portal.stats.requests }
    })
    const { items, error, portal, caller, ids, requests } = value
    expect(error).toBeUndefined()
    expect(items.map((item) => told(item))).toEqual(ids)
    expect([requests, portal.stats.commands['crm.deal.list']]).toEqual([2, 100])
    const alone = await list(caller, [ids[77] ?? ''])
    const [row, again] = [items[77], alone.items[0]].map(
      (item) => item?.fate?.outcome === 'done' && item.fate.result,
    )
    expect(String(row)).toBe(String(again))
  })

  test.each([
    ['crm.item.list', { entityTypeId: '128' }, 'id'],
    ['crm.contact.list', {}, 'ID'],
    ['user.get', {}, 'ID'],
  ])('of %s', async (method, params, idName) => {
    const { caller, truth } = portalInProcess({ rows: '120' })
    const ids = (await truth(method, '&entityTypeId=128')).slice(3, 70)
    const { items, error } = await list(caller, ids, query(method, params))
    expect(error).toBeUndefined()
    expect(items.map((item) => told(item, idName))).toEqual(ids)
  })

  test('that repeat are asked for once, also in another page, and ids with zeros in front are the same', async () => {
    const { portal, caller, truth } = portalInProcess({ rows: '60' })
    const ids = await truth()
    const [first = ''] = ids
    const given = [...ids, `00${first}`, first, ...ids]
    const { items } = await list(caller, given)
    expect(items.map((item) => told(item))).toEqual([...ids, first, first, ...ids])
    // A page of fifty, the rest with the id that has zeros.
    expect(portal.stats.commands['crm.deal.list']).toBe(2)
  })

  test('fulfil the conditions as well', async () => {
    const { caller, truth } = portalInProcess({ rows: '60' })
    const ids = await truth()
    const won = await truth('crm.deal.list', '&filter[STAGE_ID]=WON')
    const { items } = await list(caller, ids, query('crm.deal.list', { filter: { STAGE_ID: 'WON' } }))
    expect(won.length).toBeGreaterThan(0)
    expect(items.map((item) => told(item))).toEqual(ids.map((id) => (won.includes(id) ? id : 'NOT_FOUND')))
  })
})

describe('ids without a row', () => {
  test('are not found, and that is asked for in a call of its own', async () => {
    const { portal, caller, truth } = portalInProcess({ rows: '300' })
    const ids = (await truth()).flatMap((id, at) => (at % 3 === 0 ? [id, String(9_000_000 + at)] : [id]))
    const { items } = await list(caller, ids)
    expect(items.map((item) => told(item))).toEqual(
      ids.map((id) => (Number(id) >= 9_000_000 ? 'NOT_FOUND' : id)),
    )
    // 8 pages of 50 in batches, and what is missing once more, together.
    expect(portal.stats.commands['crm.deal.list']).toBe(9)
  })

  test('are believed only outside of a batch, where pages come back empty', async () => {
    const { value } = await inVirtualTime(async () => {
      const { portal, caller, truth } = portalInProcess({
        rows: '2000',
        fault: 'empty-command=40%',
        seed: '7',
      })
      const ids = (await truth()).map((id, at) => (at % 50 === 3 ? String(8_000_000 + at) : id))
      return { ids, portal, ...(await list(caller, ids)) }
    })
    expect(value.error).toBeUndefined()
    expect(value.portal.stats.faults['empty-command']).toBeGreaterThan(5)
    expect(value.items.map((item) => told(item))).toEqual(
      value.ids.map((id) => (Number(id) >= 8_000_000 ? 'NOT_FOUND' : id)),
    )
  })

  test('more than a page can answer are looked for until none is left', async () => {
    const asked: number[] = []
    const caller = answering((ids, isAlone) => {
      if (isAlone) asked.push(ids.length)
      return isAlone ? ids.slice(0, 50).map((ID) => ({ ID })) : []
    })
    const ids = Array.from({ length: 620 }, (_, at) => at + 1)
    const { items, error } = await list(caller, ids)
    expect(error).toBeUndefined()
    expect(items.map((item) => told(item))).toEqual(ids.map(String))
    // Fifty at a time are found, and no group is larger than it may be.
    expect(Math.max(...asked)).toBe(500)
    expect(asked.slice(0, 4)).toEqual([500, 450, 400, 350])
  })
})

describe('the run ends', () => {
  test.each(['tasks.task.list', 'department.get', 'crm.status.list'])(
    'before anything is sent, for %s, whose filter takes no list',
    async (method) => {
      const { portal, caller } = portalInProcess({ rows: '5' })
      const { error } = await list(caller, [1], query(method))
      expect(error).toBeInstanceOf(UsageError)
      expect(error).toMatchObject({ code: 'usage.ids-filter' })
      expect(portal.stats.requests).toBe(0)
    },
  )

  test.each(['x', '-5', '1.0', '1e3', '1234567890123456', ''])('for the id %j', async (id) => {
    const { caller } = portalInProcess({ rows: '5' })
    const { error } = await list(caller, ['1', id])
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toMatch(/^Line 2: ".*" is no id of a row\.$/)
  })

  test('if the portal answers rows that were not asked for', async () => {
    const { items, error } = await list(
      answering(() => [{ ID: '1' }, { ID: '77' }]),
      [1, 2],
    )
    expect(error).toBeInstanceOf(NotUnderstoodError)
    expect((error as Error).message).toContain('@ID')
    expect(
      items.every(({ fate }) => fate?.outcome !== 'done' || fate.result.member('ID')?.text === '1'),
    ).toBe(true)
  })

  test('if the portal refuses a page', async () => {
    const { caller } = portalInProcess({ rows: '100' }, { isScopeless: true })
    const { items, error } = await list(caller, [1, 2])
    expect(error).toBeInstanceOf(RefusalError)
    expect((error as RefusalError).refusal).toMatchObject({
      apiCode: 'insufficient_scope',
      method: 'crm.deal.list',
    })
    expect(items.every(({ fate }) => fate?.outcome !== 'done')).toBe(true)
  })

  test('if a page is never answered', async () => {
    const { value } = await inVirtualTime(async () => {
      const { caller } = portalInProcess({ rows: '100', fault: 'lost-command=100%' }, { retries: 2 })
      return list(caller, [1, 2], query(), { retries: 2 })
    })
    expect(value.error).toMatchObject({ code: 'portal.no-answer', exitCode: 5 })
  })
})
