import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type BulkPortal, bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { type PtyRun, runInTerminal } from '../support/pty.ts'
import { tempFolder } from '../support/temp-folder.ts'

const hasPty = spawnSync('script', ['--version']).status === 0

const DELETE = ['call', 'crm.deal.delete']

function ids(count: number, from = 1): string {
  return Array.from({ length: count }, (_, at) => `{"id":${from + at}}\n`).join('')
}

describe('without a terminal', () => {
  test('deletions need --yes: nothing is sent, and no file is touched', async () => {
    const portal = await bulkPortal('rows=9')
    for (const words of [DELETE, ['call', 'crm.item.Delete', '-p', 'entityTypeId=2']]) {
      const { code, stdout, stderr } = await portal.run(words, { stdin: ids(1) })
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(`${words[1] ?? ''} deletes, and there is no terminal to ask at.`)
      expect(stderr).toContain('--yes')
    }
    expect(portal.stats.requests).toBe(0)
  })

  test('with it they are done', async () => {
    const portal = await bulkPortal('rows=9')
    const { code, stdout } = await portal.run([...DELETE, '--yes'], { stdin: ids(3) })
    expect([code, linesOf(stdout).length]).toEqual([0, 3])
    expect(portal.stats.writes).toEqual({ 'crm.deal.delete': 3 })
  })

  test('changes of many rows are done, since nobody can be asked', async () => {
    const portal = await bulkPortal('rows=200')
    const rows = ids(150).replaceAll('}', ',"fields":{}}')
    expect((await portal.run(['call', 'crm.deal.update'], { stdin: rows })).code).toBe(0)
    expect(portal.stats.writes).toEqual({ 'crm.deal.update': 150 })
  })
})

describe.runIf(hasPty)('at a terminal', () => {
  interface Asking {
    readonly rows: string
    readonly words?: string
    readonly keys?: string
    readonly from?: 'file' | 'pipe'
  }

  /** Runs a call at a terminal and types `keys` when asked. */
  async function atTerminal(
    portal: BulkPortal,
    { rows, words = 'call crm.deal.delete', keys, from = 'file' }: Asking,
  ): Promise<PtyRun> {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'rows.ndjson'), rows)
    const behind = from === 'file' ? '' : '< <(cat rows.ndjson)'
    return runInTerminal(`${words} ${from === 'file' ? 'rows.ndjson' : ''} -o out.ndjson`, {
      cwd,
      env: portal.env,
      behind,
      ...(keys === undefined ? {} : { type: { at: /Confirm .*: /, keys } }),
    })
  }

  test.each(['y\r', 'Y\r', ' y \r'])(
    '%j is consent; the question says what, where, how many and which',
    async (keys) => {
      const portal = await bulkPortal('rows=9')
      const { raw } = await atTerminal(portal, { rows: ids(5), keys })
      const question = raw.replaceAll('\r', '')
      expect(question).toContain(
        `crm.deal.delete on ${portal.host}, 5 rows, such as\n  {"id":1}\n  {"id":2}\n  {"id":3}\nConfirm [y/N]: `,
      )
      expect(raw).toContain('exit 0')
      expect(portal.stats.writes).toEqual({ 'crm.deal.delete': 5 })
    },
  )

  test.each([
    ['n', 'n\r'],
    ['Enter alone', '\r'],
    ['yes written out', 'yes\r'],
    ['the end of the input', '\u0004'],
  ])('%s is none: nothing is sent', async (_what, keys) => {
    const portal = await bulkPortal('rows=9')
    const { raw } = await atTerminal(portal, { rows: ids(1), keys })
    expect(raw).toContain('1 row, such as')
    expect(raw).toContain('Not confirmed, so nothing was sent.')
    expect(raw).toContain('exit 2')
    expect(portal.stats.requests).toBe(0)
  })

  test('Ctrl-C at the question ends the run by that signal', async () => {
    const portal = await bulkPortal('rows=9')
    const { raw } = await atTerminal(portal, { rows: ids(1), keys: '\u0003' })
    expect(raw).toContain('exit 130')
    expect(portal.stats.requests).toBe(0)
  })

  test.each([
    ['y', (): string => 'y\r', 'exit 2', undefined],
    ['the name of the portal', (host: string): string => `${host}\r`, 'exit 0', 1_001],
  ])('more than a thousand deletions from a file: %s', async (_what, keys, exit, deleted) => {
    const portal = await bulkPortal('rows=1100')
    const { raw } = await atTerminal(portal, { rows: ids(1_001), keys: keys(portal.host) })
    expect(raw).toContain('1,001 rows')
    expect(raw).toContain(`Confirm by typing ${portal.host}: `)
    expect(raw).toContain(exit)
    expect(portal.stats.writes['crm.deal.delete']).toBe(deleted)
  })

  test('more than a thousand deletions from a pipe are asked for by the name as well', async () => {
    const portal = await bulkPortal('rows=1300')
    const { raw } = await atTerminal(portal, { rows: ids(1_200), keys: 'y\r', from: 'pipe' })
    expect(raw).toContain('at least 1,001 rows')
    expect(raw).toContain(`Confirm by typing ${portal.host}: `)
    expect([raw.includes('exit 2'), portal.stats.requests]).toEqual([true, 0])
  })

  test('a thousand are not', async () => {
    const portal = await bulkPortal('rows=1000')
    const { raw } = await atTerminal(portal, { rows: ids(1_000), keys: 'n\r', from: 'pipe' })
    expect(raw).toContain('1,000 rows')
    expect(raw).toContain('Confirm [y/N]: ')
  })

  const UPDATE = 'call crm.deal.update --into fields'

  test.each([
    [100, 'file', false],
    [101, 'file', true],
    [101, 'pipe', true],
  ] as const)('a change of %i rows from a %s: asked for: %s', async (count, from, isAsked) => {
    const portal = await bulkPortal('rows=200')
    const rows = ids(count).replaceAll('}', ',"TITLE":"x"}')
    const { raw } = await atTerminal(portal, { rows, words: UPDATE, keys: 'y\r', from })
    expect(raw.includes('Confirm')).toBe(isAsked)
    expect(raw).toContain('exit 0')
    expect(portal.stats.writes).toEqual({ 'crm.deal.update': count })
  })

  test.each([
    ['call crm.deal.delete --yes', ids(3)],
    ['call crm.deal.get', ids(150)],
    ['call crm.deal.add', '{"fields":{"TITLE":"x"}}\n'.repeat(150)],
  ])('%s is not asked for', async (words, rows) => {
    const portal = await bulkPortal('rows=200')
    const { raw } = await atTerminal(portal, { rows, words })
    expect(raw).not.toContain('Confirm')
    expect(raw).toContain('exit 0')
  })

  test('what rows hold cannot drive the terminal', async () => {
    const portal = await bulkPortal('rows=9')
    const { raw } = await atTerminal(portal, { rows: '{"id":2,"\u009b2J":"\u202e\u007f"}\n', keys: 'n\r' })
    expect(raw).toContain('crm.deal.delete on')
    expect(raw).not.toMatch(/[\u009b\u202e\u007f]/)
    expect(portal.stats.requests).toBe(0)
  })
})
