import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bulkPortal, linesOf } from '../support/bulk-portal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const TABLE = `ID,TITLE\n${Array.from({ length: 30 }, (_, at) => `${at === 7 ? 99 : at + 1},t${at}`).join('\n')}\n`
const WORDS = ['call', 'crm.deal.update', 'rows.csv', '--into', 'fields', '--journal', 'journal']

function folder(): string {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'rows.csv'), TABLE)
  return cwd
}

test('a second run sends nothing and says the same', async () => {
  const portal = await bulkPortal('rows=50')
  const cwd = folder()
  const first = await portal.run(WORDS, { cwd })
  const { requests } = portal.stats
  const second = await portal.run(WORDS, { cwd })
  expect([first.code, second.code]).toEqual([3, 3])
  expect(linesOf(first.stdout).filter(({ ok }) => ok)).toHaveLength(29)
  expect(second.stdout).toBe(first.stdout)
  expect(portal.stats.requests).toBe(requests)
})

test('rows that came behind the others are sent, and no other', async () => {
  const portal = await bulkPortal('rows=50')
  const cwd = folder()
  await portal.run(WORDS, { cwd })
  writeFileSync(join(cwd, 'rows.csv'), `${TABLE}40,new\n`)
  const { stdout } = await portal.run(WORDS, { cwd })
  expect(linesOf(stdout)).toHaveLength(31)
  expect(portal.asked().slice(29)).toEqual([{ ID: '40', fields: { TITLE: 'new' } }])
})

describe('refused, with nothing sent and the journal as it was:', () => {
  test.each<[string, string[], Readonly<Record<string, string>>, RegExp]>([
    [
      'another input',
      [],
      { 'rows.csv': TABLE.replace('1,t0', '1,other') },
      /Row 1 of the input is not the one/,
    ],
    [
      'rows in another order',
      [],
      { 'rows.csv': TABLE.replace('1,t0\n2,t1', '2,t1\n1,t0') },
      /Row 1 of the input/,
    ],
    [
      'other columns',
      [],
      { 'rows.csv': TABLE.replace('TITLE', 'COMMENTS') },
      /Row 1 of the input is not the one/,
    ],
    ['other parameters', ['-p', 'y=1'], {}, /y=1 \(-p\)|-p y=1/],
    ['another content of the file with the parameters', [], { 'p.json': '{"x":"2"}' }, /parameters/],
    ['another way to treat empty cells', ['--empty', 'clear'], {}, /--empty/],
  ])('%s', async (_what, words, files, message) => {
    const portal = await bulkPortal('rows=50')
    const cwd = folder()
    writeFileSync(join(cwd, 'p.json'), '{"x":"1"}')
    const withParams = [...WORDS, '--params', 'p.json']
    await portal.run(withParams, { cwd })
    const { requests } = portal.stats
    const journal = readFileSync(join(cwd, 'journal'))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content)
    const { code, stderr } = await portal.run([...withParams, ...words], { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect([portal.stats.requests, readFileSync(join(cwd, 'journal')).equals(journal)]).toEqual([
      requests,
      true,
    ])
  })

  test.each([
    [
      'another method',
      ['call', 'crm.lead.update', 'rows.csv', '--into', 'fields', '--journal', 'journal'],
      /crm\.deal\.update/,
    ],
    ['columns that go elsewhere', ['call', 'crm.deal.update', 'rows.csv', '--journal', 'journal'], /--into/],
  ])('%s', async (_what, words, message) => {
    const portal = await bulkPortal('rows=50')
    const cwd = folder()
    await portal.run(WORDS, { cwd })
    const { code, stderr } = await portal.run(words, { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(portal.stats.writes).toEqual({ 'crm.deal.update': 29 })
  })

  test('what is no journal', async () => {
    const portal = await bulkPortal('rows=50')
    const cwd = folder()
    writeFileSync(join(cwd, 'journal'), 'precious\n')
    expect((await portal.run(WORDS, { cwd })).code).toBe(2)
    expect(readFileSync(join(cwd, 'journal'), 'utf8')).toBe('precious\n')
    expect(portal.stats.requests).toBe(0)
  })
})

test('of two runs at once with one journal the second ends with 7 and sends nothing', async () => {
  const portal = await bulkPortal('rows=50')
  const cwd = folder()
  const words = ['call', 'crm.deal.update', '--journal', 'journal']
  const first = portal.start(words, { cwd, stdin: 'open' })
  first.child.stdin?.write('{"id":1,"fields":{"TITLE":"a"}}\n')
  await first.says('"line":1')
  const second = await portal.run(words, { cwd, stdin: '{"id":1,"fields":{"TITLE":"a"}}\n' })
  expect([second.code, second.stdout]).toEqual([7, ''])
  expect(second.stderr).toContain('journal')
  first.child.stdin?.end()
  expect((await first.ended).code).toBe(0)
  expect(portal.stats.writes).toEqual({ 'crm.deal.update': 1 })
})

test('after a run that was killed the next one sends what was not sent, and says what nobody knows', async () => {
  const portal = await bulkPortal('rows=50,fault=hang@2')
  const cwd = folder()
  const killed = portal.start([...WORDS, '--timeout', '60s'], { cwd })
  // The first request holds ten rows; the second one is never answered.
  await killed.says('"line":11')
  while (portal.stats.requests < 2) await new Promise((resolve) => setTimeout(resolve, 20))
  killed.child.kill('SIGKILL')
  await killed.ended
  const { code, stdout, stderr } = await portal.run(WORDS, { cwd })
  expect(code).toBe(3)
  const lines = linesOf(stdout)
  expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 30 }, (_, at) => at + 2))
  const unknown = lines.filter(({ outcome }) => outcome === 'unknown')
  expect(unknown.length).toBeGreaterThan(0)
  expect(new Set(unknown.map(({ error }) => error?.code))).toEqual(new Set(['INTERRUPTED']))
  expect(stderr).toContain('of unknown outcome')
  // Nothing was carried out twice, and what is said to be done was.
  const written = portal.writes().map(({ id }) => id)
  expect(new Set(written).size).toBe(written.length)
  expect(lines.filter(({ ok }) => ok).every(({ id }) => written.includes(Number(id)))).toBe(true)
  const third = await portal.run(WORDS, { cwd })
  expect(third.stdout).toBe(stdout)
  expect(portal.writes()).toHaveLength(written.length)
})
