import { expect, test } from 'vitest'
import type { Explanation } from '../../src/operations/explain/explanation.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'

const TIME = { start: 1, finish: 1, duration: 0.1 }

test('a known method is explained without a request, in words and as JSON', async () => {
  const portal = await fakePortal(always({ result: [], total: 0, time: TIME }))
  const env = { BX24_WEBHOOK: portal.webhook() }
  const words = ['explain', 'crm.deal.list', '--where', 'STAGE_ID = WON']
  const { code, stdout, stderr } = await runCli([...words, '--probe'], { env })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^rows +in result, a list$/m)
  expect(stdout).toMatch(/^pages +by id: each page asks for ID greater than the last one/m)
  expect(stdout).toMatch(/^deprecated +use crm\.item\.list$/m)
  expect(stdout).toMatch(/^budget +208\.4 % of the 480 s that .* it takes 20 minutes at the least$/m)
  const json = JSON.parse((await runCli([...words, '--json'], { env })).stdout) as Explanation
  expect(json).toMatchObject({
    knownFrom: 'table',
    paging: 'keyset',
    shape: '--rows-at . --row-id ID --paging keyset',
  })
  expect(json.first?.commands[0]).toEqual({
    method: 'crm.deal.list',
    params: { filter: { STAGE_ID: 'WON' }, order: { ID: 'ASC' }, start: '-1' },
  })
  expect(portal.requests).toEqual([])
})

test('what it says is sent first is what get-all sends first', async () => {
  const portal = await fakePortal(always({ result: [], time: TIME }))
  const words = ['department.get', '-p', 'NAME=Sales']
  const { stdout } = await runCli(['explain', ...words, '--json'])
  await runCli(['get-all', ...words], { env: { BX24_WEBHOOK: portal.webhook() } })
  expect((JSON.parse(stdout) as Explanation).first?.commands[0]?.params).toEqual(
    JSON.parse(String(portal.bodies[0])),
  )
})

test('of a method that is not in the table it says how it would be recognised, and with --probe what was seen', async () => {
  const row = (id: number): unknown => ({ id, name: `row ${id}` })
  const portal = await fakePortal(always({ result: { items: [row(1), row(2)] }, total: 2, time: TIME }))
  const env = { BX24_WEBHOOK: portal.webhook() }
  const before = await runCli(['explain', 'foo.bar.list'], { env })
  expect(before.stdout).toContain('not in the table of methods')
  expect(before.stdout).toContain('bx24 explain foo.bar.list --probe')
  expect(portal.requests).toEqual([])
  const { code, stdout } = await runCli(['explain', 'foo.bar.list', '--probe', '--json'], { env })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    knownFrom: 'recognition',
    rows: { at: 'items' },
    id: { inRows: 'id' },
    paging: 'start',
  })
  expect(portal.requests).toHaveLength(1)
})

test('what the user says of a list is explained as said', async () => {
  const words = ['--rows-at', 'items', '--row-id', 'id', '--paging', 'offset:offset,limit,20']
  const { code, stdout } = await runCli(['explain', 'foo.bar.list', ...words, '--rows', '100', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    knownFrom: 'user',
    paging: 'offset',
    pageRows: 20,
    estimate: { rows: 100 },
  })
})

test.each([
  'crm.deal.list --where stage=1',
  'event.offline.get',
  'crm.item.list',
  'crm.deal.add',
  'department.get --after-id 5',
])('what get-all refuses is refused with the same words: %s', async (words) => {
  const given = words.split(' ')
  const [explain, getAll] = await Promise.all([
    runCli(['explain', ...given]),
    runCli(['get-all', ...given, '--sandbox']),
  ])
  expect([explain.code, explain.stdout, explain.stderr]).toEqual([2, '', getAll.stderr])
})
