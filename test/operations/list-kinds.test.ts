import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import type { Condition } from '../../src/operations/conditions.ts'
import { checkedQuery, type CheckedQuery, type UserParameters } from '../../src/operations/list-query.ts'
import { noticesOf } from '../../src/operations/notices.ts'
import { refuseUncounted } from '../../src/operations/verify.ts'
import { refuseUnfit } from '../../src/operations/list-by-ids.ts'
import { listMethod } from '../../src/protocol/methods/table.ts'
import { pageCommand } from '../../src/strategies/keyset/commands.ts'
import { listCommand } from '../../src/strategies/list-command.ts'

function checked(method: string, given: Partial<UserParameters> = {}): CheckedQuery {
  return checkedQuery(method, { params: {}, where: [], select: undefined, ...given })
}

function where(field: string, operator: Condition['operator'], value: Condition['value']): Condition[] {
  return [{ field, operator, value }]
}

describe('lists that want their parameters in a way of their own', () => {
  test('get conditions and the selection into their wrapper', () => {
    const { query, select } = checked('landing.site.getList', {
      params: { params: { filter: { TYPE: 'PAGE' } } },
      where: where('ID', '>', '5'),
      select: ['ID', 'TITLE'],
    })
    expect(query.params).toEqual({ params: { filter: { TYPE: 'PAGE', '>ID': '5' } } })
    expect(select).toEqual(['ID', 'TITLE'])
  })

  test('get the conditions as parameters where these are all there is', () => {
    expect(checked('department.get', { where: where('PARENT', '=', '7') }).query.params).toEqual({
      PARENT: '7',
    })
    expect(() => checked('department.get', { where: where('ID', '>', '7') })).toThrow(/no ">"/)
    expect(() =>
      checked('department.get', { params: { PARENT: '1' }, where: where('PARENT', '=', '7') }),
    ).toThrow(/two conditions on PARENT/)
  })

  test('are asked under the name of start that they have', () => {
    const { query } = checked('bizproc.task.list')
    expect(pageCommand(query, 5, undefined).params).toEqual({
      FILTER: { '>ID': '5' },
      ORDER: { ID: 'ASC' },
      START: '-1',
    })
  })

  test('get the prefix that they insist on', () => {
    const both = [...where('ownerType', '=', 'D'), ...where('ownerId', '=', '5')]
    expect(checked('crm.item.productrow.list', { where: both }).query.params).toEqual({
      filter: { '=ownerType': 'D', '=ownerId': '5' },
    })
    const filter = { ownerType: 'D', ownerId: '5' }
    expect(() => checked('crm.item.productrow.list', { params: { filter } })).toThrow(
      /needs filter\[=ownerType\]/,
    )
  })

  test.each([
    ['a key in the filter', 'catalog.product.list', {}, /needs filter\[iblockId\]/],
    ['one of two', 'calendar.resource.booking.list', {}, /resourceTypeIdList.* or .*resourceIdList/],
    [
      'several together',
      'vote.AttachedVote.getAnswerVoted',
      { answerId: '1', moduleId: 'x' },
      /moduleId and entityType/,
    ],
    ['a span of time', 'calendar.event.get', { type: 'user', ownerId: '1' }, /needs from/],
    ['a parent in another casing', 'disk.storage.getChildren', { ID: '1' }, /in this casing, not "ID"/],
  ])('say what is missing: %s', (_, method, params, message) => {
    expect(() => checked(method, { params })).toThrow(message)
  })

  test('take a condition in whatever comparison for the key that is needed', () => {
    expect(() =>
      checked('catalog.product.list', { where: where('iblockId', 'in', ['23', '24']) }),
    ).not.toThrow()
    const group = { moduleId: 'x', entityType: 'y', entityId: '1', answerId: '2' }
    expect(() => checked('vote.AttachedVote.getAnswerVoted', { params: group })).not.toThrow()
  })
})

describe('lists that take their parameters by position', () => {
  test('get them in the documented order, and nothing else', () => {
    const { query } = checked('task.item.list', { where: where('STATUS', '=', '2') })
    const page = listCommand(query, {
      ...query.method.idOrder,
      PARAMS: { NAV_PARAMS: { nPageSize: 50, iNumPage: 2 } },
    })
    expect(JSON.stringify(page.params)).toBe(
      '{"0":{"ID":"ASC"},"1":{"STATUS":"2"},"2":{"NAV_PARAMS":{"nPageSize":50,"iNumPage":2}}}',
    )
  })

  test('get an empty list for what is left out in front', () => {
    const { query } = checked('task.elapseditem.getlist', { where: where('USER_ID', '=', '3') })
    expect(listCommand(query, {}).params).toEqual({ '0': [], '1': [], '2': { USER_ID: '3' } })
  })

  test.each([
    [{ TASKID: '5' }, { '0': '5' }],
    [{ taskid: '5' }, { '0': '5' }],
    [{ '0': '5' }, { '0': '5' }],
  ])('take them by name or number: %j', (params, sent) => {
    const { query } = checked('task.commentitem.getlist', { params })
    expect(listCommand(query, {}).params).toEqual(sent)
  })

  test.each([
    ['a name that they do not have', { TASKID: '5', LIMIT: '3' }, /knows no "LIMIT"/],
    ['more than they have', { '3': 'x' }, /knows no "3"/],
    ['one of them twice', { '0': '5', TASKID: '5' }, /TASKID is given twice/],
  ])('refuse %s', (_, params, message) => {
    expect(() => checked('task.commentitem.getlist', { params })).toThrow(message)
  })
})

describe('what cannot be done with a list is refused before anything is sent', () => {
  test.each([
    ['event.offline.get', {}, /event\.offline\.list reads them/],
    ['imbot.v2.Event.get', { botId: '1' }, /the portal drops them/],
  ])('%s, since reading changes it', (method, params, message) => {
    expect(() => checked(method, { params })).toThrow(UsageError)
    expect(() => checked(method, { params })).toThrow(message)
  })

  test.each([
    ['im.recent.list', { LIMIT: '5' }, /"LIMIT" cannot be given/],
    ['im.recent.list', { offset: '5' }, /"OFFSET" cannot be given/],
    ['landing.site.getList', { params: { limit: '5' } }, /"params\[limit\]" cannot be given/],
    ['landing.site.getList', { params: { order: { ID: 'DESC' } } }, /"params\[order\]" cannot be given/],
    ['biconnector.source.list', { page: '2' }, /"page" cannot be given/],
    [
      'lists.element.get',
      { IBLOCK_TYPE_ID: 'x', IBLOCK_ID: '1', ELEMENT_ORDER: { ID: 'DESC' } },
      /cannot be given/,
    ],
  ])('%s with what belongs to the walk: %j', (method, params, message) => {
    expect(() => checked(method, { params })).toThrow(message)
  })

  test('ids and counts where a list has none', () => {
    expect(() => refuseUnfit(checked('crm.currency.list').query)).toThrow(
      /not known to filter by a list of ids/,
    )
    expect(() => refuseUnfit(checked('crm.lead.list').query)).not.toThrow()
    for (const name of ['crm.currency.list', 'im.recent.list', 'biconnector.source.list']) {
      const method = listMethod(name)
      if (method !== undefined) expect(() => refuseUncounted(method)).toThrow(/has none/)
    }
    for (const name of ['crm.lead.list', 'department.get']) {
      const method = listMethod(name)
      if (method !== undefined) expect(() => refuseUncounted(method)).not.toThrow()
    }
  })
})

test.each([
  ['placement.list', [/for applications: with a webhook/]],
  ['voximplant.tts.voices.get', [/stand under keys .* bx24 call voximplant.tts.voices.get/]],
  ['imconnector.list', [/for applications/, /stand under keys/]],
  ['humanresources.node.communication.list', [/Channels and collabs/]],
  ['crm.deal.list', []],
])('%s: what should be known before', (name, expected) => {
  const method = listMethod(name)
  const notices = method === undefined ? [] : noticesOf(method)
  expect(notices).toHaveLength(expected.length)
  for (const [at, text] of expected.entries()) expect(notices[at]).toMatch(text)
})
