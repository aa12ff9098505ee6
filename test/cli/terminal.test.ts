import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runInTerminal } from '../support/pty.ts'
import { runCli } from '../support/run-cli.ts'

const hasPty = spawnSync('script', ['--version']).status === 0
/** Slow enough to be watched. */
const SLOW = '--sandbox=rows=12000,ids=hole,latency-ms=120,page-ms=4'
const BANNED = '--sandbox=rows=12000,latency-ms=50,fault=operating-limit@100-9000'
const COLOR = /\u001b\[[0-9;]*m/

describe.runIf(hasPty)('at a terminal', () => {
  test.each([80, 40, 20])('of %i columns spinner, bar and last line fit', async (columns) => {
    const { raw, lines } = await runInTerminal(`get-all crm.deal.list -o d.ndjson ${SLOW}`, { columns })
    expect(raw).toContain('connecting')
    expect(lines.some((line) => /\d+ %/.test(line))).toBe(true)
    expect(raw).toMatch(/12,000 rows, \d+ requests, [\d.]+ s -> d\.ndjson \(\d+ MB\)\r?\n/)
    const drawn = lines.filter((line) => !line.includes('-> d.ndjson'))
    expect(drawn.filter((line) => line.length > columns - 1)).toEqual([])
    if (columns >= 40) expect(raw).toContain('░')
    expect(raw).toContain('exit 0')
  })

  test('the shown share never falls', async () => {
    const { lines } = await runInTerminal(`get-all crm.deal.list -o d.ndjson ${SLOW}`)
    const shares = lines.flatMap((line) => / (\d+) % {2}/.exec(line)?.[1] ?? []).map(Number)
    expect(shares.length).toBeGreaterThan(3)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
  })

  test('a pipe shows the bar and gets every row', async () => {
    const { raw, cwd } = await runInTerminal(`get-all crm.deal.list ${SLOW}`, {
      behind: '| wc -l > count',
    })
    expect(raw).toContain('░')
    expect(readFileSync(join(cwd, 'count'), 'utf8').trim()).toBe('12000')
  })

  test('a ban says until when; Ctrl-C ends it with the rows kept, the line gone and a command to go on', async () => {
    const { raw, lines } = await runInTerminal(`get-all crm.deal.list -o d.ndjson ${BANNED}`, {
      interruptAt: /operating time until \d\d:\d\d:\d\d/,
    })
    expect(lines.some((line) => /waiting for .*operating time until \d\d:\d\d:\d\d/.test(line))).toBe(true)
    expect(raw).toContain('bx24: stopping; press Ctrl-C again to quit now')
    expect(lines).toContain('bx24: Stopped by SIGINT.')
    expect(raw).toContain('The rows so far are in d.ndjson.partial')
    expect(raw).toContain(`  next: run again: bx24 get-all crm.deal.list -o d.ndjson ${BANNED}`)
    // Nothing that would have to be undone was done to the terminal.
    expect(raw).not.toMatch(/\u001b\[\?(?:25l|7l|1049h)/)
  })

  test('NO_COLOR takes the colour and leaves the bar', async () => {
    const words = `get-all crm.deal.list -o d.ndjson ${SLOW}`
    expect((await runInTerminal(words)).raw).toMatch(COLOR)
    const { raw } = await runInTerminal(words, { env: { NO_COLOR: '1' } })
    expect(raw).not.toMatch(COLOR)
    expect(raw).toContain('░')
  })

  test.each([{ TERM: 'dumb' }, { CI: '1' }])('with %j there is one line and no escape byte', async (env) => {
    const { raw } = await runInTerminal(`get-all crm.deal.list -o d.ndjson ${SLOW}`, { env })
    expect(raw).not.toContain('\u001b')
    expect(raw).toMatch(/^12,000 rows, \d+ requests, [\d.]+ s -> d\.ndjson \(\d+ MB\)\r?\nexit 0/)
  })

  test('lines of the log stand above the bar, not in it', async () => {
    const { lines } = await runInTerminal(`get-all crm.deal.list -o d.ndjson -vv ${SLOW}`)
    const logged = lines.filter((line) => line.includes('request ') && line.startsWith('bx24: '))
    expect(logged.length).toBeGreaterThan(3)
    expect(
      logged.filter(
        (line) => !/^bx24: request \d+: crm\.deal\.list( \(\d+ commands in a batch\))?$/.test(line),
      ),
    ).toEqual([])
  })

  test('with rows on the terminal nothing is drawn into them', async () => {
    const { raw } = await runInTerminal('get-all crm.deal.list --sandbox=rows=120')
    expect(raw).not.toContain('\u001b')
    expect(raw).toMatch(/120 rows, \d+ requests?, [\d.]+ s\r?\nexit 0/)
  })
})

describe('without a terminal', () => {
  test('a run that succeeds says nothing', async () => {
    const { code, stderr } = await runCli([
      'get-all',
      'crm.deal.list',
      '-o',
      'd.ndjson',
      '--sandbox=rows=200',
    ])
    expect([code, stderr]).toEqual([0, ''])
  })

  test('--progress bar becomes plain lines, with a time, one an interval', async () => {
    const words = ['get-all', 'crm.deal.list', '-o', 'd.ndjson', SLOW, '--progress', 'bar']
    const { stderr } = await runCli([...words, '--progress-interval', '200ms'])
    const lines = stderr.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines)
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z crm\.deal\.list: [\d,]+ rows?, /)
    expect(stderr).not.toMatch(/[\r\u001b]/)
  })

  test('--progress json is a line an interval, and a summary', async () => {
    const words = ['get-all', 'crm.deal.list', '-o', 'd.ndjson', SLOW, '--progress', 'json', '-q']
    const { stderr } = await runCli([...words, '--progress-interval', '200ms'])
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.slice(0, -1).every(({ type }) => type === 'progress')).toBe(true)
    expect(events.length).toBeGreaterThan(2)
    expect(events.at(-1)).toMatchObject({
      type: 'summary',
      exit: 0,
      rows: 12_000,
      output: 'd.ndjson',
      errors: [],
      next: null,
    })
  })
})
