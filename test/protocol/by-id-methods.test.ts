import { describe, expect, test } from 'vitest'
import { byIdMethod, changedId } from '../../src/protocol/by-id-methods.ts'
import { bracketPath } from '../../src/protocol/params.ts'
import { isRead } from '../../src/protocol/methods/reads.ts'

describe('a method that answers for one id', () => {
  test.each([
    ['crm.deal.get', 'id', 'one'],
    ['CRM.Deal.GET', 'id', 'one'],
    ['crm.deal.contact.items.get', 'id', 'list'],
    ['crm.deal.productrows.get', 'id', 'list'],
    ['crm.timeline.comment.list', 'filter[ENTITY_ID]', 'list'],
    ['tasks.task.get', 'taskId', 'one'],
    ['task.commentitem.getlist', '0', 'list'],
    ['user.get', 'ID', 'one'],
    ['disk.folder.getchildren', 'id', 'list'],
  ])('%s takes it as %s and answers %s', (method, idParam, answers) => {
    expect(byIdMethod(method)).toMatchObject({ idParam, answers })
  })

  test.each([
    ['crm.item.get', [['entityTypeId']]],
    ['lists.element.get', [['IBLOCK_TYPE_ID'], ['IBLOCK_ID', 'IBLOCK_CODE']]],
    ['crm.timeline.comment.list', [['filter[ENTITY_TYPE]']]],
    ['crm.deal.get', []],
  ])('%s needs %j besides', (method, needs) => {
    expect(byIdMethod(method).needs).toEqual(needs)
  })

  test.each([
    ['my.thing.get', 'one'],
    ['my.thing.current', 'one'],
    ['my.thing.list', 'list'],
    ['my.thing.getList', 'list'],
    ['my.thing.items.get', 'list'],
    ['my.rows.get', 'list'],
    ['my.thing.getChildren', 'list'],
  ])('%s is not known: the id is ID, and the name says that it answers %s', (method, answers) => {
    expect(byIdMethod(method)).toEqual({ method, idParam: 'ID', answers, needs: [] })
  })

  test.each([
    ...[
      'crm.deal.get',
      'crm.status.get',
      'crm.item.get',
      'crm.lead.contact.items.get',
      'crm.quote.productrows.get',
    ],
    ...['crm.item.productrow.list', 'crm.activity.list', 'crm.stagehistory.list', 'crm.requisite.list'],
    ...['tasks.task.result.list', 'tasks.task.history.list', 'task.checklistitem.getlist', 'department.get'],
    ...['disk.file.get', 'disk.folder.getchildren', 'catalog.product.get', 'calendar.event.getbyid'],
  ])('%s has parameters that can be named, and is known to read', (method) => {
    const about = byIdMethod(method)
    expect(() => [about.idParam, ...about.needs.flat()].map(bracketPath)).not.toThrow()
    expect(isRead(method)).toBe(true)
  })
})

describe('what a write changes', () => {
  test.each([
    [{ id: 5 }, '5'],
    [{ ID: '5', fields: {} }, '5'],
    [{ taskId: 'x' }, 'x'],
    [{ ELEMENT_ID: 7 }, '7'],
    [{ fields: { ID: 5 } }, undefined],
    [{ id: { a: 1 } }, undefined],
    [{ id: null }, undefined],
    [{}, undefined],
  ])('%j: %s', (params, id) => {
    expect(changedId(params)).toBe(id)
  })
})
