import { expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'

const TIME = { start: 1, finish: 1, duration: 0.1, operating: 0.1 }

test('it writes the number alone, of the rows that the conditions choose', async () => {
  const all = await runCli(['count', 'crm.deal.list', '--sandbox=rows=120'])
  expect([all.code, all.stdout, all.stderr]).toEqual([0, '120\n', ''])
  const words = ['--sandbox=rows=120', '--where', 'STAGE_ID = WON']
  const some = await runCli(['count', 'crm.deal.list', ...words])
  const rows = await runCli(['get-all', 'crm.deal.list', ...words])
  expect(Number(some.stdout)).toBeGreaterThan(0)
  expect(Number(some.stdout)).toBe(rows.stdout.trimEnd().split('\n').length)
})

test('it costs one call, which counts, with as little in it as may be and the bounds on the id', async () => {
  const portal = await fakePortal(always({ result: [], total: 12345, time: TIME }))
  const { code, stdout } = await runCli(['count', 'crm.deal.list', '--json', '--where', 'ID > 7'], {
    env: { BX24_WEBHOOK: portal.webhook() },
  })
  expect([code, JSON.parse(stdout)]).toEqual([0, { method: 'crm.deal.list', count: 12345 }])
  expect(portal.requests.map((path) => path.split('/').at(-1))).toEqual(['crm.deal.list.json'])
  expect(JSON.parse(String(portal.bodies[0]))).toEqual({
    filter: { '>ID': '7' },
    order: { ID: 'ASC' },
    select: ['ID'],
    start: '0',
  })
})

test('a method that answers all rows at once is counted by them', async () => {
  const portal = await fakePortal(always({ result: [{ ID: 1 }, { ID: 2 }, { ID: 3 }], time: TIME }))
  const { code, stdout } = await runCli(['count', 'crm.deal.contact.items.get', '-p', 'id=5'], {
    env: { BX24_WEBHOOK: portal.webhook() },
  })
  expect([code, stdout]).toEqual([0, '3\n'])
  expect(portal.requests).toHaveLength(1)
})

test('a count that cannot be right is none', async () => {
  const portal = await fakePortal(always({ result: [{ ID: '1' }, { ID: '2' }], total: 0, time: TIME }))
  const { code, stdout, stderr } = await runCli(['count', 'crm.deal.list'], {
    env: { BX24_WEBHOOK: portal.webhook() },
  })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('counted 0, with 2 rows on the first page')
})

test.each([
  ['REST 3.0 counts no rows', ['tasks.task.list', '--api', 'v3']],
  ['not in the table', ['foo.bar.list']],
  ['is wrong or means something else', ['im.recent.list']],
  ['does not say how many', ['landing.site.getList']],
])('what is not counted truthfully is refused, with the reason and what to do: %s', async (why, words) => {
  const portal = await fakePortal(always({ result: [], total: 5, time: TIME }))
  const { code, stdout, stderr } = await runCli(['count', ...words], {
    env: { BX24_WEBHOOK: portal.webhook() },
  })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(why)
  expect(stderr).toContain(`bx24 get-all ${words[0] ?? ''} | wc -l`)
  expect(portal.requests).toEqual([])
})

test('what get-all refuses is refused with the same words', async () => {
  const words = ['crm.deal.list', '--where', 'stage = WON', '--sandbox']
  const [count, getAll] = await Promise.all([runCli(['count', ...words]), runCli(['get-all', ...words])])
  expect([count.code, count.stderr]).toEqual([2, getAll.stderr])
})
