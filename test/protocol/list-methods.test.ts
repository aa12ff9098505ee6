import { describe, expect, test } from 'vitest'
import { callKind, isRead } from '../../src/protocol/methods/reads.ts'
import { listMethod, listMethods } from '../../src/protocol/methods/table.ts'

const METHODS = listMethods().map((method) => [`${method.method} (${method.api})`, method] as const)

describe('the table of list methods', () => {
  test('has every method once, in whatever casing', () => {
    const names = listMethods().map(({ method, api }) => `${api} ${method.toLowerCase()}`)
    expect(names.length).toBeGreaterThan(350)
    expect(new Set(names).size).toBe(names.length)
    expect(listMethod('CRM.Deal.LIST')?.method).toBe('crm.deal.list')
    expect(listMethod('crm.deal.lists')).toBeUndefined()
  })

  test('knows a name in both versions, and takes the older one if none is wanted', () => {
    expect(listMethod('tasks.task.list')?.api).toBe('v2')
    expect(listMethod('tasks.task.list', 'v3')).toMatchObject({ api: 'v3', rows: { at: ['items'] } })
    expect(listMethod('crm.deal.list', 'v3')).toBeUndefined()
    expect(listMethod('note.collection.list')?.api).toBe('v3')
    expect(listMethod('note.collection.list', 'v2')).toBeUndefined()
  })

  test.each(METHODS)('%s can be walked as it says', (_, method) => {
    const { paging, id, filter, rows, idOrder, api, source } = method
    expect(source).toMatch(/^https:\/\/apidocs\.bitrix24\.com\/api-reference\/[\w./-]+\.html$/)
    if (paging.by === 'keyset' || paging.by === 'id-filter') {
      expect(id?.isNumber).toBe(true)
      expect(filter?.prefixes).toEqual(expect.arrayContaining(['>', '<=']))
      expect(Object.keys(idOrder)).not.toEqual([])
    }
    // A chain refers to the last row of a page by its position.
    if (paging.by === 'keyset') expect([rows.form, api]).toEqual(['array', 'v2'])
    if (filter !== undefined) expect(filter.form).toBe(api === 'v3' ? 'conditions' : 'map')
    if ('pageRows' in paging) expect(paging.pageRows).toBeGreaterThan(0)
  })

  test.each(['event.offline.get', 'im.v2.Event.get', 'imbot.v2.event.GET'])(
    '%s changes what it reads',
    (method) => {
      expect(isRead(method)).toBe(false)
      expect(callKind(method)).toBe('change')
    },
  )

  test.each([
    'event.offline.list',
    'landing.site.getFolders',
    'task.items.getlist',
    'crm.duplicate.findbycomm',
    'scope',
  ])('%s is a read', (method) => {
    expect(isRead(method)).toBe(true)
  })

  test('gives wrappers, groups and names of their own to those that have them', () => {
    expect(listMethod('landing.site.getList')).toMatchObject({
      filter: { at: ['params', 'filter'] },
      select: ['params', 'select'],
      idOrder: { params: { order: { ID: 'ASC' } } },
      paging: { by: 'offset', offset: ['params', 'offset'], limit: ['params', 'limit'] },
    })
    expect(listMethod('im.department.employees.get')?.rows).toEqual({
      at: [],
      form: 'grouped',
      losesKeys: true,
    })
    expect(listMethod('timeman.timecontrol.reports.get')?.rows.at).toEqual(['report', 'days'])
    expect(listMethod('tasks.task.list')?.id).toEqual({ inRows: 'id', inFilter: 'ID', isNumber: true })
    expect(listMethod('crm.currency.list')?.id).toEqual({
      inRows: 'CURRENCY',
      inFilter: 'CURRENCY',
      isNumber: false,
    })
    expect(listMethod('bizproc.task.list')?.paging).toEqual({ by: 'keyset', start: 'START' })
    // It answers start=-1 with all rows.
    expect(listMethod('crm.orderentity.list')?.paging.by).toBe('start')
    expect(listMethod('disk.file.search')?.paging).toMatchObject({
      by: 'offset',
      end: { by: 'next' },
      reach: 1_000,
    })
  })
})
