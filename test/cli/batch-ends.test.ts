import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands, runFile, type Told } from '../support/batch-command.ts'
import { bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

describe('refused, with nothing sent and no file touched:', () => {
  const DEAL = { method: 'crm.deal.get', params: { id: 1 } }
  const REFERS = { method: 'crm.deal.get', params: { id: '$result[x][ID]' } }

  test.each<[string, unknown[], RegExp]>([
    [
      'a reference to what is not there',
      [DEAL, { id: 'a', ...REFERS }],
      /Line 2 \(id "a"\): id refers to "x"/,
    ],
    [
      'a reference to a later command',
      [
        { id: 'a', ...REFERS },
        { id: 'x', ...DEAL },
      ],
      /on line 2, which comes later/,
    ],
    [
      'an id that comes twice',
      [
        { id: 'x', ...DEAL },
        { id: 'x', ...DEAL },
      ],
      /Line 2 \(id "x"\): the id is taken by the command on line 1/,
    ],
    [
      'a reference with something glued to it',
      [
        { id: 'x', ...DEAL },
        { ...DEAL, params: { id: '$result[x][ID]5' } },
      ],
      /glued|for a reference/,
    ],
    ['what is no method', [DEAL, { method: 'crm.deal.get?id=1' }], /Line 2 .*no name of a method/],
    ['a batch in a batch', [{ method: 'batch' }], /inside of a batch/],
    ['a member that means nothing', [{ ...DEAL, parms: {} }], /Did you mean "params"/],
    [
      'what the portal would pass over',
      [DEAL, { method: 'crm.deal.list', params: { filter: 'ID>5' } }],
      /Line 2 \(id "2"\): "filter" must be a map/,
    ],
    ['a credential', [DEAL, { ...DEAL, params: { auth: 'x' } }], /Line 2 .*credential/],
    ['what is no JSON', [DEAL, 'x'], /Line 2/],
  ])('%s', async (_what, given, message) => {
    const portal = await bulkPortal('rows=9')
    const cwd = tempFolder()
    const name = 'commands.ndjson'
    writeFileSync(join(cwd, name), commands(...given).replace('"x"\n', 'x\n'))
    const { code, stdout, stderr } = await portal.run(['batch', name, '-o', 'out', '--errors', 'errors'], {
      cwd,
    })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect([portal.stats.requests, readdirSync(cwd)]).toEqual([0, ['commands.ndjson']])
  })

  test.each([
    ['broken.json', '{"cmd":{"a":"crm.deal.get?id=1"}', /broken\.json is not JSON/],
    ['broken.yaml', 'cmd:\n  a: "x\n', /broken\.yaml is not YAML/],
    ['other.yaml', 'commands: []\n', /other\.yaml/],
    ['halt.json', '{"halt":"maybe","cmd":{}}', /neither 0 nor 1/],
  ])('the document %s', async (name, content, message) => {
    const portal = await bulkPortal('rows=9')
    const { code, stderr } = await runFile(portal, name, content)
    expect([code, portal.stats.requests]).toEqual([2, 0])
    expect(stderr).toMatch(message)
  })
})

describe('deletions', () => {
  const DELETE = { method: 'crm.deal.delete', params: { id: 1 } }
  const READS = Array.from({ length: 1_200 }, () => ({ method: 'crm.deal.get', params: { id: 2 } }))

  test('need --yes without a terminal, wherever they stand', async () => {
    const portal = await bulkPortal('rows=9')
    for (const given of [[DELETE], [...READS, DELETE]]) {
      const { code, stderr } = await runFile(portal, 'commands.ndjson', commands(...given))
      expect([code, portal.stats.requests]).toEqual([2, 0])
      expect(stderr).toContain('--yes')
    }
    const piped = await portal.run(['batch'], { stdin: commands(...READS, DELETE) })
    expect(piped.code).toBe(2)
    expect(piped.stderr).toContain('Line 1201: crm.deal.delete deletes')
    expect(portal.writes()).toEqual([])
  })

  test('are done with it', async () => {
    const portal = await bulkPortal('rows=9')
    const { code } = await portal.run(['batch', '--yes'], { stdin: commands(...READS, DELETE) })
    expect([code, portal.stats.writes]).toEqual([0, { 'crm.deal.delete': 1 }])
  })
})

describe('the first command that is not done ends the run,', () => {
  const UPDATES = Array.from({ length: 80 }, (_, at) => ({
    method: 'crm.deal.update',
    params: { id: at === 4 ? 77 : (at % 9) + 1, fields: { TITLE: `t${at}` } },
  }))
  const cmd = UPDATES.map(
    ({ method, params }) => `${method}?id=${params.id}&fields[TITLE]=${params.fields.TITLE}`,
  )

  test.each<[string, string, string, string[]]>([
    ['with --halt', 'commands.ndjson', commands(...UPDATES), ['--halt']],
    ['if the document says so', 'commands.json', JSON.stringify({ halt: 1, cmd }), []],
    ['in YAML, too', 'commands.yml', `halt: true\ncmd:\n${cmd.map((one) => `  - ${one}\n`).join('')}`, []],
  ])('%s', async (_what, name, content, words) => {
    const portal = await bulkPortal('rows=9')
    const { code, stdout } = await runFile(portal, name, content, ...words)
    expect(code).toBe(3)
    const codes = linesOf<Told>(stdout).map(({ error }) => error?.code ?? 'done')
    expect(codes).toEqual([
      ...Array<string>(4).fill('done'),
      'NOT_FOUND',
      ...Array<string>(75).fill('HALTED'),
    ])
    expect(portal.writes().map(({ id }) => id)).toEqual([1, 2, 3, 4])
    expect(portal.stats.requests).toBe(1)
  })

  test('and no other way', async () => {
    const portal = await bulkPortal('rows=9')
    const { code, stdout } = await runFile(portal, 'commands.json', JSON.stringify({ halt: 0, cmd }))
    expect([code, linesOf<Told>(stdout).filter(({ error }) => error === undefined).length]).toEqual([3, 79])
    expect(portal.stats.writes).toEqual({ 'crm.deal.update': 79 })
  })
})

test('nothing to do is fine, and leaves no file behind but an empty one', async () => {
  const portal = await bulkPortal('rows=9')
  const cwd = tempFolder()
  const { code, stdout } = await portal.run(['batch', '-o', 'out.ndjson'], { cwd, stdin: '\n' })
  expect([code, stdout, portal.stats.requests, existsSync(join(cwd, 'out.ndjson'))]).toEqual([0, '', 0, true])
})
