import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvRows, parseCsv } from './support/parse-csv.ts'
import { postgresPrograms, startPostgres } from './support/postgres.ts'
import { runCli, type RunningCli, startCli } from './support/run-cli.ts'
import { tempFolder } from './support/temp-folder.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ROWS = 300

/** The shell commands of a page, by the heading above them. */
function blocksOf(page: string): Map<string, string> {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const sections = text.split(/^#{2,3} /m).slice(1)
  return new Map(
    sections.flatMap((section) => {
      const heading = section.split('\n')[0] ?? ''
      return [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code = ''], at): [string, string] => [
        at === 0 ? heading : `${heading} (${at + 1})`,
        code,
      ])
    }),
  )
}

const RECIPES = blocksOf('recipes.md')

let sandbox: RunningCli
let webhook: string
beforeAll(async () => {
  sandbox = startCli(['sandbox', '--rows', String(ROWS), '--plan', 'box'], { cwd: ROOT, timeoutMs: 600_000 })
  webhook = (await sandbox.says('\n')).trim()
})
afterAll(async () => {
  sandbox.child.kill('SIGTERM')
  await sandbox.ended
})

/** Runs a block as a user would, in an empty folder; the folder. */
function run(
  code: string,
  environment: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = tempFolder()
  const programs = join(folder, '.bin')
  mkdirSync(programs)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/bx24.cjs')}' "$@"\n`
  writeFileSync(join(programs, 'bx24'), program, { mode: 0o755 })
  const { status, stderr } = spawnSync('bash', ['--norc', '-eu', '-c', code], {
    input: '',
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      BX24_WEBHOOK: webhook,
      BX24_PLAN: 'box',
      ...environment,
    },
  })
  // With --include a command is meant to say something.
  expect([status, code.includes('--include') ? '' : stderr]).toEqual([0, ''])
  return folder
}

function recipe(heading: string): string {
  const code = RECIPES.get(heading)
  if (code === undefined) throw new Error(`docs/recipes.md has no recipe "${heading}"`)
  return code
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

async function rowsOf(...words: string[]): Promise<Record<string, unknown>[]> {
  const env = { BX24_WEBHOOK: webhook, BX24_PLAN: 'box' }
  const { stdout } = await runCli(['get-all', ...words], { env })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

function countBy(rows: readonly Record<string, unknown>[], field: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[String(row[field])] = (counts[String(row[field])] ?? 0) + 1
  return counts
}

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined
}

const postgres = postgresPrograms()

/** A test that is left out where a program is missing, and says so. */
function testWith(isThere: boolean, program: string): (heading: string, body: () => unknown) => void {
  return (heading, body) => {
    tested.add(heading)
    test.skipIf(!isThere)(
      isThere ? heading : `${heading} (skipped: ${program} is not installed)`,
      async () => {
        await body()
      },
    )
  }
}

const tested = new Set<string>()
const testBare = testWith(true, '')
const testJq = testWith(has('jq'), 'jq')
const testSqlite = testWith(has('sqlite3'), 'sqlite3')
const testPostgres = testWith(postgres !== undefined, 'a PostgreSQL server')

describe('docs/recipes.md:', () => {
  testJq('jq: pick fields', async () => {
    const won = (await rowsOf('crm.deal.list')).filter((row) => row['STAGE_ID'] === 'WON')
    const lines = read(run(recipe('jq: pick fields')), 'won.tsv')
      .trimEnd()
      .split('\n')
    expect(won.length).toBeGreaterThan(0)
    expect(lines.map((line) => line.split('\t')[0])).toEqual(won.map((row) => row['ID']))
  })

  testJq('jq: count by stage', async () => {
    const folder = run(recipe('jq: count by stage'))
    expect(JSON.parse(read(folder, 'stages.json'))).toEqual(
      countBy(await rowsOf('crm.deal.list'), 'STAGE_ID'),
    )
  })

  testJq('jq: one line for each phone', async () => {
    const contacts = await rowsOf('crm.contact.list', '--select', 'ID,PHONE')
    const phones = contacts.flatMap((row) =>
      ((row['PHONE'] ?? []) as Record<string, string>[]).map(({ VALUE, VALUE_TYPE }) => [
        row['ID'],
        VALUE_TYPE,
        VALUE,
      ]),
    )
    expect(phones.length).toBeGreaterThan(ROWS / 2)
    expect(parseCsv(read(run(recipe('jq: one line for each phone')), 'phones.csv'))).toEqual(phones)
  })

  testBare('A table with the first two phones', () => {
    const rows = csvRows(read(run(recipe('A table with the first two phones')), 'contacts.csv'))
    expect(rows).toHaveLength(ROWS)
    expect(Object.keys(rows[0] ?? {})).toEqual(['ID', 'NAME', 'LAST_NAME', 'PHONE.0.VALUE', 'PHONE.1.VALUE'])
    expect(rows.some((row) => row['PHONE.1.VALUE'] !== '')).toBe(true)
  })

  testBare('A spreadsheet for Excel', () => {
    const text = read(run(recipe('A spreadsheet for Excel')), 'deals.csv')
    expect(text.startsWith('\uFEFFID;TITLE;')).toBe(true)
    expect(csvRows(text.slice(1), { delimiter: ';', lineEnd: '\r\n' })).toHaveLength(ROWS)
  })

  testSqlite('SQLite: a table from CSV', async () => {
    const folder = run(recipe('SQLite: a table from CSV'))
    const lines = read(folder, 'stages.txt').trimEnd().split('\n')
    const counts = Object.fromEntries(
      lines.map((line) => [line.split('|')[0] ?? '', Number(line.split('|')[1])]),
    )
    const rows = await rowsOf('crm.deal.list')
    expect(counts).toEqual(countBy(rows, 'STAGE_ID'))
    const titles = execFileSync('sqlite3', ['deals.db', 'select json_group_array(TITLE) from deals'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(JSON.parse(titles)).toEqual(rows.map((row) => row['TITLE']))
  })

  testSqlite('SQLite: rows as JSON', async () => {
    const lines = read(run(recipe('SQLite: rows as JSON')), 'stages.txt')
      .trimEnd()
      .split('\n')
    const counts = Object.fromEntries(
      lines.map((line) => [line.split('|')[0] ?? '', Number(line.split('|')[1])]),
    )
    expect(counts).toEqual(countBy(await rowsOf('crm.item.list', '-p', 'entityTypeId=128'), 'stageId'))
  })

  describe('PostgreSQL', () => {
    function ask(environment: Readonly<Record<string, string>>, query: string): unknown {
      const words = ['-At', '-v', 'ON_ERROR_STOP=1', '-c', `select json_agg(x) from (${query}) x`]
      const env = { PATH: process.env['PATH'], ...environment }
      return JSON.parse(execFileSync('psql', words, { env, encoding: 'utf8' }))
    }

    testPostgres('PostgreSQL: load a table', async () => {
      const environment = startPostgres(postgres ?? '')
      run(recipe('PostgreSQL: load a table'), environment)
      run(recipe('PostgreSQL: load a table'), environment)
      const rows = await rowsOf('crm.deal.list')
      const loaded = ask(
        environment,
        'select id::text, title, opportunity::text as sum from deals order by deals.id',
      )
      expect(loaded).toEqual(
        rows.map(({ ID, TITLE, OPPORTUNITY }) => ({ id: ID, title: TITLE, sum: OPPORTUNITY })),
      )
    })

    testPostgres('PostgreSQL: load only what has changed', async () => {
      const environment = startPostgres(postgres ?? '')
      run(recipe('PostgreSQL: load only what has changed'), environment)
      run(recipe('PostgreSQL: load only what has changed'), environment)
      const rows = await rowsOf('crm.deal.list', '--where', 'DATE_MODIFY >= 2019-02-01')
      expect(ask(environment, 'select id::text from deal_stages order by deal_stages.id')).toEqual(
        rows.map(({ ID }) => ({ id: ID })),
      )
    })

    testPostgres('PostgreSQL: rows as jsonb', async () => {
      const environment = startPostgres(postgres ?? '')
      run(recipe('PostgreSQL: rows as jsonb'), environment)
      const rows = await rowsOf('crm.deal.list')
      expect(ask(environment, 'select row from deal_rows')).toEqual(rows.map((row) => ({ row })))
    })
  })

  testBare('One file a day, packed', () => {
    const folder = run(recipe('One file a day, packed'))
    const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('deals-'))
    expect(
      gunzipSync(readFileSync(join(folder, name)))
        .toString()
        .trimEnd()
        .split('\n'),
    ).toHaveLength(ROWS)
  })

  testBare('A journal that grows', async () => {
    const rows = csvRows(read(run(recipe('A journal that grows')), 'journal.csv'))
    expect(rows.map(({ ID }) => ID)).toEqual((await rowsOf('crm.deal.list')).map((row) => row['ID']))
  })

  testBare('Several smart processes', () => {
    const files = readdirSync(run(recipe('Several smart processes'))).filter((file) =>
      file.startsWith('items-'),
    )
    expect(files.sort()).toEqual(['items-1032.ndjson', 'items-128.ndjson', 'items-130.ndjson'])
  })

  testBare('Files of a hundred rows', () => {
    const folder = run(recipe('Files of a hundred rows'))
    const files = readdirSync(folder).filter((file) => file.startsWith('deals-'))
    expect(files.map((file) => read(folder, file).trimEnd().split('\n').length)).toEqual([100, 100, 100])
  })

  test('no recipe is without a test', () => {
    expect([...RECIPES.keys()].filter((heading) => !tested.has(heading))).toEqual([])
  })
})

describe('docs/guide.md:', () => {
  /** Without gaps, so that the ids that the guide speaks of are there. */
  let portal: RunningCli
  let denseWebhook: string
  beforeAll(async () => {
    const words = ['sandbox', '--rows', String(ROWS), '--ids', 'dense', '--plan', 'box']
    portal = startCli(words, { cwd: ROOT, timeoutMs: 600_000 })
    denseWebhook = (await portal.says('\n')).trim()
  })
  afterAll(async () => {
    portal.child.kill('SIGTERM')
    await portal.ended
  })

  test.each([...blocksOf('guide.md')])('the commands under "%s" can be run', (_heading, code) => {
    run(code, { BX24_WEBHOOK: denseWebhook }, GUIDE_FILES)
  })
})

/** What the guide takes for granted. */
const GUIDE_FILES: Readonly<Record<string, string>> = {
  'deals.ndjson': '{"ID":"1"}\n{"ID":"4"}\n',
  'wanted.txt': '1\n4\n200\n',
  'people.csv': 'id,FIRST,MIDDLE,LAST\n1,Anna,,"Iwanowa, jr."\n2,Bo,B.,\n',
  'leads.csv': 'XML_ID,TITLE\nK-1,One\nK-2,"Two ""2"""\n',
}
