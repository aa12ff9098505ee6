import { describe, expect, test } from 'vitest'
import { ask, bodyOf, idsOf, portalWith, rowsOf, send, type TestRow } from './asking.ts'

describe('filters of older CRM methods', () => {
  const portal = portalWith('rows=300,ids=dense')
  const ids = (filter: unknown, more: TestRow = {}): Promise<number[]> =>
    idsOf(portal, 'crm.deal.list', { filter, select: ['ID'], ...more })

  test.each([
    [{ '>ID': 250, '<=ID': 253 }, [251, 252, 253]],
    [{ '>=ID': '299' }, [299, 300]],
    [{ ID: [3, 1, 999] }, [1, 3]], // an array without a sign means IN
    [{ '@ID': [5, 6] }, [5, 6]],
    [{ '!@ID': [2, 3], '<ID': 5 }, [1, 4]],
    [{ '!ID': 2, '<ID': 4 }, [1, 3]],
    [{ '=ID': '7' }, [7]],
    [{ '>ID': '298.5' }, [299, 300]],
  ])('%j lets the right rows through', async (filter, expected) => {
    expect(await ids(filter)).toEqual(expected)
  })

  test('compare texts without case, and find parts of them', async () => {
    const rows = await rowsOf(portal, 'crm.deal.list', {
      filter: { '%TITLE': 'ПОСТАВКА' },
      select: ['TITLE'],
    })
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(String(row.TITLE).toLowerCase()).toContain('поставка')
    const liked = await rowsOf(portal, 'crm.deal.list', {
      filter: { '=%TITLE': 'Аренда%' },
      select: ['TITLE'],
    })
    for (const row of liked) expect(row.TITLE).toMatch(/^аренда/i)
    expect(liked.length).toBeGreaterThan(0)
  })

  test('compare dates as moments, with or without a zone', async () => {
    const [row] = await rowsOf(portal, 'crm.deal.list', { filter: { ID: 9 } })
    const moment = String(row?.DATE_CREATE)
    const utc = new Date(Date.parse(moment)).toISOString().replace('.000', '')
    expect(await ids({ DATE_CREATE: utc })).toEqual([9])
    expect(await ids({ DATE_CREATE: moment.slice(0, 19).replace('T', ' ') })).toEqual([9])
  })

  test('on a field that does not exist are silently dropped', async () => {
    expect((await ask(portal, 'crm.deal.list', { filter: { NO_SUCH_FIELD: 1, '>id': 200 } })).total).toBe(300)
  })

  test('cast an array in a comparison to 1 and nothing to 0', async () => {
    expect((await ids({ '>ID': [280, 290] }))[0]).toBe(2)
    expect((await ids({ '>ID': '' }))[0]).toBe(1)
  })

  test('refuse it when the portal is read that way', async () => {
    const strict = portalWith('rows=10,reading=array-filter=error')
    const answer = await send(strict, 'crm.deal.list', { filter: { '>ID': [1] } })
    expect([answer.status, bodyOf(answer).error]).toEqual([400, 'INVALID_ARG_VALUE'])
  })

  test('are known under four spellings', async () => {
    for (const name of ['filter', 'FILTER', 'Filter', 'arFilter']) {
      expect(await idsOf(portal, 'crm.deal.list', { [name]: { ID: 3 } })).toEqual([3])
    }
  })

  test('that are no array are refused', async () => {
    const body = await ask(portal, 'crm.deal.list', { filter: 'ID' })
    expect(body).toMatchObject({ error: '', error_description: "Parameter 'filter' must be array." })
  })

  test('equal to 0 find nulls too, and negated ones nulls as well', async () => {
    const rows = await rowsOf(portal, 'crm.deal.list', { filter: { LEAD_ID: 0 }, select: ['LEAD_ID'] })
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map((row) => row.LEAD_ID))).toEqual(new Set([null]))
    const others = await rowsOf(portal, 'crm.deal.list', {
      filter: { '!SOURCE_ID': 'CALL' },
      select: ['SOURCE_ID'],
    })
    expect(others.some((row) => row.SOURCE_ID === null)).toBe(true)
  })
})

describe('filters of controllers', () => {
  const portal = portalWith('rows=60,ids=dense')

  test.each([
    [
      'crm.item.list',
      { entityTypeId: 2, filter: { nope: 1 } },
      "Invalid filter: field 'nope' is not allowed in filter",
    ],
    [
      'crm.item.list',
      { entityTypeId: 2, filter: { '>id': [1, 2] } },
      "Invalid filter: field 'id' has invalid value",
    ],
    [
      'crm.item.list',
      { entityTypeId: 2, order: { nope: 'ASC' } },
      "Invalid order: field 'nope' is not allowed in order",
    ],
    [
      'crm.stagehistory.list',
      { entityTypeId: 2, filter: { nope: 1 } },
      "field 'nope' is not allowed in filter",
    ],
  ])('%s with %j is refused', async (method, params, text) => {
    const answer = await send(portal, method, params)
    expect(answer.status).toBe(400)
    expect(bodyOf(answer).error).toBe('INVALID_ARG_VALUE')
    expect(bodyOf(answer).error_description).toContain(text)
  })

  test('have groups with logic OR', async () => {
    const filter = { 0: { logic: 'OR', 0: { id: 3 }, 1: { '>id': 58 } } }
    const body = await ask(portal, 'crm.item.list', { entityTypeId: 2, filter, select: ['id'] })
    expect(body.result).toEqual({ items: [{ id: 3 }, { id: 59 }, { id: 60 }] })
  })

  test('of tasks ignore unknown names and signs', async () => {
    expect((await ask(portal, 'tasks.task.list', { filter: { NOPE: 1, '@ID': [1] } })).total).toBe(60)
  })
})
