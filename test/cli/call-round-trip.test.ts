import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type BulkPortal, bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FIELDS = 'ID,TITLE,COMMENTS,SOURCE_DESCRIPTION'

/** What a spreadsheet or a careless program would change. */
const NASTY = [
  '007',
  '00012345678901234567890',
  '1.0',
  'a "quoted" b',
  '"',
  'one\ntwo\r\nthree\rfour',
  'semi;colon, comma\ttab',
  ' blanks ',
  '=1+1',
  "'apostrophe",
  'Ж 👩‍👩‍👧 \u2028 x',
  '<a href="x">select a from b</a>',
  '../..',
  '$result[a]',
  '-',
  'null',
]

type Row = Readonly<Record<string, unknown>>

async function rowsOf(portal: BulkPortal): Promise<Row[]> {
  const { code, stdout } = await portal.run(['get-all', 'crm.deal.list', '--select', FIELDS])
  expect(code).toBe(0)
  return linesOf<Row>(stdout)
}

describe.each([
  ['csv', []],
  ['csv', ['--delimiter', ';', '--crlf', '--bom']],
  ['tsv', []],
  ['ndjson', []],
])('rows written as %s %j', (format, style) => {
  test('and sent back change nothing', async () => {
    const portal = await bulkPortal('rows=40')
    const cwd = tempFolder()
    const titles = NASTY.map((TITLE, at) =>
      JSON.stringify({ id: at + 1, fields: { TITLE, COMMENTS: `${TITLE}\n${TITLE}` } }),
    )
    await portal.run(['call', 'crm.deal.update'], { stdin: titles.join('\n') })
    const before = await rowsOf(portal)
    expect(before.slice(0, NASTY.length).map(({ TITLE }) => TITLE)).toEqual(NASTY)

    const name = `deals.${format}`
    const exported = await portal.run(
      ['get-all', 'crm.deal.list', '--select', FIELDS, '-o', name, ...style],
      { cwd },
    )
    expect([exported.code, exported.stderr]).toEqual([0, ''])
    // Others have written to them meanwhile.
    await portal.run(['call', 'crm.deal.update'], {
      stdin: before.map(({ ID }) => JSON.stringify({ id: ID, fields: { TITLE: 'overwritten' } })).join('\n'),
    })
    const sent = await portal.run(['call', 'crm.deal.update', name, '--into', 'fields', '--empty', 'clear'], {
      cwd,
    })
    expect([sent.code, sent.stderr]).toEqual([0, ''])
    expect(linesOf(sent.stdout)).toHaveLength(40)
    // Tables do not tell nothing from an empty text.
    const told = (rows: readonly Row[]): readonly Row[] =>
      format === 'ndjson' ? rows : rows.map((row) => ({ ...row, COMMENTS: row['COMMENTS'] ?? '' }))
    expect(told(await rowsOf(portal))).toEqual(told(before))
  })
})

test('rows of two portals: what was exported from one is added to the other', async () => {
  const [from, to] = [await bulkPortal('rows=60,seed=3'), await bulkPortal('rows=1')]
  const cwd = tempFolder()
  const select = ['--select', 'TITLE,COMMENTS']
  await from.run(['get-all', 'crm.deal.list', ...select, '-o', 'deals.csv'], { cwd })
  const { code } = await to.run(['call', 'crm.deal.add', 'deals.csv', '--into', 'fields', '--serial'], {
    cwd,
  })
  expect(code).toBe(0)
  const texts = async (portal: BulkPortal): Promise<unknown[]> => {
    const { stdout } = await portal.run(['get-all', 'crm.deal.list', ...select])
    return linesOf<Row>(stdout).map(({ TITLE, COMMENTS }) => [TITLE, COMMENTS ?? ''])
  }
  expect((await texts(to)).slice(1)).toEqual(await texts(from))
})

test('a table from a spreadsheet: semicolons, Windows line ends, a byte order mark', async () => {
  const portal = await bulkPortal('rows=5')
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'deals.csv'), '\uFEFFID;TITLE;OPPORTUNITY\r\n1;"a;b";0012,50\r\n2;"x\r\ny";\r\n')
  const { code } = await portal.run(['call', 'crm.deal.update', 'deals.csv', '--into', 'fields'], { cwd })
  expect(code).toBe(0)
  expect(portal.asked()).toEqual([
    { ID: '1', fields: { TITLE: 'a;b', OPPORTUNITY: '0012,50' } },
    { ID: '2', fields: { TITLE: 'x\r\ny' } },
  ])
})
