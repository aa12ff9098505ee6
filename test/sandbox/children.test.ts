import { describe, expect, test } from 'vitest'
import { ask, batch, bodyOf, idsOf, inspected, portalWith, rowsOf, send, type TestRow } from './asking.ts'

const commentsOf = (id: number, more: TestRow = {}, type = 'deal'): TestRow => ({
  filter: { ENTITY_ID: id, ENTITY_TYPE: type, ...more },
})

describe('crm.deal.contact.items.get', () => {
  const portal = portalWith('rows=200')

  test('answers whole, numbers as numbers, with the contact of the deal in front', async () => {
    const deals = await rowsOf(portal, 'crm.deal.list', { select: ['ID', 'CONTACT_ID'] })
    const counts = new Set<number>()
    for (const { ID, CONTACT_ID } of deals) {
      const body = await ask(portal, 'crm.deal.contact.items.get', { id: ID })
      const rows = body.result as TestRow[]
      counts.add(rows.length)
      expect(Object.keys(body)).toEqual(['result', 'time'])
      expect(rows[0]?.CONTACT_ID).toBe(CONTACT_ID === null ? undefined : Number(CONTACT_ID))
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3, 4])
  })

  test('has the four keys', async () => {
    const [deal] = await rowsOf(portal, 'crm.deal.list', { filter: { '>CONTACT_ID': 0 } })
    const [row] = await rowsOf(portal, 'crm.deal.contact.items.get', { ID: deal?.ID })
    expect(row).toEqual({ CONTACT_ID: Number(deal?.CONTACT_ID), SORT: 10, ROLE_ID: 0, IS_PRIMARY: 'Y' })
  })

  test.each([
    [999_999, 'Not found'],
    [0, 'The parameter ownerEntityID is invalid or not defined.'],
  ])('of %d is refused: %s', async (id, text) => {
    const answer = await send(portal, 'crm.deal.contact.items.get', { id })
    expect([answer.status, bodyOf(answer)]).toEqual([400, { error: '', error_description: text }])
  })

  test('follows a change of the deal', async () => {
    const own = portalWith('rows=1,ids=dense')
    await ask(own, 'crm.deal.update', { id: 1, fields: { CONTACT_ID: 77 } })
    expect((await rowsOf(own, 'crm.deal.contact.items.get', { id: 1 }))[0]?.CONTACT_ID).toBe(77)
    await ask(own, 'crm.deal.update', { id: 1, fields: { CONTACT_ID: null } })
    expect(await rowsOf(own, 'crm.deal.contact.items.get', { id: 1 })).toEqual([])
    await ask(own, 'crm.deal.delete', { id: 1 })
    expect((await ask(own, 'crm.deal.contact.items.get', { id: 1 })).error).toBe('')
  })
})

describe('crm.deal.productrows.get', () => {
  const portal = portalWith('rows=30')

  test('answers whole: none, a few, and 50 that are no page', async () => {
    const ids = await idsOf(portal, 'crm.deal.list')
    const counts: number[] = []
    for (const id of ids) {
      const body = await ask(portal, 'crm.deal.productrows.get', { id, start: 50 })
      expect(Object.keys(body)).toEqual(['result', 'time'])
      counts.push((body.result as TestRow[]).length)
    }
    expect([counts[1], counts[2], counts[11], counts[22]]).toEqual([0, 50, 0, 50])
    expect(Math.max(...counts.filter((count) => count !== 50))).toBeLessThanOrEqual(5)
  })

  test('belong to their deal, which must be there', async () => {
    const ids = await idsOf(portal, 'crm.deal.list')
    const rows = await rowsOf(portal, 'crm.deal.productrows.get', { id: ids[2] })
    expect(new Set(rows.map((row) => row.OWNER_ID))).toEqual(new Set([String(ids[2])]))
    expect(typeof rows[0]?.PRICE).toBe('number')
    expect(await ask(portal, 'crm.deal.productrows.get', { id: 999_999 })).toMatchObject({ error: '' })
  })
})

describe('crm.timeline.comment.list', () => {
  const portal = portalWith('rows=40')
  const list = 'crm.timeline.comment.list'

  test.each(['deal', 'lead', 'contact', 'company'])(
    'has 173 comments of the 3rd %s, none of the 2nd, few of most, under ids that nobody shares',
    async (type) => {
      const parents = await idsOf(portal, `crm.${type}.list`)
      const counts: (number | undefined)[] = []
      for (const id of parents) counts.push((await ask(portal, list, commentsOf(id, {}, type))).total)
      expect([counts[1], counts[2], counts[21], counts[32]]).toEqual([0, 173, 0, 173])
      expect(counts.filter((count) => (count ?? 0) > 5)).toHaveLength(4)
      expect(counts.filter((count) => (count ?? 0) > 0 && (count ?? 0) <= 5).length).toBeGreaterThan(20)
    },
  )

  test('has 173 of the deals that the documentation names', async () => {
    for (const [settings, id] of [
      ['', 30],
      ['', 129],
      ['ids=dense', 3],
      ['ids=dense', 23],
    ] as const) {
      expect((await ask(portalWith(settings), list, commentsOf(id))).total).toBe(173)
    }
  })

  test('follows from the seed', async () => {
    const texts = async (settings: string): Promise<unknown> => {
      const own = portalWith(`rows=10,ids=dense,${settings}`)
      return rowsOf(own, list, commentsOf(3))
    }
    expect(await texts('seed=3')).toEqual(await texts('seed=3'))
    expect(await texts('seed=3')).not.toEqual(await texts('seed=4'))
  })

  test('comes in pages of 50 with total and next', async () => {
    const id = (await idsOf(portal, 'crm.deal.list'))[2] ?? 0
    const seen: number[] = []
    for (let start: number | undefined = 0; start !== undefined;) {
      const body = await ask(portal, list, { ...commentsOf(id), start, order: { ID: 'ASC' } })
      expect(body.total).toBe(173)
      seen.push(...(body.result as TestRow[]).map((row) => Number(row.ID)))
      start = body.next
    }
    expect(seen).toHaveLength(173)
    expect(seen).toEqual([...new Set(seen)].sort((left, right) => left - right))
    const uncounted = await ask(portal, list, { ...commentsOf(id), start: -1 })
    expect(uncounted).toMatchObject({ total: 0 })
    expect(uncounted).not.toHaveProperty('next')
    const [from, to] = [seen[99] ?? 0, seen[110] ?? 0]
    expect(await idsOf(portal, list, commentsOf(id, { '>ID': from, '<=ID': to }))).toEqual(
      seen.slice(100, 111),
    )
  })

  test('orders by ID, CREATED and AUTHOR_ID, and by nothing else', async () => {
    const id = (await idsOf(portal, 'crm.deal.list'))[2] ?? 0
    const ordered = async (order: TestRow): Promise<TestRow[]> =>
      rowsOf(portal, list, { ...commentsOf(id), order })
    const authors = (await ordered({ AUTHOR_ID: 'DESC' })).map((row) => Number(row.AUTHOR_ID))
    expect(authors).toEqual([...authors].sort((left, right) => right - left))
    expect(await ordered({ CREATED: 'ASC' })).toEqual(await ordered({}))
    expect(await ordered({ COMMENT: 'DESC' })).toEqual(await ordered({}))
  })

  test('shows all fields, ids as texts, and files as an object keyed by id', async () => {
    const id = (await idsOf(portal, 'crm.deal.list'))[2] ?? 0
    const rows = await rowsOf(portal, list, commentsOf(id))
    expect(rows[0]).toMatchObject({ ENTITY_ID: String(id), ENTITY_TYPE: 'deal' })
    expect(rows.map((row) => JSON.stringify(row.FILES)).some((text) => /^{"\d+":{"id":/.test(text))).toBe(
      true,
    )
    expect(await rowsOf(portal, list, { ...commentsOf(id, { ID: rows[0]?.ID }), select: ['ID'] })).toEqual([
      { ID: rows[0]?.ID },
    ])
  })

  test.each([
    ['of a parent that is not there', commentsOf(999_999)],
    ['of an entity without a timeline', commentsOf(1, {}, 'task')],
  ])('%s is an empty list with total 0', async (_, params) => {
    expect(await ask(portal, list, params)).toMatchObject({ result: [], total: 0 })
  })

  test.each([[{ ENTITY_ID: 5 }], [{ ENTITY_TYPE: 'deal' }], [{}]])(
    'with the filter %j is refused',
    async (filter) => {
      const answer = await send(portal, list, { filter })
      expect([answer.status, bodyOf(answer).error]).toEqual([400, ''])
    },
  )

  test('changes under the hands of others, but not where nobody can be', async () => {
    const own = portalWith('rows=10,ids=dense,fault=inserts=100%')
    expect((await ask(own, list, commentsOf(3))).total).toBe(174)
    expect((await ask(own, list, commentsOf(999))).total).toBe(0)
    expect(own.stats.changes.inserted).toBe(1)
  })

  test('of parent after parent forgets no change', async () => {
    const own = portalWith('rows=50,ids=dense')
    for (let id = 1; id <= 50; id++) {
      const fields = { ENTITY_ID: id, ENTITY_TYPE: 'deal', COMMENT: `to ${id}` }
      await ask(own, 'crm.timeline.comment.add', { fields })
    }
    for (let id = 1; id <= 50; id++) {
      const rows = await rowsOf(own, list, { ...commentsOf(id), order: { ID: 'DESC' } })
      expect(rows[0]?.COMMENT).toBe(`to ${id}`)
    }
  })
})

describe('crm.timeline.comment.add', () => {
  const add = (fields: TestRow): [string, TestRow] => ['crm.timeline.comment.add', { fields }]
  const FIELDS = { ENTITY_ID: 2, ENTITY_TYPE: 'deal', COMMENT: 'Перезвонить' }

  test('answers an id behind all others, and the comment is in the list', async () => {
    const portal = portalWith('rows=10,ids=dense')
    const { result } = await ask(portal, ...add(FIELDS))
    const another = await ask(portal, ...add({ ...FIELDS, ENTITY_TYPE: 'lead', ENTITY_ID: 9 }))
    expect(another.result).toBe(Number(result) + 1)
    const [row, ...rest] = await rowsOf(portal, 'crm.timeline.comment.list', commentsOf(2))
    expect(rest).toEqual([])
    expect(row).toMatchObject({
      ID: String(result),
      ENTITY_ID: '2',
      ENTITY_TYPE: 'deal',
      COMMENT: 'Перезвонить',
      AUTHOR_ID: '1',
      FILES: [],
    })
    expect(portal.stats.writes).toEqual({ 'crm.timeline.comment.add': 2 })
    expect(JSON.parse(inspected(portal, 'log?kind=write')[0] ?? '')).toMatchObject({
      entity: 'timeline-comment',
      id: result,
      asked: { fields: FIELDS },
    })
  })

  test('shows files without their content', async () => {
    const portal = portalWith('rows=2,ids=dense')
    await ask(portal, ...add({ ...FIELDS, FILES: [['1.gif', 'R0lGODlhAQAB']] }))
    const [row] = await rowsOf(portal, 'crm.timeline.comment.list', commentsOf(2))
    expect(row?.FILES).toEqual({ 1: { id: 1, type: 'file', name: '1.gif', size: 9 } })
  })

  test.each([
    ['OWNER_NOT_FOUND', { fields: { ...FIELDS, ENTITY_ID: 99 } }],
    ['OWNER_NOT_FOUND', { fields: { ...FIELDS, ENTITY_TYPE: 'moon' } }],
    ['INVALID_ARG_VALUE', { fields: { ...FIELDS, COMMENT: '' } }],
    ['INVALID_ARG_VALUE', { fields: { ...FIELDS, COMMENT: null } }],
    ['', { fields: { COMMENT: 'x' } }],
    ['100', { FIELDS }],
  ])('is refused with "%s" for %j', async (code, params) => {
    const portal = portalWith('rows=2,ids=dense')
    const answer = await send(portal, 'crm.timeline.comment.add', params)
    expect([answer.status, bodyOf(answer).error]).toEqual([400, code])
    expect(portal.stats.writes).toEqual({})
  })
})

describe('task.commentitem.getlist', () => {
  const portal = portalWith('rows=40,ids=dense')
  const list = 'task.commentitem.getlist'

  test('takes its parameters by position: in a JSON array, by number, or under any names in that order', async () => {
    const ids = await idsOf(portal, list, [3, { ID: 'asc' }])
    const some = ids.slice(0, 5)
    const filter = { '<=ID': some[4] }
    expect(await idsOf(portal, list, [3, { ID: 'asc' }, filter])).toEqual(some)
    expect(await idsOf(portal, list, { TASKID: 3, ORDER: { ID: 'asc' }, FILTER: filter })).toEqual(some)
    const answer = await batch(portal, { a: `${list}?0=3&1[ID]=asc&2[%3C%3DID]=${some[4]}` })
    expect((answer.result as { a: TestRow[] }).a.map((row) => Number(row.ID))).toEqual(some)
  })

  test('answers whole by falling id, without total', async () => {
    const body = await ask(portal, list, [13])
    const ids = (body.result as TestRow[]).map((row) => Number(row.ID))
    expect(Object.keys(body)).toEqual(['result', 'time'])
    expect(ids).toHaveLength(173)
    expect(ids).toEqual([...ids].sort((left, right) => right - left))
    expect((await ask(portal, list, [12])).result).toEqual([])
  })

  test.each([
    ['Action failed', [999]],
    ['expected to be of type "integer"', [{ ID: 'asc' }, 3]],
    ['must not contain key ">=ID"', [3, { '>=ID': 4 }]],
    ['must not contain key "%ID"', [3, {}, { '%ID': 4 }]],
    ['not given', []],
  ])('is refused with "%s" for %j', async (text, params) => {
    const answer = await send(portal, list, params)
    expect([answer.status, bodyOf(answer).error]).toEqual([400, 'ERROR_CORE'])
    expect(bodyOf(answer).error_description).toContain(text)
  })
})
