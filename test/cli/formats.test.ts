import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { JsonText } from '../../src/protocol/json-text.ts'
import { always, fakePortal } from '../support/fake-portal.ts'
import { csvRows, parseCsv } from '../support/parse-csv.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const DEALS = ['get-all', 'crm.deal.list']

/** What a cell should hold, worked out from the row itself. */
function cellOf(value: JsonText): string {
  const text = value.toString()
  if (text.startsWith('"')) return JSON.parse(text) as string
  return text === 'null' ? '' : text
}

function rowsOf(ndjson: string): Map<string, string>[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => {
      const members = [...JsonText.of(Buffer.from(line)).members()]
      return new Map(members.map(({ name, value }) => [name, cellOf(value)]))
    })
}

describe.each([
  ['crm.deal.list', []],
  ['crm.item.list', ['-p', 'entityTypeId=128']],
])('10,000 rows of %s', (method, words) => {
  const command = ['get-all', method, ...words, '--sandbox=rows=10000,plan=box', '--plan', 'box']
  let ndjson: CliRun | undefined

  test.each([
    ['csv', { delimiter: ',' }],
    ['tsv', { delimiter: '\t' }],
  ])('read back from %s are equal to those of NDJSON', async (format, dialect) => {
    ndjson ??= await runCli(command)
    const table = await runCli([...command, '-f', format])
    expect([ndjson.code, table.code, table.stderr]).toEqual([0, 0, ''])
    const expected = rowsOf(ndjson.stdout)
    const read = csvRows(table.stdout, dialect)
    expect(read).toHaveLength(10_000)
    const unequal = read.filter((row, at) => {
      const [name] = Object.entries(row).find(([key, cell]) => cell !== (expected[at]?.get(key) ?? '')) ?? []
      return name !== undefined || [...(expected[at]?.keys() ?? [])].some((key) => !(key in row))
    })
    expect(unequal).toEqual([])
    // What is nasty was among them.
    expect(table.stdout).toMatch(/=1\+1|=HYPERLINK|=/)
    expect(table.stdout).toContain('\u2028')
    expect(table.stdout).toContain('""')
  })
})

test('json is one array of the same rows', async () => {
  const sandbox = '--sandbox=rows=3000'
  const [ndjson, json] = [await runCli([...DEALS, sandbox]), await runCli([...DEALS, sandbox, '-f', 'json'])]
  expect(json.stdout).toBe(`[\n${ndjson.stdout.trimEnd().replaceAll('\n', ',\n')}\n]\n`)
  expect(JSON.parse(json.stdout)).toHaveLength(3000)
})

test('json of an empty list is an empty array', async () => {
  const { code, stdout } = await runCli([...DEALS, '--sandbox=rows=0', '-f', 'json'])
  expect([code, stdout]).toEqual([0, '[]\n'])
})

test('json that is not complete is not closed', async () => {
  const portal = await fakePortal(always({ result: [{ ID: '1' }, { ID: '2' }], total: 5 }))
  const env = { BX24_WEBHOOK: portal.webhook() }
  const { code, stdout } = await runCli(['get-all', 'department.get', '-f', 'json'], { env })
  expect([code, stdout]).toEqual([3, '[\n{"ID":"1"},\n{"ID":"2"}'])
})

test.each(['ndjson', 'csv', 'tsv', 'json'])(
  'the name of a file chooses %s, and .gz packs the same bytes',
  async (format) => {
    const cwd = tempFolder()
    const command = [...DEALS, '--sandbox=rows=700']
    for (const name of [`deals.${format}`, `deals.${format}.gz`]) {
      const { code, stderr } = await runCli([...command, '-o', name], { cwd })
      expect([code, stderr]).toEqual([0, ''])
    }
    const text = readFileSync(join(cwd, `deals.${format}`), 'utf8')
    expect(gunzipSync(readFileSync(join(cwd, `deals.${format}.gz`))).toString()).toBe(text)
    expect(text).toMatch(
      { ndjson: /^\{/, csv: /^ID,TITLE,/, tsv: /^ID\tTITLE\t/, json: /^\[\n\{/ }[format] ?? /^$/,
    )
    expect(readdirSync(cwd).sort()).toEqual([`deals.${format}`, `deals.${format}.gz`])
  },
)

describe('columns', () => {
  async function header(...words: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await runCli(['get-all', ...words, '-f', 'csv'])
    expect([code, stderr]).toEqual([0, ''])
    return parseCsv(stdout)[0] ?? []
  }

  test('are those selected, in their order', async () => {
    const select = ['--select', 'TITLE,ID,UF_CRM_1601']
    expect(await header('crm.deal.list', ...select, '--sandbox=rows=3')).toEqual([
      'TITLE',
      'ID',
      'UF_CRM_1601',
    ])
    expect(await header('crm.deal.list', ...select, '--sandbox=rows=0')).toEqual([
      'TITLE',
      'ID',
      'UF_CRM_1601',
    ])
    expect(await header('crm.deal.list', '-p', 'select[]=TITLE', '--sandbox=rows=3')).toEqual(['TITLE'])
  })

  test('of a mask are the fields that fit it', async () => {
    const names = await header(
      'crm.item.list',
      '-p',
      'entityTypeId=128',
      '--select',
      'id,ufCrm*',
      '--sandbox=rows=3',
    )
    expect(names[0]).toBe('id')
    expect(names.length).toBeGreaterThan(3)
    expect(names.slice(1).every((name) => name.startsWith('ufCrm'))).toBe(true)
  })

  test('of * and UF_* are the fields of the entity', async () => {
    const all = await header('crm.deal.list', '--sandbox=rows=3')
    expect(all).toContain('UF_CRM_1601')
    const users = all.filter((name) => name.startsWith('UF_'))
    expect(await header('crm.deal.list', '--select', 'ID,UF_*', '--sandbox=rows=3')).toEqual(['ID', ...users])
    expect(await header('crm.deal.list', '--select', 'TITLE,*', '--sandbox=rows=3')).toEqual([
      'TITLE',
      ...all.filter((name) => name !== 'TITLE' && !users.includes(name)),
    ])
  })

  test('are the same whether there are rows or not, where the entity tells its fields', async () => {
    for (const words of [['crm.contact.list'], ['crm.item.list', '-p', 'entityTypeId=1032']]) {
      expect(await header(...words, '--sandbox=rows=0')).toEqual(await header(...words, '--sandbox=rows=60'))
    }
  })

  test('do not promise phones that were not asked for', async () => {
    expect(await header('crm.contact.list', '--sandbox=rows=3')).not.toContain('PHONE')
    expect(await header('crm.contact.list', '--select', '*,PHONE', '--sandbox=rows=60')).toContain('PHONE')
  })

  test.each(['tasks.task.list', 'user.get', 'crm.status.list', 'department.get'])(
    'of %s are those of its rows',
    async (method) => {
      const { stdout } = await runCli(['get-all', method, '--sandbox=rows=60'])
      const [first] = stdout.split('\n')
      const keys = Object.keys(JSON.parse(first ?? '') as object)
      expect(await header(method, '--sandbox=rows=60')).toEqual(expect.arrayContaining(keys))
    },
  )

  test('of tasks are spelled like their rows', async () => {
    const select = ['--select', 'ID,CREATED_DATE,RESPONSIBLE_ID']
    const expected = ['id', 'createdDate', 'responsibleId']
    expect(await header('tasks.task.list', ...select, '--sandbox=rows=9')).toEqual(expected)
    expect(await header('tasks.task.list', ...select, '--sandbox=rows=0')).toEqual(expected)
  })

  test('of nested values stand on their own with --flatten', async () => {
    const words = ['--flatten', 'crm.contact.list', '--select', 'ID,PHONE.0.VALUE', '--sandbox=rows=200']
    expect(await header(...words)).toEqual(['ID', 'PHONE.0.VALUE'])
    const whole = await header(
      'crm.contact.list',
      '--select',
      'ID,TYPE_ID,PHONE',
      '--flatten=_',
      '--sandbox=rows=60',
    )
    expect(whole.slice(0, 3)).toEqual(['ID', 'TYPE_ID', 'PHONE_0_ID'])
  })
})

describe('what does not fit into the columns is said once, with exit code 3:', () => {
  test('a selected column that no row has', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'deals.csv'), 'old\n')
    const words = [...DEALS, '--select', 'ID,TITEL', '--sandbox=rows=300', '-o', 'deals.csv']
    const { code, stderr } = await runCli(words, { cwd })
    expect(code).toBe(3)
    expect(stderr.match(/TITEL/g)).toHaveLength(1)
    expect(stderr).toContain('No row of crm.deal.list has the selected TITEL.')
    expect(stderr).toContain('The rows so far are in deals.csv.partial; deals.csv was left alone.')
    expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toBe('old\n')
    expect(parseCsv(readFileSync(join(cwd, 'deals.csv.partial'), 'utf8'))).toHaveLength(301)
  })

  test('and the file is replaced if that is accepted', async () => {
    const cwd = tempFolder()
    const words = [
      ...DEALS,
      '--select',
      'ID,TITEL',
      '--sandbox=rows=3',
      '-o',
      'deals.csv',
      '--accept-partial',
    ]
    expect((await runCli(words, { cwd })).code).toBe(3)
    expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toMatch(/^ID,TITEL\n\d+,\n/)
  })

  test('but not if there are no rows, in which it could stand', async () => {
    const { code, stdout } = await runCli([...DEALS, '--select', 'ID,TITEL', '--sandbox=rows=0', '-f', 'csv'])
    expect([code, stdout]).toEqual([0, 'ID,TITEL\n'])
  })

  test('nor if the entity has the field: it may be empty in all rows', async () => {
    const words = ['get-all', 'crm.contact.list', '--select', 'ID,PHONE', '--sandbox=rows=40', '-f', 'csv']
    const { stdout } = await runCli(words)
    const without = csvRows(stdout).find(({ PHONE }) => PHONE === '')
    expect(without).toBeDefined()
    const alone = await runCli([...words, '--where', `ID = ${without?.['ID'] ?? ''}`])
    expect([alone.code, alone.stdout]).toEqual([0, `ID,PHONE\n${without?.['ID'] ?? ''},\n`])
  })

  test('nested values that come after the header', async () => {
    const list = ['lists.element.get', '-p', 'IBLOCK_TYPE_ID=lists', '-p', 'IBLOCK_ID=41']
    const words = ['get-all', ...list, '-f', 'csv', '--flatten', '--sandbox=rows=120']
    const { code, stdout, stderr } = await runCli(words)
    expect(code).toBe(3)
    expect(csvRows(stdout)).toHaveLength(120)
    expect(stderr).toMatch(
      /their columns came after the header: PROPERTY_\d+\.\d+ \(1 row\), .* and more\.\n/,
    )
    expect(stderr).toContain(
      'hint: Name all columns with --select such as ID,PHONE.0.VALUE, or leave --flatten out.',
    )
  })
})

describe('for Excel', () => {
  test('a file begins with a byte order mark, has semicolons and CRLF, and no formulas', async () => {
    const cwd = tempFolder()
    const words = [...DEALS, '--sandbox=rows=2000', '--select', 'ID,TITLE', '-o', 'deals.csv', '--excel']
    expect((await runCli(words, { cwd })).code).toBe(0)
    const bytes = readFileSync(join(cwd, 'deals.csv'))
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const rows = csvRows(bytes.subarray(3).toString(), { delimiter: ';', lineEnd: '\r\n' })
    expect(rows).toHaveLength(2000)
    expect(rows.filter(({ TITLE }) => /^[=+@-]/.test(TITLE ?? ''))).toEqual([])
    expect(rows.some(({ TITLE }) => TITLE?.startsWith("'=") === true)).toBe(true)
    expect(rows.some(({ TITLE }) => TITLE?.includes('Поставка') === true)).toBe(true)
  })

  test('each of it can be had alone', async () => {
    const words = [...DEALS, '--sandbox=rows=1', '--select', 'ID,STAGE_ID', '-f', 'csv']
    const text = async (...more: string[]): Promise<string> => (await runCli([...words, ...more])).stdout
    expect(await text('--delimiter', '|', '--crlf')).toMatch(/^ID\|STAGE_ID\r\n\d+\|\S+\r\n$/)
    expect(await text('--bom')).toMatch(/^\uFEFFID,STAGE_ID\n\d+,/)
    expect(await text('--no-header')).toMatch(/^\d+,/)
    expect(await text('--delimiter', '\\t')).toMatch(/^ID\tSTAGE_ID\n/)
  })
})

describe('--append', () => {
  test('adds the rows of a second run to those of the first', async () => {
    for (const name of ['deals.ndjson', 'deals.csv', 'deals.tsv', 'deals.csv.gz']) {
      const cwd = tempFolder()
      const run = (where: string): Promise<CliRun> =>
        runCli([...DEALS, '--sandbox=rows=200', '--where', where, '-o', name, '--append'], { cwd })
      expect([(await run('ID <= 1000')).code, (await run('ID > 1000')).code]).toEqual([0, 0])
      await runCli([...DEALS, '--sandbox=rows=200', '-o', `all-${name}`], { cwd })
      const [added, whole] = [name, `all-${name}`].map((file) => {
        const bytes = readFileSync(join(cwd, file))
        return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
      })
      expect(added).toBe(whole)
    }
  })

  test('refuses a table with other columns and leaves it alone', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'deals.csv'), 'ID,STAGE_ID\n1,NEW\n')
    const words = [...DEALS, '--sandbox=rows=3', '--select', 'ID,TITLE', '-o', 'deals.csv', '--append']
    const { code, stderr } = await runCli(words, { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('another header')
    expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toBe('ID,STAGE_ID\n1,NEW\n')
    expect(readdirSync(cwd)).toEqual(['deals.csv'])
  })
})

describe('nothing is sent and the exit code is 2', () => {
  test.each([
    ['for a file that --no-clobber protects', ['-o', 'there.csv', '--no-clobber']],
    ['for --append to a file that is cut', ['-o', 'there.csv', '--append']],
    ['for an option that does not fit the format', ['-f', 'csv', '-o', 'x.json']],
    ['for --flatten with json', ['--flatten', '-f', 'json']],
  ])('%s', async (_why, words) => {
    const portal = await fakePortal(always({ result: [], total: 0 }))
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'there.csv'), 'precious')
    const { code, stderr } = await runCli([...DEALS, ...words], {
      cwd,
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect([code, portal.requests]).toEqual([2, []])
    expect(stderr).toMatch(/^bx24: .+\n/)
    expect(readdirSync(cwd)).toEqual(['there.csv'])
    expect(readFileSync(join(cwd, 'there.csv'), 'utf8')).toBe('precious')
  })
})
