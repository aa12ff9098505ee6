import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands, runFile, type Told } from '../support/batch-command.ts'
import { bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { csvRows } from '../support/parse-csv.ts'
import { tempFolder } from '../support/temp-folder.ts'

const GET = { id: 'deal', method: 'crm.deal.get', params: { id: 3 } }
const REFER = { id: 7, method: 'crm.contact.get', params: { id: '$result[deal][ID]' } }
const LIST = {
  method: 'crm.deal.list',
  params: { select: ['ID'], order: { ID: 'ASC' }, filter: { '<ID': 9 } },
}

const YAML = `
# A comment
halt: 0
cmd:
  deal: crm.deal.get?id=3
  "7": crm.contact.get?id=$result[deal][ID]
  list:
    method: crm.deal.list
    params:
      select: [ID]
      order: {ID: ASC}
      filter: {<ID: 9}
`

const JSON_DOCUMENT = `
{
  "CMD": {
    "deal": "crm.deal.get?id=3",
    "7": ["crm.contact.get", {"id": "$result[deal][ID]"}],
    "list": "crm.deal.list?select[]=ID&order[ID]=ASC&filter[%3CID]=9"
  }
}
`

describe('commands', () => {
  test.each([
    [
      'lines',
      'commands.ndjson',
      commands(GET, REFER, LIST),
      [
        [1, 'deal'],
        [2, 7],
        [3, 3],
      ],
    ],
    [
      'a document in JSON',
      'commands.json',
      JSON_DOCUMENT,
      [
        [4, 'deal'],
        [5, '7'],
        [6, 'list'],
      ],
    ],
    [
      'a document in YAML',
      'commands.yaml',
      YAML,
      [
        [5, 'deal'],
        [6, '7'],
        [7, 'list'],
      ],
    ],
  ])('are %s, and may refer to each other', async (_what, name, content, places) => {
    const portal = await bulkPortal('rows=60')
    const { code, stdout, stderr } = await runFile(portal, name, content)
    expect([code, stderr]).toEqual([0, ''])
    const told = linesOf<Told>(stdout)
    expect(told.map(({ line, id }) => [line, id])).toEqual(places)
    const [deal, contact, list] = told.map(({ result }) => result)
    expect([deal, contact]).toMatchObject([
      { ID: '3', STAGE_ID: expect.any(String) as string },
      { ID: '3', LAST_NAME: expect.any(String) as string },
    ])
    expect(list).toHaveLength(8)
    // What is linked goes together, and apart from what a refusal would hold up for nothing.
    expect(portal.stats.requests).toBe(2)
  })

  test.each([
    ['lines', [], commands(GET)],
    ['a document', ['-'], '{"cmd":["crm.deal.get?id=3"]}'],
    ['YAML that is said to be so', ['--input-format', 'yaml'], YAML],
  ])('come from standard input as %s', async (_what, words, stdin) => {
    const portal = await bulkPortal('rows=60')
    const { code, stdout } = await portal.run(['batch', ...words], { stdin })
    expect([code, (linesOf<Told>(stdout)[0]?.result as { ID: string }).ID]).toEqual([0, '3'])
  })

  test('come in another encoding, if it is named', async () => {
    const portal = await bulkPortal('rows=5')
    const cwd = tempFolder()
    const line = Buffer.from('{"method":"crm.deal.update","params":{"id":1,"fields":{"TITLE":"X"}}}')
    line[line.indexOf('X')] = 0xc6
    writeFileSync(join(cwd, 'commands.ndjson'), line)
    expect((await portal.run(['batch', 'commands.ndjson'], { cwd })).code).toBe(2)
    await portal.run(['batch', 'commands.ndjson', '--encoding', 'windows-1251'], { cwd })
    expect(portal.asked()).toMatchObject([{ fields: { TITLE: 'Ж' } }])
  })

  test('of more than fifty go in several requests, in the order of the input', async () => {
    const portal = await bulkPortal('rows=200')
    const many = Array.from({ length: 173 }, (_, at) => ({
      id: `c${at}`,
      method: 'crm.deal.get',
      params: { id: at + 1 },
    }))
    const { code, stdout } = await portal.run(['batch'], { stdin: commands(...many) })
    expect(code).toBe(0)
    expect(linesOf<Told>(stdout).map(({ id, result }) => [id, (result as { ID: string }).ID])).toEqual(
      many.map(({ id, params }) => [id, String(params.id)]),
    )
    expect([portal.stats.batches, portal.stats.commands['crm.deal.get']]).toEqual([4, 173])
  })

  test('that were not answered are asked for again, and so is what refers to them', async () => {
    const portal = await bulkPortal('rows=9,fault=lost-command@1')
    const { code, stdout } = await portal.run(['batch'], { stdin: commands(GET, REFER) })
    expect(portal.stats.faults).toEqual({ 'lost-command': 1 })
    expect(linesOf<Told>(stdout).map(({ error, result }) => error ?? (result as { ID: string }).ID)).toEqual([
      '3',
      '3',
    ])
    expect(code).toBe(0)
  })

  test('that a batch would change go alone, and arrive as they are', async () => {
    const portal = await bulkPortal('rows=5')
    const fields = { TITLE: '<b>select a from b</b>', COMMENTS: null, UF_CRM_1606: true }
    const stdin = commands(
      { id: 'a', method: 'crm.deal.update', params: { id: 1, fields } },
      { id: 'b', method: 'crm.deal.update', params: { id: 2, fields: { TITLE: 'plain' } } },
    )
    expect((await portal.run(['batch'], { stdin })).code).toBe(0)
    expect(portal.asked()).toContainEqual({ id: 1, fields: { ...fields, UF_CRM_1606: '1' } })
    expect(
      portal
        .writes()
        .map(({ id, nested }) => [id, nested])
        .sort(),
    ).toEqual([
      [1, false],
      [2, true],
    ])
  })
})

describe('result lines', () => {
  test('have what the portal says besides the result', async () => {
    const portal = await bulkPortal('rows=60')
    const { stdout } = await portal.run(['batch'], { stdin: commands(GET, { id: 9, ...LIST, params: {} }) })
    const [deal, list] = linesOf<Told>(stdout)
    expect(Object.keys(deal ?? {})).toEqual(['line', 'id', 'ok', 'outcome', 'result', 'time'])
    expect(Object.keys(list ?? {})).toEqual([
      'line',
      'id',
      'ok',
      'outcome',
      'result',
      'total',
      'next',
      'time',
    ])
    expect([list?.line, list?.id, list?.total, list?.next]).toEqual([2, 9, 60, 50])
    expect(Object.keys(list?.time ?? {})).toContain('duration')
  })

  test('say why a command was refused, and what refers to it is not sent', async () => {
    const portal = await bulkPortal('rows=9')
    const stdin = commands(
      { ...GET, params: { id: 77 } },
      REFER,
      { id: 'far', method: 'crm.deal.get', params: { id: '$result[7][ID]' } },
      { id: 'ok', method: 'crm.deal.get', params: { id: 1 } },
      { id: 'none', method: 'crm.deal.get', params: { id: '$result[ok][NO_SUCH]' } },
      // What the portal has reached so far is the deal, and a deal is 1 where a number is wanted.
      {
        id: 'write',
        method: 'crm.deal.update',
        params: { id: '$result[ok][CONTACT_ID]', fields: { TITLE: 'x' } },
      },
      { id: 'no', method: 'crm.no.such.get', params: {} },
    )
    const { code, stdout } = await portal.run(['batch'], { stdin })
    expect(code).toBe(3)
    expect(linesOf<Told>(stdout).map(({ id, error }) => [id, error?.code])).toEqual([
      ['deal', 'NOT_FOUND'],
      [7, 'DEPENDS_ON_REFUSED'],
      ['far', 'DEPENDS_ON_REFUSED'],
      ['ok', undefined],
      ['none', 'UNRESOLVED_REFERENCE'],
      ['write', 'UNRESOLVED_REFERENCE'],
      ['no', 'ERROR_METHOD_NOT_FOUND'],
    ])
    expect(portal.writes()).toEqual([])
  })

  test('are a table, too', async () => {
    const portal = await bulkPortal('rows=9')
    const { stdout } = await portal.run(['batch', '-f', 'csv'], {
      stdin: commands(GET, { ...GET, id: 'x', params: {} }),
    })
    const [done, refused] = csvRows(stdout)
    expect(done).toMatchObject({
      line: '1',
      id: 'deal',
      ok: 'true',
      outcome: 'done',
      total: '',
      next: '',
      error: '',
    })
    expect(JSON.parse(done?.['result'] ?? '')).toMatchObject({ ID: '3' })
    expect(refused).toMatchObject({
      line: '2',
      id: 'x',
      ok: 'false',
      outcome: 'refused',
      result: '',
      time: '',
    })
  })

  test('have commands handed back that are input again', async () => {
    const portal = await bulkPortal('rows=9,fault=refused-command@1,fault=lost-command@2')
    const cwd = tempFolder()
    const stdin = commands(
      { id: 'a', method: 'crm.deal.update', params: { id: 1, fields: { TITLE: 'Ж "x"' } } },
      { id: 2, method: 'crm.deal.update', params: { id: 2, fields: { OPPORTUNITY: 5, OPENED: true } } },
    )
    const files = ['--errors', 'errors', '--unknown', 'unknown']
    const { code, stderr } = await portal.run(['batch', ...files], { cwd, stdin })
    expect(code).toBe(3)
    expect(stderr).toContain('it is in errors')
    expect(readFileSync(join(cwd, 'errors'), 'utf8')).toBe(`${stdin.split('\n')[0] ?? ''}\n`)
    expect(readFileSync(join(cwd, 'unknown'), 'utf8')).toBe(
      '{"id":2,"method":"crm.deal.update","params":{"id":2,"fields":{"OPPORTUNITY":5,"OPENED":"Y"}}}\n',
    )
    expect((await portal.run(['batch', 'errors'], { cwd })).code).toBe(0)
    expect(portal.writes().map(({ id }) => id)).toEqual([2, 1])
  })
})
