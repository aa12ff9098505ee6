import { describe, expect, test } from 'vitest'
import type { Body, TestRow } from './asking.ts'
import { portalForTests } from './over-http.ts'

const idsOf = (body: Body): unknown[] => (body.result as TestRow[]).map(({ ID }) => ID)

describe('totals', () => {
  const [zero, minus, absent] = ['zero', 'minus-one', 'absent'].map((one) =>
    portalForTests(`reading=totals=${one}`),
  )

  test('are wrong or not there', async () => {
    const totals = [zero, minus, absent].map(async (one) => (await one?.ask('sonet_group.get'))?.total)
    expect(await Promise.all(totals)).toEqual([0, -1, undefined])
    expect((await zero?.ask('sonet_group.get'))?.next).toBe(50)
    expect((await minus?.ask('landing.site.getList'))?.total).toBeUndefined()
  })
})

describe('short-pages', () => {
  const portal = portalForTests('reading=short-pages=yes')

  test('lack rows in the middle, which the truth does not know either', async () => {
    const sizes: number[] = []
    const seen: unknown[] = []
    for (let start: number | undefined = 0; start !== undefined;) {
      const body = await portal.ask('sonet_group.get', { start })
      expect(body.total).toBe(320)
      sizes.push((body.result as unknown[]).length)
      seen.push(...(body.result as unknown[]))
      start = body.next
    }
    expect(Math.min(...sizes.slice(0, -1))).toBeLessThan(50)
    expect(seen.length).toBeLessThan(300)
    expect(seen).toEqual(await portal.truth('sonet_group.get'))
  })
})

describe('past-end', () => {
  const [empty, last, first] = ['empty', 'last', 'first'].map((one) =>
    portalForTests(`reading=past-end=${one}`),
  )

  test.each([
    ['sonet_group.get', { start: 0 }, { start: 300 }, { start: 400 }],
    ['biconnector.source.list', { page: 1 }, { page: 7 }, { page: 9 }],
    ['sign.b2e.mysafe.tail', { offset: 0 }, { offset: 300 }, { offset: 320 }],
    [
      'task.items.getlist',
      [{}, {}, [], { iNumPage: 1 }],
      [{}, {}, [], { iNumPage: 7 }],
      [{}, {}, [], { iNumPage: 9 }],
    ],
  ])('%s', async (method, toFirst, toLast, beyond) => {
    const result = async (portal: typeof empty, params: unknown): Promise<unknown> =>
      (await portal?.ask(method, params))?.result
    expect(await result(empty, beyond)).toEqual([])
    expect(await result(last, beyond)).toEqual(await result(last, toLast))
    expect(await result(first, beyond)).toEqual(await result(first, toFirst))
    expect(await result(last, toLast)).toHaveLength(20)
  })
})

describe('id-ranges', () => {
  const portal = portalForTests('reading=id-ranges=ignored')

  test('that are ignored give page one for ever', async () => {
    const page = idsOf(await portal.ask('sonet_group.get', { FILTER: { '>ID': 1500 } }))
    expect(page).toEqual(idsOf(await portal.ask('sonet_group.get')))
    expect(idsOf(await portal.ask('sonet_group.get', { FILTER: { VISIBLE: 'Y' } }))).not.toEqual(page)
  })
})

describe('id-type', () => {
  const [text, number] = ['text', 'number'].map((one) => portalForTests(`reading=id-type=${one}`))

  test('is as one wishes', async () => {
    for (const [portal, type] of [
      [text, 'string'],
      [number, 'number'],
    ] as const) {
      const [group] = (await portal?.ask('sonet_group.get'))?.result as TestRow[]
      const [order] = ((await portal?.ask('sale.order.list'))?.result as { orders: TestRow[] }).orders
      expect([typeof group?.ID, typeof order?.id]).toEqual([type, type])
      const [currency] = (await portal?.ask('crm.currency.list'))?.result as TestRow[]
      expect(typeof currency?.CURRENCY).toBe('string')
    }
  })
})

describe('undocumented-paging', () => {
  const portal = portalForTests('reading=undocumented-paging=start')

  test('is by start', async () => {
    const first = await portal.ask('user.userfield.list')
    expect([idsOf(first).length, first.next, first.total]).toEqual([50, 50, 62])
    expect(idsOf(await portal.ask('user.userfield.list', { start: 50 }))).toHaveLength(12)
  })
})

describe('cut-start', () => {
  const [repeats, ends] = ['repeats', 'ends'].map((one) =>
    portalForTests(`other-rows=1300,reading=cut-start=${one}`),
  )

  test('the stretch behind 1000 comes again and again, or ends', async () => {
    const at = async (portal: typeof ends, start: number): Promise<[unknown, number | undefined]> => {
      const body = await portal?.ask('disk.file.search', { QUERY: 'abc', start })
      return [body?.result, body?.next]
    }
    expect(await at(repeats, 1050)).toEqual(await at(repeats, 1000))
    expect((await at(repeats, 1050))[1]).toBe(1050)
    expect((await at(ends, 1050))[1]).toBeUndefined()
    expect((await at(ends, 1000))[1]).toBe(1050)
  })
})

describe('odd-rows', () => {
  const portal = portalForTests('reading=odd-rows=yes')

  test('null, texts, numbers, false and [] lie among the rows, and in the truth', async () => {
    const rows: unknown[] = []
    for (let start: number | undefined = 0; start !== undefined;) {
      const body = await portal.ask('sonet_group.get', { start })
      rows.push(...(body.result as unknown[]))
      start = body.next
    }
    const odd = rows.filter((row) => row === null || typeof row !== 'object' || Array.isArray(row))
    expect(odd.length).toBeGreaterThan(2)
    expect(odd.length).toBeLessThan(30)
    expect(rows).toEqual(await portal.truth('sonet_group.get'))
  })
})
