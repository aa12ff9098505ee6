import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { csvRows } from '../support/parse-csv.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

interface Shown {
  readonly line: number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly alone?: string
}

function folderWith(name: string, content: string): string {
  const cwd = tempFolder()
  writeFileSync(join(cwd, name), content)
  return cwd
}

const TABLE = 'ID;TITLE;COMMENTS\n1;a;\n2;<b>;x\n'
const UPDATE = ['call', 'crm.deal.update', 'rows.csv', '--into', 'fields', '--dry-run']

describe('call --dry-run', () => {
  test('needs no webhook, and shows each call as it would be made', async () => {
    const cwd = folderWith('rows.csv', TABLE)
    const { code, stdout, stderr } = await runCli(
      [...UPDATE, '-P', 'params={"X":true}', '--empty', 'clear'],
      { cwd },
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      '{"line":2,"method":"crm.deal.update","params":{"params":{"X":"Y"},"ID":"1","fields":{"TITLE":"a","COMMENTS":""}}}\n' +
        '{"line":3,"method":"crm.deal.update","params":{"params":{"X":"Y"},"ID":"2","fields":{"TITLE":"<b>","COMMENTS":"x"}},"alone":"markup or code"}\n',
    )
  })

  test('sends nothing, asks nothing and touches no other file, also for deletions', async () => {
    const portal = await bulkPortal('rows=5')
    const cwd = folderWith('rows.ndjson', '{"id":1}\n')
    const files = ['--errors', 'errors', '--unknown', 'unknown', '--journal', 'journal']
    const words = ['call', 'crm.deal.delete', 'rows.ndjson', '--dry-run', ...files]
    expect((await portal.run(words, { cwd })).code).toBe(0)
    expect([portal.stats.requests, readdirSync(cwd)]).toEqual([0, ['rows.ndjson']])
  })

  test('reads the parameters that are shown: what it shows is what is sent', async () => {
    const portal = await bulkPortal('rows=5')
    const rows = '{"id":1,"fields":{"OPENED":true,"UF_CRM_1606":false,"OPPORTUNITY":1.50,"COMMENTS":null}}\n'
    const { stdout } = await runCli(['call', 'crm.deal.update', '--dry-run'], { stdin: rows })
    await portal.run(['call', 'crm.deal.update'], { stdin: rows })
    const [shown] = linesOf<Shown>(stdout)
    expect(portal.asked()).toEqual([shown?.params])
    expect([shown?.alone, portal.writes()[0]?.nested]).toEqual(['null', false])
  })

  test('says that what looks like a reference goes alone', async () => {
    const stdin = '{"id":1,"fields":{"TITLE":"$result[a]"}}'
    const { stdout } = await runCli(['call', 'crm.deal.update', '--dry-run'], { stdin })
    expect(linesOf<Shown>(stdout)[0]?.alone).toBe('a text that looks like a reference')
  })

  test('finds what is wrong with the input', async () => {
    const cwd = folderWith('rows.csv', `${TABLE}3;"x\n`)
    const { code, stdout, stderr } = await runCli(UPDATE, { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Line 4 of rows.csv has a quote that is never closed')
  })

  test('writes to a file and as a table, but not over the input', async () => {
    const cwd = folderWith('rows.csv', TABLE)
    expect((await runCli([...UPDATE, '-o', 'calls.csv'], { cwd })).code).toBe(0)
    expect(csvRows(readFileSync(join(cwd, 'calls.csv'), 'utf8'))).toMatchObject([
      { line: '2', method: 'crm.deal.update', params: '{"ID":"1","fields":{"TITLE":"a"}}', alone: '' },
      { line: '3', alone: 'markup or code' },
    ])
    expect((await runCli([...UPDATE, '-o', 'rows.csv'], { cwd })).code).toBe(2)
    expect(readFileSync(join(cwd, 'rows.csv'), 'utf8')).toBe(TABLE)
  })

  test('leaves a file alone if the input breaks off', async () => {
    const cwd = tempFolder()
    const words = ['call', 'crm.deal.update', '--dry-run', '-o', 'calls.ndjson']
    const { code } = await runCli(words, { cwd, stdin: '{"id":1}\nx\n' })
    expect([code, existsSync(join(cwd, 'calls.ndjson'))]).toEqual([2, false])
  })
})

describe('batch --dry-run', () => {
  test('shows commands with their references, and sends nothing', async () => {
    const stdin = [
      '{"id":"d","method":"crm.deal.update","params":{"id":7,"fields":{"OPENED":true}}}',
      '{"method":"crm.contact.get","params":{"id":"$result[d]"}}',
      '{"method":"crm.deal.get","params":{"id":null}}',
    ].join('\n')
    const { code, stdout, stderr } = await runCli(['batch', '--dry-run'], { stdin })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      '{"line":1,"method":"crm.deal.update","params":{"id":7,"fields":{"OPENED":"Y"}}}\n' +
        '{"line":2,"method":"crm.contact.get","params":{"id":"$result[d]"}}\n' +
        '{"line":3,"method":"crm.deal.get","params":{"id":null},"alone":"null"}\n',
    )
  })

  test('finds what is wrong with references of a file', async () => {
    const cwd = folderWith('rows.ndjson', '{"method":"crm.contact.get","params":{"id":"$result[d]"}}')
    const { code, stderr } = await runCli(['batch', 'rows.ndjson', '--dry-run'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('refers to "d"')
  })
})
