import { expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'

test('it shows what the table has of a method, a line each, and needs no portal for that', async () => {
  const { code, stdout, stderr } = await runCli(['methods', 'crm.deal.list'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toBe('crm.deal.list  v2  keyset  ID  deprecated: crm.item.list\n')
  const json = await runCli(['methods', 'crm.deal.list', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    method: 'crm.deal.list',
    isInTable: true,
    paging: 'keyset',
    pageRows: 50,
    id: { inRows: 'ID', inFilter: 'ID', isNumber: true },
    isCounted: true,
    deprecated: 'crm.item.list',
  })
  expect(json.stdout).not.toContain('"portal"')
})

test('nothing is sent unless the portal is to be asked, and then one request', async () => {
  const time = { start: 1, finish: 1, duration: 0.1 }
  const result = {
    result: {
      allowed: ['crm.deal.list', 'crm.deal.other.list'],
      existing: ['crm.deal.list', 'crm.deal.other.list', 'crm.deal.userfield.list'],
      scopes: ['crm', 'user'],
    },
    result_error: [],
    result_total: [],
    result_next: [],
    result_time: [],
  }
  const portal = await fakePortal(always({ result, time }))
  const env = { BX24_WEBHOOK: portal.webhook() }
  await runCli(['methods', 'crm.deal.'], { env })
  expect(portal.requests).toEqual([])
  const { code, stdout } = await runCli(['methods', 'crm.deal.*list', '--portal', '--json'], { env })
  expect(code).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  const told = lines.map((line) => JSON.parse(line) as { method: string; isInTable: boolean; portal: string })
  expect(told.map(({ method, isInTable, portal: on }) => [method, isInTable, on])).toEqual([
    ['crm.deal.list', true, 'allowed'],
    ['crm.deal.other.list', false, 'allowed'],
    ['crm.deal.recurring.list', true, 'absent'],
    ['crm.deal.userfield.list', true, 'no scope'],
  ])
  expect(portal.requests).toHaveLength(1)
})

test('a portal that is to be asked and is not known is said to be missing', async () => {
  const { code, stdout, stderr } = await runCli(['methods', '--portal'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('BX24_WEBHOOK')
})
