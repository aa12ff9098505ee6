import { expect, test } from 'vitest'
import { withWrittenBooleans } from '../../src/protocol/booleans.ts'

test.each(['crm.deal.update', 'CRM.Deal.Update', 'tasks.task.add', 'task.item.add', 'lists.element.add'])(
  '%s takes Y and N',
  (method) => {
    expect(withWrittenBooleans(method, { fields: { OPENED: true, CLOSED: false } })).toEqual({
      fields: { OPENED: 'Y', CLOSED: 'N' },
    })
  },
)

test.each(['user.add', 'department.add', 'some.own.method', 'crmx.deal.add'])(
  '%s takes 1 and 0',
  (method) => {
    expect(withWrittenBooleans(method, { ACTIVE: true, fields: { X: false } })).toEqual({
      ACTIVE: '1',
      fields: { X: '0' },
    })
  },
)

test.each(['UF_CRM_1606', 'ufCrm_1606', '=UF_CRM_1', '!ufAuto'])('%s is 1 or 0 in any house', (name) => {
  expect(withWrittenBooleans('crm.deal.update', { fields: { [name]: true, X: true } })).toEqual({
    fields: { [name]: '1', X: 'Y' },
  })
})

test.each(['UFO', 'ufo', 'BUF_X', 'aufX'])('%s is no user field', (name) => {
  expect(withWrittenBooleans('crm.deal.update', { fields: { [name]: true } })).toEqual({
    fields: { [name]: 'Y' },
  })
})

test('a list is written as the field that holds it, and so is what is nested in it', () => {
  const given = { fields: { UF_LIST: [true, [false]], LIST: [true, { deep: [false] }, { UF_X: true }] } }
  expect(withWrittenBooleans('crm.deal.update', given)).toEqual({
    fields: { UF_LIST: ['1', ['0']], LIST: ['Y', { deep: ['N'] }, { UF_X: '1' }] },
  })
})

test('what is no boolean stays, also what looks like one', () => {
  const given = { a: 'true', b: 1, c: null, d: '', e: [], f: {}, g: [0, 'Y'], __proto__: null }
  expect(withWrittenBooleans('crm.deal.update', given)).toEqual(given)
})

test('at the top of the parameters, too', () => {
  expect(withWrittenBooleans('user.get', { isRead: true, UF_X: false })).toEqual({ isRead: '1', UF_X: '0' })
  expect(withWrittenBooleans('im.message.add', { SYSTEM: true })).toEqual({ SYSTEM: 'Y' })
})
