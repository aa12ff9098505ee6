import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import type { Condition } from '../../src/operations/conditions.ts'
import { checkedQuery, type UserParameters } from '../../src/operations/list-query.ts'
import type { Params } from '../../src/protocol/types.ts'

function query(method: string, given: Partial<UserParameters> = {}): ReturnType<typeof checkedQuery> {
  return checkedQuery(method, { params: {}, where: [], select: undefined, ...given })
}

function paramsOf(method: string, params: Params, where: readonly Condition[] = []): Params {
  return query(method, { params, where }).query.params
}

describe('what the user asks for', () => {
  test('is sent in the casing that the method documents', () => {
    const given = { FILTER: { STAGE_ID: 'NEW' }, iblock: '5' }
    expect(paramsOf('crm.deal.list', given)).toEqual({ filter: { STAGE_ID: 'NEW' }, iblock: '5' })
    expect(paramsOf('user.get', { filter: { ACTIVE: 'Y' } })).toEqual({ FILTER: { ACTIVE: 'Y' } })
  })

  test('has yes and no as the method writes them, and as user fields do', () => {
    const filter = { CLOSED: true, '!OPENED': false, UF_CRM_1: true, '=UF_CRM_2': false }
    expect(paramsOf('crm.deal.list', { filter })).toEqual({
      filter: { CLOSED: 'Y', '!OPENED': 'N', UF_CRM_1: '1', '=UF_CRM_2': '0' },
    })
    const item = { entityTypeId: 128, filter: { opened: true, ufCrm_5: true } }
    expect(paramsOf('crm.item.list', item)).toEqual({
      entityTypeId: '128',
      filter: { opened: 'Y', ufCrm_5: '1' },
    })
    expect(paramsOf('user.get', { filter: { ACTIVE: true } })).toEqual({ FILTER: { ACTIVE: '1' } })
  })

  test('has conditions from --where beside those from -p', () => {
    const where: Condition[] = [
      { field: 'OPPORTUNITY', operator: '>=', value: '1000' },
      { field: 'TITLE', operator: '~', value: 'насос' },
      { field: 'STAGE_ID', operator: 'in', value: ['NEW', 'WON'] },
      { field: 'TYPE_ID', operator: 'not-in', value: ['SALE'] },
      { field: 'SOURCE_ID', operator: '!=', value: 'WEB' },
    ]
    expect(paramsOf('crm.deal.list', { filter: { CATEGORY_ID: '3' } }, where)).toEqual({
      filter: {
        CATEGORY_ID: '3',
        '>=OPPORTUNITY': '1000',
        '%TITLE': 'насос',
        '@STAGE_ID': ['NEW', 'WON'],
        '!@TYPE_ID': ['SALE'],
        '!SOURCE_ID': 'WEB',
      },
    })
  })

  test('means one of a list without a prefix where the method knows none for that', () => {
    const where: Condition[] = [{ field: 'STATUS', operator: 'in', value: ['2', '3'] }]
    expect(paramsOf('tasks.task.list', {}, where)).toEqual({ filter: { STATUS: ['2', '3'] } })
  })

  test('has its bounds on the id taken as the ends of the walk, the narrower ones', () => {
    const filter = { '>ID': '10', '>=ID': 15, '<ID': '100', '<=ID': '120', '!ID': '20' }
    expect(query('crm.deal.list', { params: { filter } }).query).toMatchObject({
      range: { after: 14, upTo: 99 },
      params: { filter: { '!ID': '20' } },
    })
  })

  test('may hold groups of conditions, which have numbers for keys', () => {
    const filter = [{ logic: 'OR', 0: { stageId: 'NEW' } }]
    expect(paramsOf('crm.item.list', { entityTypeId: '2', filter })).toEqual({
      entityTypeId: '2',
      filter: { 0: { logic: 'OR', 0: { stageId: 'NEW' } } },
    })
  })

  test('leaves out a filter and a selection that are empty', () => {
    const empty = query('crm.deal.list', { params: { filter: {}, select: [] } })
    expect(empty.query.params).toEqual({})
    expect(empty.select).toBeUndefined()
  })

  test('may name the id as rows spell it', () => {
    expect(query('tasks.task.list', { select: ['id', 'TITLE'] }).select).toEqual(['ID', 'TITLE'])
    const where: Condition[] = [{ field: 'ID', operator: '!=', value: '5' }]
    expect(paramsOf('crm.item.list', { entityTypeId: '2' }, where)).toEqual({
      entityTypeId: '2',
      filter: { '!id': '5' },
    })
  })

  test('may hold an order where the walk does not own it', () => {
    expect(paramsOf('some.unknown.list', { order: { NAME: 'ASC' } })).toEqual({ order: { NAME: 'ASC' } })
  })

  test.each<[string, string, Partial<UserParameters>, RegExp]>([
    ['an order', 'crm.deal.list', { params: { order: { ID: 'DESC' } } }, /"order" cannot be given/],
    [
      'an order in another casing',
      'crm.deal.list',
      { params: { ORDER: { ID: 'DESC' } } },
      /"order" cannot be given/,
    ],
    ['a sort field of the users', 'user.get', { params: { SORT: 'NAME' } }, /"sort" cannot be given/],
    ['a start', 'crm.deal.list', { params: { start: '50' } }, /"start" cannot be given/],
    [
      'a start for an unknown method',
      'some.unknown.list',
      { params: { START: '50' } },
      /"start" cannot be given/,
    ],
    ['a limit', 'crm.deal.list', { params: { limit: '5' } }, /Use --limit|"limit" is not known/],
    [
      'one name in two casings',
      'crm.deal.list',
      { params: { filter: {}, FILTER: {} } },
      /the same to the portal/,
    ],
    [
      'one condition in two casings',
      'crm.deal.list',
      { params: { filter: { '>date_create': '1', '>DATE_CREATE': '2' } } },
      /has both/,
    ],
    [
      'a condition twice',
      'crm.deal.list',
      { params: { filter: { STAGE_ID: 'A' } }, where: [{ field: 'STAGE_ID', operator: '=', value: 'B' }] },
      /two conditions/,
    ],
    ['a filter that is no map', 'crm.deal.list', { params: { filter: '5' } }, /"filter" must be a map/],
    ['a filter that is a list', 'crm.deal.list', { params: { filter: ['5'] } }, /not a list/],
    [
      'a selection that is a map',
      'crm.deal.list',
      { params: { select: { ID: 'x' } } },
      /must be a list of field names/,
    ],
    ['a selection twice', 'crm.deal.list', { params: { select: ['ID'] }, select: ['ID'] }, /both given/],
    [
      'null in a filter',
      'crm.deal.list',
      { params: { filter: { LEAD_ID: null } } },
      /filter\[LEAD_ID\] is null/,
    ],
    ['null anywhere', 'crm.deal.list', { params: { x: { y: null } } }, /x\[y\] is null/],
    [
      'an empty list in a filter',
      'crm.deal.list',
      { params: { filter: { '@ID': [] } } },
      /answer with all rows/,
    ],
    [
      'a text that looks like a reference',
      'crm.deal.list',
      { params: { filter: { '%TITLE': 'a $result[x] b' } } },
      /would replace/,
    ],
    [
      'a bound that is no number',
      'crm.deal.list',
      { params: { filter: { '>ID': 'abc' } } },
      /must be a whole number/,
    ],
    [
      'a bound that is a list',
      'crm.deal.list',
      { params: { filter: { '>ID': ['1'] } } },
      /must be a whole number/,
    ],
    ['a missing parameter', 'crm.item.list', {}, /needs entityTypeId/],
    [
      'a parameter in another casing',
      'crm.item.list',
      { params: { entitytypeid: '2' } },
      /in this casing, not "entitytypeid"/,
    ],
    [
      'one of two that are missing',
      'lists.element.get',
      { params: { IBLOCK_TYPE_ID: 'lists' } },
      /needs IBLOCK_ID or IBLOCK_CODE/,
    ],
    ['a credential', 'crm.deal.list', { params: { auth: 'x' } }, /takes it as a credential/],
    [
      'a condition where there is no filter',
      'crm.category.list',
      { where: [{ field: 'ID', operator: '=', value: '1' }] },
      /not known to have a filter/,
    ],
    ['a selection where there is none', 'department.get', { select: ['ID'] }, /not known to select/],
    [
      'a comparison that the method lacks',
      'tasks.task.list',
      { where: [{ field: 'TITLE', operator: '~', value: 'x' }] },
      /has no "~"/,
    ],
    ['a method that writes', 'crm.deal.delete', {}, /may change something/],
    ['a method of unknown effect', 'crm.deal.frobnicate', {}, /may change something/],
    ['a batch', 'batch', {}, /may change something/],
    [
      'a field in the wrong spelling',
      'crm.deal.list',
      { params: { filter: { '>opportunity': '5' } } },
      /would not know "opportunity"/,
    ],
    [
      'a selected field in the wrong spelling',
      'tasks.task.list',
      { select: ['id', 'createdBy'] },
      /would not know "createdBy"/,
    ],
    [
      'a selected field of an item in capitals',
      'crm.item.list',
      { params: { entityTypeId: '2' }, select: ['ID', 'TITLE'] },
      /would not know "TITLE"/,
    ],
    [
      'the mask of another family',
      'crm.item.list',
      { params: { entityTypeId: '2' }, select: ['UF_*'] },
      /would not know "UF_\*"/,
    ],
    ['a selection where it may be ignored', 'user.get', { select: ['NAME'] }, /not known to select/],
    [
      'a condition for an unknown method',
      'some.unknown.list',
      { where: [{ field: 'A', operator: '=', value: 'B' }] },
      /not known to have a filter/,
    ],
    [
      'two ways to say equal',
      'crm.deal.list',
      { params: { filter: { '=STAGE_ID': 'A' } }, where: [{ field: 'STAGE_ID', operator: '=', value: 'B' }] },
      /two conditions/,
    ],
    ['a name that a batch cannot carry', 'crm.deal.list', { params: { 'a b': '1' } }, /blank or dot/],
    ['a name that is none', '../batch', {}, /no method name/],
    ['a name with a query', 'crm.deal.list?x=1', {}, /no method name/],
  ])('is refused with %s', (_, method, given, message) => {
    expect(() => query(method, given)).toThrow(UsageError)
    expect(() => query(method, given)).toThrow(message)
  })
})
