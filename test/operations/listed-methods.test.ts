import { expect, test } from 'vitest'
import { listedMethods } from '../../src/operations/listed-methods.ts'
import { listMethods } from '../../src/protocol/methods/table.ts'

const TABLE = listMethods()
const names = (pattern: string): string[] =>
  listedMethods(TABLE, pattern, undefined).map(({ method }) => method)

test('a pattern is a part of the name or, with a star, the whole of it', () => {
  expect(names('CRM.Deal.LIST')).toEqual(['crm.deal.list'])
  expect(names('crm.deal.*')).toContain('crm.deal.list')
  expect(names('crm.deal.*')).not.toContain('crm.dealcategory.list')
  expect(names('deal.*')).toEqual([])
  expect(names('crm.d?al.list')).toEqual(['crm.deal.list'])
  expect(names('crm(deal')).toEqual([])
})

test('without a pattern it is the whole table, by name', () => {
  const all = listedMethods(TABLE, undefined, undefined)
  expect(all).toHaveLength(TABLE.length)
  expect(all.map(({ method }) => method)).toEqual(TABLE.map(({ method }) => method).sort())
})

test('what is unusual is said in a few words', () => {
  const notes = (method: string): readonly string[] =>
    listedMethods(TABLE, undefined, undefined).find((one) => one.method === method)?.notes ?? []
  expect(notes('crm.deal.list')).toContain('deprecated: crm.item.list')
  expect(notes('crm.item.list')).toEqual(['needs entityTypeId'])
  expect(notes('event.offline.get')).toContain('changes state, refused by get-all')
  expect(notes('task.item.list')).toContain('parameters by position')
})

test('a portal says what it allows, what lacks a scope, what it has not, and what the table does not know', () => {
  const portal = {
    allowed: new Map([
      ['crm.deal.list', 'crm.deal.list'],
      ['crm.deal.magic.list', 'crm.deal.Magic.list'],
      ['crm.deal.add', 'crm.deal.add'],
    ]),
    existing: new Set(['crm.deal.list', 'crm.lead.list', 'crm.deal.magic.list', 'crm.deal.add']),
    scopes: ['crm'],
  }
  const found = new Map(listedMethods(TABLE, undefined, portal).map((one) => [one.method, one]))
  const said = (method: string): unknown => found.get(method)?.portal
  const v3 = TABLE.find(({ api, method }) => api === 'v3' && names(method).length === 1)?.method ?? ''
  expect(['crm.deal.list', 'crm.lead.list', 'crm.quote.list', v3].map(said)).toEqual([
    'allowed',
    'no scope',
    'absent',
    'not said',
  ])
  expect(found.get('crm.deal.Magic.list')).toEqual({
    method: 'crm.deal.Magic.list',
    facts: undefined,
    notes: ['not in the table; reads, by its name'],
    portal: 'allowed',
  })
  expect(found.get('crm.deal.add')?.notes).toEqual(['not in the table; no list, by its name'])
})
