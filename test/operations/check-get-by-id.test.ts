import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { checkGetById } from '../../src/operations/check-get-by-id.ts'
import type { Params } from '../../src/protocol/types.ts'

function check(method: string, params: Params = {}, idParam?: string): void {
  checkGetById({ method, idParam, params })
}

describe('refused before anything is sent:', () => {
  test.each<[string, string, Params, string | undefined, RegExp]>([
    ['what is no method', 'crm deal', {}, undefined, /no method name/],
    ['a write', 'crm.deal.delete', {}, undefined, /not known to only read/],
    ['an unknown one', 'crm.deal.recalculate', {}, undefined, /not known to only read/],
    ['what takes from a queue', 'event.offline.get', {}, undefined, /not known to only read/],
    ['a batch', 'batch', {}, undefined, /not known to only read/],
    ['the id', 'crm.deal.get', { id: '5' }, undefined, /parameter id is given/],
    ['the id in another casing', 'crm.deal.get', { ID: '5' }, undefined, /parameter ID is given/],
    ['the id where it is said to be', 'crm.deal.get', { x: { y: '5' } }, 'x[y]', /parameter x\[y\] is given/],
    [
      'a nested id',
      'crm.timeline.comment.list',
      { FILTER: { entity_id: 5, ENTITY_TYPE: 'deal' } },
      undefined,
      /FILTER\[entity_id\]/,
    ],
    ['a position', 'task.commentitem.getlist', { 0: '5' }, undefined, /parameter 0 is given/],
    ['start', 'crm.deal.contact.items.get', { start: '50' }, undefined, /"start" cannot be given/],
    ['what the portal would pass over', 'crm.deal.get', { select: 'ID' }, undefined, /must be a list/],
    ['a credential', 'crm.deal.get', { auth: 'x' }, undefined, /credential/],
    ['that a parameter is missing', 'crm.item.get', {}, undefined, /needs entityTypeId/],
    [
      'that a nested one is',
      'crm.timeline.comment.list',
      { filter: {} },
      undefined,
      /needs filter\[ENTITY_TYPE\]/,
    ],
    [
      'that one of two is',
      'lists.element.get',
      { IBLOCK_TYPE_ID: 'lists' },
      undefined,
      /needs IBLOCK_ID or IBLOCK_CODE/,
    ],
    ['what is no parameter name', 'crm.deal.get', {}, 'filter[', /no parameter name/],
  ])('%s', (_what, method, params, idParam, message) => {
    expect(() => check(method, params, idParam)).toThrow(message)
    expect(() => check(method, params, idParam)).toThrow(UsageError)
  })
})

test.each<[string, Params, string | undefined]>([
  ['crm.deal.get', {}, undefined],
  ['crm.deal.get', { id: '5' }, 'other'],
  ['crm.item.get', { entitytypeid: '2' }, undefined],
  ['lists.element.get', { IBLOCK_TYPE_ID: 'lists', IBLOCK_CODE: 'x' }, undefined],
  ['crm.timeline.comment.list', { filter: { ENTITY_TYPE: 'deal' }, select: ['ID'] }, undefined],
  ['task.commentitem.getlist', { 1: { ID: 'asc' } }, undefined],
  ['disk.folder.getchildren', {}, undefined],
  ['calendar.event.getbyid', {}, undefined],
  ['my.own.thing.get', { x: '1' }, undefined],
])('%s with %j and the id in %s is fine', (method, params, idParam) => {
  expect(() => check(method, params, idParam)).not.toThrow()
})
