import { describe, expect, test } from 'vitest'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'

const TWO_LISTS = { result: { things: [{ CODE: 'a' }, { CODE: 'b' }], users: [{ ID: 5 }] }, total: 2 }

async function run(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  ...words: string[]
): Promise<{ code: number | null; stdout: string; stderr: string; requests: readonly string[] }> {
  const portal = await fakePortal(answer)
  const env = { BX24_WEBHOOK: portal.webhook() }
  return { ...(await runCli(['get-all', 'some.thing.list', ...words], { env })), requests: portal.requests }
}

describe('a list that the table does not know', () => {
  test('is refused where its rows are unclear, and read with the option that the hint names', async () => {
    const refused = await run(always(TWO_LISTS))
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('has several lists in its answer (things, users)')
    expect(refused.stderr).toContain('--rows-at')
    const { code, stdout } = await run(always(TWO_LISTS), '--rows-at', 'things')
    expect([code, stdout]).toEqual([0, '{"CODE":"a"}\n{"CODE":"b"}\n'])
  })

  test('gives its rows with 3 where nothing shows that they are all, and with 0 if the user says so', async () => {
    const answer = always({ result: [{ ID: '1', NAME: 'x' }] })
    const doubted = await run(answer)
    expect([doubted.code, doubted.stdout]).toEqual([3, '{"ID":"1","NAME":"x"}\n'])
    expect(doubted.stderr).toContain('--paging whole')
    const { code, requests } = await run(answer, '--paging', 'whole')
    expect([code, requests.length]).toEqual([0, 1])
  })

  test('is told of with -v, as options that say the same', async () => {
    const { stderr } = await run(always({ result: { items: [{ id: 1, title: 'x' }] }, total: 1 }), '-v')
    expect(stderr).toContain('as with --rows-at items --row-id id --paging start')
  })

  test('is read by parameters of any name', async () => {
    const all = Array.from({ length: 25 }, (_, at) => ({ code: `c${at}` }))
    const portal = await fakePortal((request, response) => {
      const { params } = JSON.parse(portal.bodies.at(-1)?.toString() ?? '') as {
        params: { from: number; size: number }
      }
      always({ result: all.slice(params.from, params.from + params.size) })(request, response)
    })
    const shape = ['--rows-at', '.', '--row-id', 'code', '--paging', 'offset:params.from,params[size],10']
    const env = { BX24_WEBHOOK: portal.webhook() }
    const { code, stdout } = await runCli(['get-all', 'some.thing.list', ...shape, '--batch-size', '1'], {
      env,
    })
    expect(code).toBe(0)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row) as unknown),
    ).toEqual(all)
  })
})

test.each([
  ['--paging', 'sideways', 'is no way to reach pages'],
  ['--paging', 'offset', 'It is written offset:OFFSET[,LIMIT]'],
  ['--paging', 'cursor:next', 'It is written cursor:PLACE,PARAMETER'],
  ['--paging', 'last-row:LAST_ID', 'It is written last-row:PARAMETER=MEMBER'],
  ['--paging', 'start:0', 'It is written start[:N]'],
  ['--paging', 'keyset', '--row-id'],
  ['--rows-at', '', 'is no place in an answer'],
  ['--row-id', 'a=b=c', 'is no name of an id'],
])('%s %s is refused before anything is sent', async (option, value, message) => {
  const { code, stderr, requests } = await run(always({ result: [] }), option, value)
  expect([code, requests]).toEqual([2, []])
  expect(stderr).toContain(message)
})

test('what the user says goes before the table', async () => {
  const sandbox = '--sandbox=rows=120,ids=dense,plan=box'
  const usual = await runCli(['get-all', 'crm.deal.list', sandbox])
  const { code, stdout } = await runCli(['get-all', 'crm.deal.list', sandbox, '--paging', 'start'])
  expect(code).toBe(0)
  expect(stdout).toBe(usual.stdout)
})

test('a list that the user says is walked by id begins behind one', async () => {
  const words = ['--row-id', 'ID', '--paging', 'keyset', '--after-id', '100']
  const { code, stdout } = await runCli([
    'get-all',
    'crm.deal.list',
    ...words,
    '--sandbox=rows=120,ids=dense',
  ])
  expect([code, stdout.trim().split('\n').length]).toEqual([0, 20])
})
