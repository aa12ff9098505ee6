import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { IncompleteError } from '../../src/errors.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Command, Reply } from '../../src/protocol/types.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { walk } from '../support/walk.ts'

describe('a walk by id', () => {
  test.each([
    [0, 2], // nothing in a batch proves nothing: one more call
    [1, 1],
    [40, 1],
    [50, 1],
    [51, 1],
    [100, 2],
    [400, 3],
    [2_550, 6],
    [4_000, 9],
  ])('of %i rows brings each once, in ascending order, and takes at most %i requests', async (rows, most) => {
    const { portal, caller, truth } = portalInProcess({ rows: String(rows) })
    const { ids } = await walk(caller)
    expect(ids).toEqual(await truth())
    expect(portal.stats.requests).toBeLessThanOrEqual(most)
  })

  test.each([
    // Evenly spread: 1.05 times as many requests as at least, and two for each of eight lanes.
    ['dense', 30, 1.03],
    ['sparse', 30, 1.03],
    ['gaps', 30, 1.04],
    ['hole', 33, 1.1],
    ['skew', 38, 1.08],
    ['clusters', 38, 1.1],
  ])(
    'of 30,000 rows with %s ids is right, takes at most %i requests and %f times as many pages as at least',
    async (ids, mostRequests, mostPages) => {
      const { portal, caller, truth } = portalInProcess({ rows: '30000', ids, 'row-bytes': '100' })
      expect((await walk(caller)).ids).toEqual(await truth())
      expect(portal.stats.requests).toBeLessThanOrEqual(mostRequests)
      expect(portal.stats.pages).toBeLessThanOrEqual(600 * mostPages)
    },
  )

  const readings = ['reached', 'empty', 'literal'].flatMap((unresolved) =>
    ['cast', 'error'].flatMap((arrayFilter) =>
      ['documented', 'total-zero', 'absent'].map((start) => [
        `unresolved=${unresolved}`,
        `array-filter=${arrayFilter}`,
        `start-minus-one=${start}`,
      ]),
    ),
  )

  test.each(readings)(
    'is right whatever the portal makes of a reference that leads nowhere: %s, %s, %s',
    async (...reading) => {
      for (const [method, params] of [
        ['crm.deal.list', {}],
        ['crm.item.list', { entityTypeId: '2' }],
      ] as const) {
        const { caller, truth } = portalInProcess({ rows: '777', ids: 'clusters', reading })
        const query = method === 'crm.item.list' ? '&entityTypeId=2' : ''
        expect((await walk(caller, method, { parameters: { params } })).ids).toEqual(
          await truth(method, query),
        )
      }
    },
  )

  test.each([
    ['crm.lead.list', {}],
    ['crm.contact.list', {}],
    ['crm.company.list', {}],
    ['crm.item.list', { entityTypeId: '128' }],
    ['crm.activity.list', {}],
    ['crm.stagehistory.list', { entityTypeId: '2' }],
    ['tasks.task.list', {}],
    ['user.get', {}],
    ['lists.element.get', { IBLOCK_TYPE_ID: 'lists', IBLOCK_ID: '41' }],
  ])('is right for %s', async (method, params) => {
    const { caller, truth } = portalInProcess({ rows: '1234' })
    const query = Object.entries(params).map(([name, value]) => `&${name}=${value}`)
    const expected = await truth(method, query.join(''))
    expect(expected.length).toBeGreaterThan(100)
    expect((await walk(caller, method, { parameters: { params } })).ids).toEqual(expected)
  })

  test('begins and ends where the user’s own bounds on the id say', async () => {
    const { caller, truth } = portalInProcess({ rows: '1000', ids: 'dense' })
    const all = await truth()
    const bounded = async (...where: ['>' | '>=' | '<' | '<=', string][]): Promise<string[]> =>
      (
        await walk(caller, 'crm.deal.list', {
          parameters: { where: where.map(([operator, value]) => ({ field: 'ID', operator, value })) },
        })
      ).ids
    expect(await bounded(['>', '100'], ['<=', '700'])).toEqual(all.slice(100, 700))
    expect(await bounded(['>=', '100'], ['<', '700'])).toEqual(all.slice(99, 699))
    expect(await bounded(['>', '5000'])).toEqual([])
    expect(await bounded(['>', '10'], ['<', '5'])).toEqual([])
  })

  test('keeps the user’s conditions on every page', async () => {
    const { caller, truth } = portalInProcess({ rows: '3000' })
    const where = [{ field: 'CATEGORY_ID', operator: '=' as const, value: '1' }]
    const { ids } = await walk(caller, 'crm.deal.list', { parameters: { where } })
    expect(ids.length).toBeGreaterThan(100)
    expect(ids).toEqual(await truth('crm.deal.list', '&filter%5BCATEGORY_ID%5D=1'))
  })

  test('asks for no more pages than the rows that are wanted', async () => {
    const { portal, caller, truth } = portalInProcess({ rows: '10000' })
    const { ids } = await walk(caller, 'crm.deal.list', { rowsWanted: 120 })
    expect(ids.slice(0, 120)).toEqual((await truth()).slice(0, 120))
    expect(portal.stats.pages).toBeLessThanOrEqual(4)
  })

  test('works one page a request when batches are not wanted', async () => {
    const { portal, caller, truth } = portalInProcess({ rows: '230' })
    expect((await walk(caller, 'crm.deal.list', { batchSize: 1 })).ids).toEqual(await truth())
    expect(portal.stats.batches).toBe(0)
  })

  test.each([
    ['inserts', '&throughout=1'],
    ['deletes', '&throughout=1'],
    ['updates', ''],
  ])('loses and doubles no row that was there throughout, under %s', async (fault, query) => {
    const { portal, caller, truth } = portalInProcess({ rows: '20000', fault: [`${fault}=30%`] })
    const { ids } = await walk(caller)
    expect(Object.values(portal.stats.changes).reduce((sum, count) => sum + count)).toBeGreaterThan(50)
    expect(new Set(ids).size).toBe(ids.length)
    const got = new Set(ids)
    expect((await truth('crm.deal.list', query)).filter((id) => !got.has(id))).toEqual([])
  })
})

describe('a portal that does not keep the order', () => {
  /** Answers each page with `page`, whatever is asked; batches too. */
  function stubborn(page: (command: Command) => unknown): Caller {
    const reply = (command: Command): Reply => ({
      result: JsonText.of(Buffer.from(JSON.stringify(page(command)))),
      time: {},
    })
    return {
      call: (command) => Promise.resolve(reply(command)),
      batch: (commands) =>
        Promise.resolve({
          outcomes: commands.map((command) => ({ kind: 'done', reply: reply(command) })),
          time: {},
        }),
    }
  }

  const fifty = Array.from({ length: 50 }, (_, index) => ({ ID: String(index + 1) }))

  test('and repeats its first page for ever is found out', async () => {
    await expect(walk(stubborn(() => fifty))).rejects.toThrow(IncompleteError)
  })

  test('and ignores the direction is not believed about its highest id', async () => {
    // 1–50 ascending, whichever end is asked for: the walk must not take 50 for the highest there is.
    const { ids } = await walk(
      stubborn(({ params }) => {
        const after = Number((params['filter'] as Record<string, string> | undefined)?.['>ID'] ?? 0)
        return Array.from({ length: Math.min(50, 75 - after) }, (_, index) => ({
          ID: String(after + index + 1),
        }))
      }),
    )
    expect(ids).toHaveLength(75)
  })

  test('and hides rows behind a page that is short is followed to the highest id', async () => {
    // Of 1–300, every page leaves three out, and so has 47 rows.
    const { ids } = await walk(
      stubborn(({ params }) => {
        const { '>ID': from = '0', '<=ID': to = '300' } = (params['filter'] ?? {}) as Record<string, string>
        if ((params['order'] as { ID: string }).ID === 'DESC') return [{ ID: '300' }]
        const after = from.startsWith('$') ? 0 : Number(from)
        const page = Array.from({ length: Math.min(50, Number(to) - after) }, (_, index) => after + index + 1)
        return page.filter((id) => id % 50 > 2 || id === 300).map((id) => ({ ID: String(id) }))
      }),
    )
    expect(ids).toHaveLength(300 - 6 * 3 + 1)
  })

  test.each([
    ['no id', [{ TITLE: 'x' }]],
    ['an id that is no number', [{ ID: 'abc' }]],
  ])('and gives rows with %s is refused', async (_, page) => {
    await expect(walk(stubborn(() => page))).rejects.toThrow(/no readable "ID"/)
  })

  test('and answers no list is refused', async () => {
    await expect(walk(stubborn(() => ({ rows: [] })))).rejects.toThrow(/something else than rows/)
  })
})
