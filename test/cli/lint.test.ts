import { expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'

const EMPTY = { result: [], total: 0, time: { start: 1, finish: 1, duration: 0.1 } }

test.each([
  ['a clause that is nearly one', ['crm.deal.list', '-p', 'filtr[STAGE_ID]=NEW'], 'Write filter.'],
  ['another casing', ['crm.item.list', '-p', 'ENTITYTYPEID=2'], 'Write entityTypeId.'],
  ['a missing parent', ['crm.item.list'], 'Add -p entityTypeId=…'],
  ['a field in another spelling', ['crm.deal.list', '--where', 'stageId = NEW'], 'Write STAGE_ID.'],
])('%s is refused with what to write, and nothing is sent; --no-lint sends it', async (_, words, hint) => {
  const portal = await fakePortal(always(EMPTY))
  const env = { BX24_WEBHOOK: portal.webhook() }
  for (const command of ['get-all', 'count', 'explain']) {
    const { code, stdout, stderr } = await runCli([command, ...words], { env })
    expect([command, code, stdout]).toEqual([command, 2, ''])
    expect(stderr).toContain(hint)
  }
  expect(portal.requests).toEqual([])
  const sent = await runCli(['count', ...words, '--no-lint'], { env })
  expect([sent.code, sent.stdout, sent.stderr]).toEqual([0, '0\n', ''])
  expect(portal.requests).toHaveLength(1)
})

test('what would break the walk is refused with --no-lint as well', async () => {
  const { code, stderr } = await runCli([
    'get-all',
    'crm.deal.list',
    '-p',
    'limit=5',
    '--no-lint',
    '--sandbox',
  ])
  expect(code).toBe(2)
  expect(stderr).toContain('"limit" is not known')
})

test('a parameter that is only not known is sent, with a warning', async () => {
  const words = ['get-all', 'crm.deal.list', '-p', 'whatever=1', '--sandbox=rows=60']
  const { code, stdout, stderr } = await runCli(words)
  expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, 60])
  expect(stderr).toBe(
    'bx24: warning: "whatever" is not known to crm.deal.list, and a portal passes over what it does not know.\n',
  )
  expect((await runCli([...words, '--no-lint'])).stderr).toBe('')
})

test('of a method that is not in the table nothing is said', async () => {
  const words = ['explain', 'foo.bar.list', '-p', 'filtr[ID]=1']
  expect(await runCli(words)).toMatchObject({ code: 0, stderr: '' })
})

test('a refusal that names an unknown field hints at the nearest one', async () => {
  const words = ['crm.item.list', '-p', 'entityTypeId=2', '--sandbox=rows=60']
  const filter = await runCli(['get-all', ...words, '--where', 'stagId = NEW'])
  expect(filter.code).toBe(1)
  expect(filter.stderr).toContain("field 'stagId' is not allowed in filter")
  expect(filter.stderr).toContain('crm.item.list has no field stagId; did you mean stageId?')
})
