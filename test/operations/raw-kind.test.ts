import { expect, test } from 'vitest'
import { rawKind } from '../../src/operations/raw-kind.ts'
import { JsonText } from '../../src/protocol/json-text.ts'

test.each([
  ['crm.deal.list', {}, 'read', 0],
  ['crm.deal.add', {}, 'add', 0],
  ['crm.deal.DELETE', { id: 1 }, 'delete', 1],
  ['rest.documentation.openapi', {}, 'change', 0],
  ['batch', { cmd: { a: 'crm.deal.list', b: 'crm.deal.get?id=1' } }, 'read', 0],
  ['Batch', { halt: 0, CMD: ['crm.deal.list?filter[TITLE]=a?b'] }, 'read', 0],
  ['batch', { cmd: { a: 'crm.deal.list', b: 'crm.deal.update?id=1' } }, 'change', 0],
  [
    'batch',
    { cmd: { a: 'crm.deal.list', b: 'crm.deal.delete?id=1', c: 'crm.lead.delete?id=1' } },
    'delete',
    2,
  ],
  ['batch', { cmd: { a: 'crm.deal.list', b: '$result[a].list' } }, 'change', 0],
  ['batch', { cmd: { a: 'crm.deal.list', b: 'crm%2Edeal%2Elist' } }, 'change', 0],
  ['batch', { cmd: { a: 'crm.deal.list', b: { method: 'crm.deal.list' } } }, 'change', 0],
  ['batch', { cmd: { a: 'crm.deal.list', b: 'batch?cmd[a]=crm.deal.list' } }, 'change', 0],
  ['batch', { cmd: 'crm.deal.list' }, 'change', 0],
  ['batch', {}, 'change', 0],
  ['batch', [], 'change', 0],
] as const)('%s with %j is a %s', (method, body, kind, deletions) => {
  expect(rawKind(method, JsonText.of(Buffer.from(JSON.stringify(body))))).toEqual({ kind, deletions })
})

test('both of two commands with one name count', () => {
  const body = '{"cmd":{"a":"crm.deal.add"},"cmd":{"a":"crm.deal.list"}}'
  expect(rawKind('batch', JsonText.of(Buffer.from(body))).kind).toBe('change')
})
