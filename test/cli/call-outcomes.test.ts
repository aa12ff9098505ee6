import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type BulkPortal, bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { csvRows } from '../support/parse-csv.ts'
import { tempFolder } from '../support/temp-folder.ts'

const UPDATE = ['call', 'crm.deal.update']
const INTO = [...UPDATE, '--into', 'fields']

/** Rows of NDJSON that set a title. */
function updates(ids: readonly (number | string)[]): string {
  return ids.map((id) => `${JSON.stringify({ id, fields: { TITLE: `t${id}` } })}\n`).join('')
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

/** What the titles of deals are now. */
async function titles(portal: BulkPortal): Promise<Record<string, unknown>> {
  const { stdout } = await portal.run(['get-all', 'crm.deal.list', '--select', 'ID,TITLE'])
  const rows = linesOf<{ ID: string; TITLE: unknown }>(stdout)
  return Object.fromEntries(rows.map(({ ID, TITLE }) => [ID, TITLE]))
}

describe('result lines', () => {
  test('have an exact shape, in the order of the input', async () => {
    const portal = await bulkPortal('rows=3')
    const stdin = '{"id":"1","fields":{"TITLE":"a"}}\n\n{"ID":99,"fields":{"TITLE":"b"}}\n{"fields":{}}\n'
    const { code, stdout, stderr } = await portal.run(UPDATE, { stdin })
    expect(stdout).toBe(
      '{"line":1,"id":"1","ok":true,"outcome":"done","result":true}\n' +
        '{"line":3,"id":99,"ok":false,"outcome":"refused","error":{"code":"NOT_FOUND","description":"Not found","status":null}}\n' +
        '{"line":4,"id":null,"ok":false,"outcome":"refused","error":{"code":"","description":"ID is not defined or invalid.","status":400}}\n',
    )
    expect(code).toBe(3)
    expect(stderr).toContain('Of 3 inputs 2 refused.')
  })

  test('have the answer as the portal wrote it', async () => {
    const portal = await bulkPortal('rows=3')
    const stdin = '{"entityTypeId":2,"fields":{"title":"Ж/1"}}'
    const { code, stdout } = await portal.run(['call', 'crm.item.add'], { stdin })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\{"line":1,"id":null,"ok":true,"outcome":"done","result":\{"item":\{"id":4,/)
    expect(stdout).toContain('"title":"Ж\\/1"')
  })

  test('say what nobody knows', async () => {
    const portal = await bulkPortal('rows=9,fault=lost-command@3')
    const { code, stdout, stderr } = await portal.run(UPDATE, { stdin: updates(range(1, 5)) })
    expect(linesOf(stdout).map(({ outcome }) => outcome)).toEqual(['done', 'done', 'unknown', 'done', 'done'])
    expect(linesOf(stdout)[2]).toMatchObject({ id: 3, ok: false, error: { code: 'NO_ANSWER', status: null } })
    expect(code).toBe(3)
    expect(stderr).toContain('Of 5 inputs 1 of unknown outcome.')
    expect(portal.stats.writes).toEqual({ 'crm.deal.update': 5 })
  })

  test('go to a file that is replaced if all were done, and to a partial one if not', async () => {
    const portal = await bulkPortal('rows=9')
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'out.ndjson'), 'old\n')
    const words = [...UPDATE, '-o', 'out.ndjson']
    const failed = await portal.run(words, { cwd, stdin: updates([1, 77]) })
    expect([failed.code, failed.stdout]).toEqual([3, ''])
    expect(failed.stderr).toContain('out.ndjson.partial')
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe('old\n')
    expect(linesOf(readFileSync(join(cwd, 'out.ndjson.partial'), 'utf8'))).toHaveLength(2)
    expect((await portal.run(words, { cwd, stdin: updates([1, 2]) })).code).toBe(0)
    expect(linesOf(readFileSync(join(cwd, 'out.ndjson'), 'utf8'))).toMatchObject([{ id: 1 }, { id: 2 }])
    expect(readdirSync(cwd)).toEqual(['out.ndjson'])
  })

  test('are a table, too', async () => {
    const portal = await bulkPortal('rows=9')
    const words = [...UPDATE, '-f', 'csv', '--key', 'id']
    const { stdout } = await portal.run(words, { stdin: updates([1, '00"7', 2]) })
    expect(stdout.split('\n')[0]).toBe('line,id,key,ok,outcome,result,total,next,error')
    const rest = { total: '', next: '' }
    expect(csvRows(stdout)).toEqual([
      { line: '1', id: '1', key: '1', ok: 'true', outcome: 'done', result: 'true', error: '', ...rest },
      {
        line: '2',
        id: '00"7',
        key: '00"7',
        ok: 'false',
        outcome: 'refused',
        result: '',
        error: '{"code":"","description":"ID is not defined or invalid.","status":null}',
        ...rest,
      },
      { line: '3', id: '2', key: '2', ok: 'true', outcome: 'done', result: 'true', error: '', ...rest },
    ])
  })
})

describe('a bad line', () => {
  const BAD = [...updates(range(1, 150)).split('\n').slice(0, 149), '{"id":150,', updates([151])].join('\n')

  test('in the middle of a file: nothing is sent, and no file is touched', async () => {
    const portal = await bulkPortal('rows=200')
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'rows.ndjson'), BAD)
    const files = ['-o', 'out.ndjson', '--errors', 'errors', '--unknown', 'unknown', '--journal', 'journal']
    const { code, stdout, stderr } = await portal.run([...UPDATE, 'rows.ndjson', ...files], { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Line 150 of rows.ndjson is not JSON')
    expect([portal.stats.requests, portal.writes()]).toEqual([0, []])
    expect(readdirSync(cwd)).toEqual(['rows.ndjson'])
  })

  test.each([
    [
      'at the end of a table, cells are missing',
      'rows.csv',
      'ID,TITLE\n1,a\n2,b\n3\n',
      'Line 4 of rows.csv has 1 cell',
    ],
    [
      'in a JSON array',
      'rows.json',
      '[{"id":1,"fields":{}},\n{"id":2,"fields":"x"}]',
      'rows.json: "fields" must be',
    ],
    ['two names are one', 'rows.ndjson', '{"id":1,"fields":{}}\n{"id":1,"id":2}\n', '"id" twice'],
  ])('%s: nothing is sent', async (_what, name, rows, message) => {
    const portal = await bulkPortal('rows=9')
    const cwd = tempFolder()
    writeFileSync(join(cwd, name), rows)
    const { code, stderr } = await portal.run([...UPDATE, name], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(portal.stats.requests).toBe(0)
  })

  test('from a pipe: every row before it has its line, and the line is true', async () => {
    const portal = await bulkPortal('rows=200')
    const { code, stdout, stderr } = await portal.run(UPDATE, { stdin: BAD })
    expect(code).toBe(2)
    expect(stderr).toContain('Line 150 of standard input is not JSON')
    const lines = linesOf(stdout)
    expect(lines.map(({ line }) => line)).toEqual(range(1, 149))
    const written = new Set(portal.writes().map(({ id }) => id))
    for (const { id, ok, error } of lines) {
      expect([id, ok]).toEqual([id, written.has(Number(id))])
      if (!ok) expect(error?.code).toBe('NOT_SENT')
    }
  })

  test('from a pipe: what was done before it was written stays done, and nothing behind it is', async () => {
    const portal = await bulkPortal('rows=9')
    const running = portal.start(UPDATE, { stdin: 'open' })
    running.child.stdin?.write(updates([1, 2]))
    await running.says('"line":2')
    running.child.stdin?.end(`x\n${updates([3])}`)
    const { code, stdout } = await running.ended
    expect([code, linesOf(stdout).map(({ id, ok }) => [id, ok])]).toEqual([
      2,
      [
        [1, true],
        [2, true],
      ],
    ])
    expect(portal.writes().map(({ id }) => id)).toEqual([1, 2])
  })
})

test('rows that somebody is still writing are sent as they come', async () => {
  const portal = await bulkPortal('rows=9')
  const running = portal.start(UPDATE, { stdin: 'open' })
  running.child.stdin?.write(updates([1, 2]))
  await running.says('"line":2')
  expect(portal.writes().map(({ id }) => id)).toEqual([1, 2])
  running.child.stdin?.end(updates([3]))
  const { code, stdout } = await running.ended
  expect([code, linesOf(stdout).length]).toEqual([0, 3])
})

describe('what was not done', () => {
  test('is handed back as a table that is input again', async () => {
    const portal = await bulkPortal('rows=9,fault=refused-command@2,fault=lost-command@3')
    const cwd = tempFolder()
    const rows = ['1;"a;""1""\nb"', '2;"x;\r\ny"', '3; z ', '4;Ж']
    writeFileSync(join(cwd, 'rows.csv'), `\uFEFFID;"TITLE"\r\n${rows.join('\r\n')}\r\n`)
    const files = ['--errors', 'errors.csv', '--unknown', 'unknown.csv']
    const { code, stderr } = await portal.run([...INTO, 'rows.csv', ...files], { cwd })
    expect(code).toBe(3)
    expect(stderr).toContain('send again what was refused or not sent: it is in errors.csv')
    expect(readFileSync(join(cwd, 'errors.csv'), 'utf8')).toBe('ID;"TITLE"\n2;"x;\r\ny"\n')
    expect(readFileSync(join(cwd, 'unknown.csv'), 'utf8')).toBe('ID;"TITLE"\n3; z \n')
    expect(statSync(join(cwd, 'errors.csv')).mode & 0o777).toBe(0o600)
    for (const name of ['errors.csv', 'unknown.csv']) {
      const again = await portal.run([...INTO, name, '--errors', 'rest.csv'], { cwd })
      expect([again.code, readFileSync(join(cwd, 'rest.csv'), 'utf8')]).toEqual([0, ''])
    }
    expect(await titles(portal)).toMatchObject({ 1: 'a;"1"\nb', 2: 'x;\r\ny', 3: ' z ', 4: 'Ж' })
  })

  test('is handed back in UTF-8, whatever it came in, and lines of JSON as they stood', async () => {
    const portal = await bulkPortal('rows=9')
    const cwd = tempFolder()
    const windows = Buffer.from([...Buffer.from('ID,TITLE\n77,'), 0xc6, 0x0a])
    writeFileSync(join(cwd, 'rows.csv'), windows)
    await portal.run([...INTO, 'rows.csv', '--encoding', 'windows-1251', '--errors', 'errors.csv'], { cwd })
    expect(readFileSync(join(cwd, 'errors.csv'), 'utf8')).toBe('\uFEFFID,TITLE\n77,Ж\n')
    const stdin = '[{"id": 1,\n "fields": {}},\n{ "id" :77, "x": 1.0,\r\n"fields": {"TITLE":"\\u0416"}}]'
    await portal.run([...UPDATE, '--errors', 'errors.json'], { cwd, stdin })
    expect(readFileSync(join(cwd, 'errors.json'), 'utf8')).toBe(
      '{ "id" :77, "x": 1.0,  "fields": {"TITLE":"\\u0416"}}\n',
    )
  })

  test('leaves files that there would be nothing in empty', async () => {
    const portal = await bulkPortal('rows=9')
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'errors'), 'old\n')
    const { code } = await portal.run([...UPDATE, '--errors', 'errors'], { cwd, stdin: updates([1]) })
    expect([code, readFileSync(join(cwd, 'errors'), 'utf8'), existsSync(join(cwd, 'unknown'))]).toEqual([
      0,
      '',
      false,
    ])
  })
})

describe('--max-errors', () => {
  test('3: the fourth failure ends the run, and what is left is not sent, but has its line', async () => {
    const portal = await bulkPortal('rows=9')
    const cwd = tempFolder()
    const words = [...UPDATE, '--max-errors', '3', '--errors', 'errors', '--concurrency', '1']
    const ids = range(1, 400).map((at) => (at <= 5 ? at : at + 1_000))
    const { code, stdout, stderr } = await portal.run(words, { cwd, stdin: updates(ids) })
    expect(code).toBe(6)
    expect(stderr).toContain('More failures than --max-errors 3 allows: 4 of 9.')
    const lines = linesOf(stdout)
    expect(lines.map(({ id }) => id)).toEqual(ids)
    const codes = lines.map(({ error }) => error?.code ?? 'done')
    expect(codes.slice(0, 10)).toEqual([
      ...Array<string>(5).fill('done'),
      ...Array<string>(5).fill('NOT_FOUND'),
    ])
    expect([...new Set(codes.slice(10))]).toEqual(['NOT_SENT'])
    expect(lines.at(-1)).toMatchObject({ outcome: 'refused', error: { status: null } })
    expect([portal.stats.requests, portal.stats.refusals]).toEqual([1, { '': 5 }])
    expect(readFileSync(join(cwd, 'errors'), 'utf8')).toBe(updates(ids.slice(5)))
  })

  test('as many as are allowed are no reason to end', async () => {
    const portal = await bulkPortal('rows=9')
    const words = [...UPDATE, '--max-errors', '2']
    const { code, stdout } = await portal.run(words, { stdin: updates([1, 77, 78, 2]) })
    expect([code, linesOf(stdout).map(({ ok }) => ok)]).toEqual([3, [true, false, false, true]])
  })

  test('5%: a share of the rows so far, from the hundredth on', async () => {
    const portal = await bulkPortal('rows=300')
    const run = (ids: readonly number[]): ReturnType<BulkPortal['run']> =>
      portal.run([...UPDATE, '--max-errors', '5%', '--concurrency', '1'], { stdin: updates(ids) })
    // Half of the first twenty, but few of a hundred.
    const few = await run(range(1, 300).map((at) => (at <= 10 && at % 2 === 0 ? at + 1_000 : at)))
    expect([few.code, linesOf(few.stdout).filter(({ ok }) => ok).length]).toEqual([3, 295])
    const many = await run(range(1, 300).map((at) => (at % 10 === 0 ? at + 1_000 : at)))
    expect(many.code).toBe(6)
    expect(many.stderr).toMatch(/More failures than --max-errors 5% allows: \d+ of 1\d\d\./)
    const codes = linesOf(many.stdout).map(({ error }) => error?.code ?? 'done')
    expect(codes).toHaveLength(300)
    expect(codes.indexOf('NOT_SENT')).toBeGreaterThan(99)
    expect(new Set(codes.slice(codes.indexOf('NOT_SENT')))).toEqual(new Set(['NOT_SENT']))
  })

  test('7% is said as it was given', async () => {
    const portal = await bulkPortal('rows=9')
    const { code, stderr } = await portal.run([...UPDATE, '--max-errors', '7%'], {
      stdin: updates(range(50, 200)),
    })
    expect(code).toBe(6)
    expect(stderr).toContain('--max-errors 7% allows')
  })
})

test('a webhook without the right ends the run, and every row has its line', async () => {
  const portal = await bulkPortal('rows=9')
  const env = { BX24_WEBHOOK: portal.sandbox.webhook.replace(/\/rest\/.*/, portal.stats.scopeless) }
  const { code, stdout } = await portal.run(UPDATE, { env, stdin: updates(range(1, 120)) })
  expect(code).toBe(4)
  const codes = linesOf(stdout).map(({ error }) => error?.code)
  expect(codes).toHaveLength(120)
  expect(new Set(codes)).toEqual(new Set(['insufficient_scope', 'NOT_SENT']))
  expect(portal.writes()).toEqual([])
})
