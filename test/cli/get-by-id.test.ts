import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { csvRows } from '../support/parse-csv.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-by-id', 'crm.deal.get']
const COMMENTS = ['get-by-id', 'crm.timeline.comment.list', '-p', 'filter[ENTITY_TYPE]=deal']

type Row = Readonly<Record<string, unknown>>

function folderWith(name: string, content: string): string {
  const cwd = tempFolder()
  writeFileSync(join(cwd, name), content)
  return cwd
}

/** Line and id of result lines, and the id of what was answered. */
function told(stdout: string): unknown[] {
  return linesOf(stdout).map(({ line, id, result, error }) => [
    line,
    id,
    (result as Row | undefined)?.['ID'] ?? error?.code,
  ])
}

describe('ids', () => {
  test('stand on the command line', async () => {
    const portal = await bulkPortal('rows=9')
    const { code, stdout, stderr } = await portal.run([...DEALS, '--ids', '3, 1,9'])
    expect([code, stderr]).toEqual([0, ''])
    expect(told(stdout)).toEqual([
      [1, 3, '3'],
      [2, 1, '1'],
      [3, 9, '9'],
    ])
    expect(stdout).toMatch(/^\{"line":1,"id":3,"ok":true,"outcome":"done","result":\{"ID":"3",/)
  })

  test.each<[string, string, string[], unknown[]]>([
    [
      'one a line',
      '3\n\n"1"\n 009 \n',
      [],
      [
        [1, 3, '3'],
        [3, '1', '1'],
        [4, '009', '9'],
      ],
    ],
    [
      'as a JSON array',
      '[3,\n"1"]',
      [],
      [
        [1, 3, '3'],
        [2, '1', '1'],
      ],
    ],
    [
      'in rows of one field',
      '{"DEAL": 3}\n{"X":"1"}\n',
      [],
      [
        [1, 3, '3'],
        [2, '1', '1'],
      ],
    ],
    [
      'in the ID of rows',
      '{"TITLE":"7","ID":"3"}\n{"id":1,"x":2}\n',
      [],
      [
        [1, '3', '3'],
        [2, 1, '1'],
      ],
    ],
    ['in a field that is named', '{"ID":7,"DEAL_ID":"3"}\n', ['--ids-from', 'DEAL_ID'], [[1, '3', '3']]],
  ])('come %s, from a pipe and from a file', async (_what, text, words, expected) => {
    const portal = await bulkPortal('rows=9')
    const piped = await portal.run([...DEALS, ...words], { stdin: text })
    expect([piped.code, piped.stderr, told(piped.stdout)]).toEqual([0, '', expected])
    const named = await portal.run([...DEALS, 'ids', ...words], { cwd: folderWith('ids', text) })
    expect([named.code, named.stdout]).toEqual([0, piped.stdout])
  })

  test('come in a table', async () => {
    const portal = await bulkPortal('rows=9')
    const cwd = folderWith('ids.csv', 'NAME;DEAL_ID\na;3\n"b\nc";1\n')
    const { stdout } = await portal.run([...DEALS, 'ids.csv', '--ids-from', 'DEAL_ID'], { cwd })
    expect(told(stdout)).toEqual([
      [2, 3, '3'],
      [3, 1, '1'],
    ])
  })

  test('that come again are asked for once, and answered each time', async () => {
    const portal = await bulkPortal('rows=9')
    const { stdout } = await portal.run(DEALS, { stdin: '3\n77\n3\n"3"\n77\n'.repeat(30) })
    expect(told(stdout).map((one) => (one as unknown[])[2])).toEqual(
      Array(30).fill(['3', 'NOT_FOUND', '3', '3', 'NOT_FOUND']).flat(),
    )
    // What is refused is no command that was carried out.
    expect([portal.stats.commands, portal.stats.refusals]).toEqual([{ 'crm.deal.get': 1 }, { '': 1 }])
  })
})

describe('what is not there', () => {
  test.each([
    ['crm.deal.get', [], 77],
    ['crm.item.get', ['-p', 'entityTypeId=2'], 77],
    ['user.get', [], 100_000],
    ['tasks.task.get', [], 77],
  ])('is refused with NOT_FOUND: %s', async (method, words, id) => {
    const portal = await bulkPortal('rows=9')
    const { code, stdout, stderr } = await portal.run(['get-by-id', method, '--ids', `1,${id},2`, ...words])
    expect(code).toBe(3)
    expect(linesOf(stdout)).toMatchObject([
      { id: 1, ok: true },
      { id, ok: false, outcome: 'refused', error: { code: 'NOT_FOUND' } },
      { id: 2, ok: true },
    ])
    expect(stderr).toContain('Of 3 inputs 1 refused.')
  })

  test('is handed back, so that it is input again', async () => {
    const portal = await bulkPortal('rows=9')
    const cwd = folderWith('ids.csv', 'NAME,ID\na,1\n"b ""x""",77\nc,2\n')
    await portal.run([...DEALS, 'ids.csv', '--errors', 'errors.csv'], { cwd })
    expect(readFileSync(join(cwd, 'errors.csv'), 'utf8')).toBe('NAME,ID\n"b ""x""",77\n')
    expect(told((await portal.run([...DEALS, 'errors.csv'], { cwd })).stdout)).toEqual([[2, 77, 'NOT_FOUND']])
    await portal.run([...DEALS, '--errors', 'errors'], { cwd, stdin: '{"ID": 1}\n{"ID": 77, "x": 1.0}\n' })
    expect(readFileSync(join(cwd, 'errors'), 'utf8')).toBe('{"ID": 77, "x": 1.0}\n')
  })

  test('can be too much', async () => {
    const portal = await bulkPortal('rows=9')
    const ids = Array.from({ length: 300 }, (_, at) => at + 100).join('\n')
    const words = [...DEALS, '--max-errors', '5', '--concurrency', '1']
    const { code, stdout } = await portal.run(words, { stdin: ids })
    const codes = linesOf(stdout).map(({ error }) => error?.code)
    expect([code, codes.length, codes.at(0), codes.at(-1)]).toEqual([6, 300, 'NOT_FOUND', 'NOT_SENT'])
    expect(portal.stats.requests).toBe(1)
  })
})

describe('lists', () => {
  test('are read to their end: 173 comments, none, and a few', async () => {
    const portal = await bulkPortal('rows=20')
    const { code, stdout } = await portal.run([...COMMENTS, '--ids', '3,2,13,5'])
    expect(code).toBe(0)
    const [many, none, alsoMany, few] = linesOf(stdout).map(({ result }) =>
      (result as Row[]).map(({ ID }) => Number(ID)),
    )
    expect([many?.length, none?.length, alsoMany?.length]).toEqual([173, 0, 173])
    expect(few).toHaveLength(5)
    const truth = await fetch(
      `${new URL(portal.sandbox.webhook).origin}/_sandbox/truth?method=crm.timeline.comment.list&filter[ENTITY_ID]=3&filter[ENTITY_TYPE]=deal&only=ids`,
    )
    expect([...(many ?? [])].sort((a, b) => a - b).join('\n')).toBe((await truth.text()).trim())
  })

  test('whose pages come back empty inside of a batch are complete all the same', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => at + 1).join(',')
    const sound = await (await bulkPortal('rows=20')).run([...COMMENTS, '--ids', ids])
    const portal = await bulkPortal('rows=20,fault=empty-command=30%')
    const { code, stdout } = await portal.run([...COMMENTS, '--ids', ids])
    expect(portal.stats.faults['empty-command']).toBeGreaterThan(3)
    expect([code, stdout]).toEqual([0, sound.stdout])
  })

  test('and single things alike: the rows alone, with the id of their parent', async () => {
    const portal = await bulkPortal('rows=20')
    const { code, stdout } = await portal.run([...COMMENTS, '--flat'], { stdin: '"3"\n2\n5\n' })
    expect(code).toBe(0)
    const rows = linesOf<Row>(stdout)
    const parents = rows.map(({ parentId }) => parentId)
    expect(parents.filter((id) => id === '3')).toHaveLength(173)
    expect(new Set(parents)).toEqual(new Set(['3', 5]))
    expect(stdout).toMatch(/^\{"parentId":"3","ID":"\d+",/)
    // A thing of its own has no parent.
    const deals = await portal.run([...DEALS, '--flat', '--ids', '3,77,4'])
    expect([deals.code, linesOf<Row>(deals.stdout).map(({ ID }) => ID)]).toEqual([3, ['3', '4']])
    expect(deals.stdout).toMatch(/^\{"ID":"3",/)
  })

  test.each([
    [['crm.deal.contact.items.get'], 'dealId', 'CONTACT_ID'],
    [['crm.deal.productrows.get'], 'deal', 'PRODUCT_NAME'],
    [['task.commentitem.getlist'], 'task', 'POST_MESSAGE'],
    [['tasks.task.get'], 'asked', 'title'],
    [['crm.item.get', '-p', 'entityTypeId=2'], 'asked', 'title'],
  ])('%j with the id under a name of its own', async (words, name, field) => {
    const portal = await bulkPortal('rows=20')
    const flat = ['--flat', '--parent-field', name]
    const { code, stdout } = await portal.run(['get-by-id', ...words, '--ids', '3,6', ...flat])
    expect(code).toBe(0)
    const rows = linesOf<Row>(stdout)
    expect(new Set(rows.map((row) => row[name]))).toEqual(new Set([3, 6]))
    expect(rows.every((row) => Object.keys(row)[0] === name && field in row)).toBe(true)
  })

  test('are a table of their rows, too', async () => {
    const portal = await bulkPortal('rows=20')
    const cwd = tempFolder()
    await portal.run([...COMMENTS, '--ids', '3,5', '--flat', '-o', 'comments.csv'], { cwd })
    const rows = csvRows(readFileSync(join(cwd, 'comments.csv'), 'utf8'))
    expect(rows).toHaveLength(178)
    expect(rows[0]).toMatchObject({ parentId: '3', ENTITY_ID: '3', ENTITY_TYPE: 'deal' })
  })
})

describe('refused, with nothing sent:', () => {
  test.each<[string, string[], RegExp]>([
    ['the id among the parameters', [...DEALS, '--ids', '1', '-p', 'ID=5'], /parameter ID is given/],
    ['start', [...DEALS, '--ids', '1', '-p', 'start=50'], /"start" cannot be given/],
    ['a write', ['get-by-id', 'crm.deal.delete', '--ids', '1'], /bx24 call/],
    ['a parameter that is missing', ['get-by-id', 'crm.item.get', '--ids', '1'], /-p 'entityTypeId=/],
    ['ids and a file', [...DEALS, 'ids', '--ids', '1'], /both given/],
    ['an empty id', [...DEALS, '--ids', '1,,2'], /Entry 2 of --ids/],
    ['a file that is not there', [...DEALS, 'missing'], /missing cannot be read \(ENOENT\)/],
    ['a bad id in a file', [...DEALS, 'ids'], /Line 3 of ids/],
    ['a name for the parent without --flat', [...DEALS, '--ids', '1', '--parent-field', 'x'], /--flat/],
    [
      'a field that rows do not have',
      [...DEALS, 'rows.ndjson', '--ids-from', 'X'],
      /Line 1 of rows\.ndjson has no .*X/,
    ],
  ])('%s', async (_what, words, message) => {
    const portal = await bulkPortal('rows=9')
    const cwd = folderWith('ids', '1\n2\n3 4\n')
    writeFileSync(join(cwd, 'rows.ndjson'), '{"ID":1,"a":2}\n')
    const { code, stdout, stderr } = await portal.run([...words, '-o', 'out'], { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect([portal.stats.requests, existsSync(join(cwd, 'out'))]).toEqual([0, false])
  })
})

test('a row that has a field with the name for the parent is not mixed up with it', async () => {
  const portal = await bulkPortal('rows=9')
  const { code, stdout, stderr } = await portal.run([
    ...COMMENTS,
    '--ids',
    '3',
    '--flat',
    '--parent-field',
    'ID',
  ])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('--parent-field NAME')
})

test('the parameter that takes the id can be named', async () => {
  const portal = await bulkPortal('rows=9')
  const words = ['get-by-id', 'crm.deal.list', '--id-param', 'filter[=ID]', '-p', 'select[]=ID']
  const { code, stdout } = await portal.run([...words, '--ids', '3,77,4'])
  expect(code).toBe(0)
  expect(linesOf(stdout).map(({ result }) => result)).toEqual([[{ ID: '3' }], [], [{ ID: '4' }]])
})
