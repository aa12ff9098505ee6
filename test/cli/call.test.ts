import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const UPDATE = ['call', 'crm.deal.update']

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const cwd = tempFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content)
  return cwd
}

describe('rows', () => {
  const ROWS = [
    { id: 1, fields: { TITLE: 'a <b> "c"', OPENED: true } },
    { id: 2, fields: { TITLE: null } },
  ]
  const ASKED = [
    { id: '1', fields: { TITLE: 'a <b> "c"', OPENED: 'Y' } },
    { id: '2', fields: { TITLE: null } },
  ]

  test.each([
    ['NDJSON from standard input', [], ROWS.map((row) => `${JSON.stringify(row)}\n\n`).join('')],
    ['NDJSON from standard input by its name', ['-'], ROWS.map((row) => JSON.stringify(row)).join('\r\n')],
    ['a JSON array from standard input', [], JSON.stringify(ROWS, undefined, 2)],
  ])('come as %s', async (_what, words, stdin) => {
    const portal = await bulkPortal('rows=5')
    const { code, stdout, stderr } = await portal.run([...UPDATE, ...words], { stdin })
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout)).toMatchObject([
      { id: 1, ok: true },
      { id: 2, ok: true },
    ])
    const asked = portal.asked().map(({ id, fields }) => ({ id: String(id), fields }))
    expect(asked.sort((a, b) => Number(a.id) - Number(b.id))).toEqual(ASKED)
  })

  test.each([
    ['rows.json', JSON.stringify(ROWS)],
    ['rows.jsonl', ROWS.map((row) => JSON.stringify(row)).join('\n')],
    ['rows', ROWS.map((row) => JSON.stringify(row)).join('\n')],
  ])('come from the file %s', async (name, content) => {
    const portal = await bulkPortal('rows=5')
    const { code } = await portal.run([...UPDATE, name], { cwd: folderWith({ [name]: content }) })
    expect([code, portal.stats.writes]).toEqual([0, { 'crm.deal.update': 2 }])
  })

  test('come from a table whose header names parameters', async () => {
    const portal = await bulkPortal('rows=5')
    const table = 'id;fields[TITLE];fields[UF_CRM_1602][]\n1;"a;""b""\nc";007\n'
    const { code } = await portal.run([...UPDATE, 'rows.csv'], { cwd: folderWith({ 'rows.csv': table }) })
    expect(code).toBe(0)
    expect(portal.asked()).toEqual([{ id: '1', fields: { TITLE: 'a;"b"\nc', UF_CRM_1602: ['007'] } }])
  })

  test('of no known format are refused, and known if that is said', async () => {
    const portal = await bulkPortal('rows=5')
    const stdin = 'id,TITLE\n1,a\n'
    const refused = await portal.run([...UPDATE, '--into', 'fields'], { stdin })
    expect([refused.code, refused.stdout, portal.stats.requests]).toEqual([2, '', 0])
    expect(refused.stderr).toContain('--input-format csv')
    const { code } = await portal.run([...UPDATE, '--into', 'fields', '--input-format', 'csv'], { stdin })
    expect(code).toBe(0)
    expect(portal.asked()).toEqual([{ id: '1', fields: { TITLE: 'a' } }])
  })

  test('in the encoding of Windows are refused, and read if it is named', async () => {
    const portal = await bulkPortal('rows=5')
    const rows = Buffer.concat([
      Buffer.from('id;TITLE\r\n1;'),
      Buffer.from([0xd1, 0xe4, 0xe5, 0xeb, 0xea, 0xe0]),
    ])
    const cwd = folderWith({ 'rows.csv': rows })
    const words = [...UPDATE, 'rows.csv', '--into', 'fields']
    const refused = await portal.run(words, { cwd })
    expect([refused.code, refused.stdout, portal.stats.requests]).toEqual([2, '', 0])
    expect(refused.stderr).toContain('--encoding windows-1251')
    expect((await portal.run([...words, '--encoding', 'windows-1251'], { cwd })).code).toBe(0)
    expect(portal.asked()).toEqual([{ id: '1', fields: { TITLE: 'Сделка' } }])
  })

  test('are as many as there are: none is fine', async () => {
    const portal = await bulkPortal('rows=5')
    for (const stdin of ['', '\n', '[]']) {
      expect(await portal.run(UPDATE, { stdin })).toMatchObject({ code: 0, stdout: '', stderr: '' })
    }
    expect(portal.stats.requests).toBe(0)
  })
})

describe('columns become parameters', () => {
  const TABLE = 'ID,TITLE,COMMENTS,XML\n1,a,,A-1\n2,,b,A-2\n'

  async function sent(...words: string[]): Promise<{ asked: unknown[]; stdout: string }> {
    const portal = await bulkPortal('rows=5')
    const cwd = folderWith({ 'rows.csv': TABLE })
    const { code, stdout, stderr } = await portal.run([...UPDATE, 'rows.csv', ...words], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    return { asked: portal.asked(), stdout }
  }

  test('below another one, without empty cells', async () => {
    const { asked } = await sent('--into', 'fields')
    expect(asked).toEqual([
      { ID: '1', fields: { TITLE: 'a', XML: 'A-1' } },
      { ID: '2', fields: { COMMENTS: 'b', XML: 'A-2' } },
    ])
  })

  test('with empty ones, if they are to clear', async () => {
    const { asked } = await sent('--into', 'fields', '--empty', 'clear')
    expect(asked).toEqual([
      { ID: '1', fields: { TITLE: 'a', COMMENTS: '', XML: 'A-1' } },
      { ID: '2', fields: { TITLE: '', COMMENTS: 'b', XML: 'A-2' } },
    ])
  })

  test('by templates, which leave the other columns out', async () => {
    const templates = [
      'fields[TITLE]={XML}: {TITLE}',
      'fields[COMMENTS]={COMMENTS}',
      'fields[UF_CRM_1]=x={{1}}',
    ]
    const { asked } = await sent(...templates.flatMap((template) => ['--field', template]))
    expect(asked).toEqual([
      { ID: '1', fields: { TITLE: 'A-1: a', UF_CRM_1: 'x={1}' } },
      { ID: '2', fields: { TITLE: 'A-2: ', COMMENTS: 'b', UF_CRM_1: 'x={1}' } },
    ])
  })

  test('beside those that all calls have', async () => {
    const { asked } = await sent(
      '--into',
      'fields',
      '-p',
      'params[REGISTER_SONET_EVENT]=N',
      '-P',
      'fields={"OPENED":true}',
    )
    expect(asked[0]).toEqual({
      ID: '1',
      fields: { OPENED: 'Y', TITLE: 'a', XML: 'A-1' },
      params: { REGISTER_SONET_EVENT: 'N' },
    })
  })

  test('and one of them is repeated in the result line', async () => {
    const { stdout } = await sent('--into', 'fields', '--key', 'XML')
    expect(stdout).toBe(
      '{"line":2,"id":1,"key":"A-1","ok":true,"outcome":"done","result":true}\n' +
        '{"line":3,"id":2,"key":"A-2","ok":true,"outcome":"done","result":true}\n',
    )
  })
})

describe('refused, with nothing sent and no file touched:', () => {
  test.each<[string, string[], RegExp]>([
    [
      'a parameter that a row has as well',
      ['--into', 'fields', '-p', 'fields[TITLE]=x'],
      /Line 2 of rows\.csv: .*fields\[TITLE\] is given twice/,
    ],
    [
      'the same in another casing',
      ['--into', 'fields', '-p', 'id=5'],
      /Line 2 of rows\.csv: "id" and "ID" are the same/,
    ],
    ['a column for a template that is not there', ['--field', 'fields[X]={NAME}'], /there is no column NAME/],
    ['a key that is not there', ['--into', 'fields', '--key', 'NAME'], /there is no column NAME/],
    ['two ways to say where columns go', ['--into', 'fields', '--field', 'a={TITLE}'], /--into and --field/],
    ['a template that is none', ['--field', 'fields[X]'], /is not PARAMETER=TEXT/],
    ['columns below what is no parameter', ['--into', 'fields['], /is no parameter name/],
    ['a wrong number of errors', ['--max-errors', '5x'], /--max-errors/],
    ['a way to treat empty cells that there is not', ['--empty', 'drop'], /--empty/],
    ['a credential', ['--into', 'auth'], /credential/],
    ['an unknown encoding', ['--into', 'fields', '--encoding', 'klingon'], /klingon/],
    [
      '--errors in a folder that is not there',
      ['--into', 'fields', '--errors', 'missing/x'],
      /--errors: missing\/x cannot be written/,
    ],
  ])('%s', async (_what, words, message) => {
    const portal = await bulkPortal('rows=5')
    const cwd = folderWith({ 'rows.csv': 'ID,TITLE\n1,a\n', 'out.ndjson': 'old\n' })
    const { code, stdout, stderr } = await portal.run([...UPDATE, 'rows.csv', '-o', 'out.ndjson', ...words], {
      cwd,
    })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect([portal.stats.requests, readdirSync(cwd)]).toEqual([0, ['out.ndjson', 'rows.csv']])
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe('old\n')
  })

  test.each([
    ['crm deal update', 'is no method name'],
    ['batch', 'Use bx24 batch'],
  ])('the method %s', async (method, message) => {
    const { code, stderr } = await (await bulkPortal()).run(['call', method], { stdin: '{}' })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  test.each(['--errors', '--unknown', '--journal', '-o'])('%s with the name of the input', async (flag) => {
    const portal = await bulkPortal('rows=5')
    const rows = 'ID,TITLE\n1,a\n'
    const cwd = folderWith({ rows: rows })
    const words = [...UPDATE, '--into', 'fields', '--input-format', 'csv', flag, 'rows']
    const { code, stderr } = await portal.run([...words, 'rows'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('name the same file')
    // The shell has opened it already.
    const input = openSync(join(cwd, 'rows'), 'r')
    const redirected = await portal.run(words, { cwd, stdio: [input, 'pipe', 'pipe'] })
    closeSync(input)
    expect(redirected.code).toBe(2)
    expect(redirected.stderr).toContain('standard input')
    expect(readFileSync(join(cwd, 'rows'), 'utf8')).toBe(rows)
    expect(portal.stats.requests).toBe(0)
  })
})
