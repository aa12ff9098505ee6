import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { openReporter } from '../../src/progress/open-reporter.ts'
import { terminalReporter } from '../../src/progress/terminal-reporter.ts'

/** A stream that a spinner takes for a terminal. */
function terminal(): { stream: PassThrough; screen: () => string } {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    clearLine: () => stream.write('<clear>'),
    cursorTo: () => stream.write('<home>'),
    moveCursor: () => true,
  })
  let screen = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (screen += chunk))
  return { stream, screen: () => screen }
}

test('the line is redrawn at most ten times a second, and at once when something is waited for', () => {
  let now = 0
  const shown: string[] = []
  const line = { show: (text: string) => void shown.push(text), stop: () => undefined }
  const reporter = terminalReporter({ stderr: new PassThrough(), line, now: () => now })
  for (now = 0; now < 1_000; now += 10) reporter.onEvent({ type: 'page', rows: 50 })
  expect(shown).toHaveLength(10)
  reporter.onEvent({ type: 'waiting', method: 'm', reason: 'operating', until: now + 5_000 })
  expect(shown.at(-1)).toMatch(/^5,000 rows, 0 requests, waiting for the method's operating time until \d\d:/)
})

test('a spinner shows the line, and the last line stands alone', async () => {
  const { stream, screen } = terminal()
  const reporter = await openReporter({
    progress: 'auto',
    stderr: stream,
    rowsOnTerminal: false,
    stderrIsTerminal: true,
    stderrColumns: 80,
    environment: { NO_COLOR: '1' },
    now: () => 0,
  })
  reporter.onEvent({ type: 'page', rows: 50 })
  reporter.finish('deals.ndjson')
  await new Promise(setImmediate)
  expect(screen()).toContain('connecting')
  expect(screen()).toMatch(/50 rows, 0 requests, 0\.0 s waiting -> deals\.ndjson\n$/)
  expect(screen()).not.toMatch(/\u001b\[3\dm/)
  expect(screen()).not.toContain('\u001b[?25l')
})

test.each([
  ['a dumb terminal', { environment: { TERM: 'dumb' } }, '0 rows, 0 requests, 0.0 s waiting\n'],
  ['no terminal', { stderrIsTerminal: false }, ''],
])('on %s there is no escape byte', async (_where, facts, wanted) => {
  const { stream, screen } = terminal()
  const reporter = await openReporter({
    progress: 'auto',
    stderr: stream,
    rowsOnTerminal: false,
    stderrIsTerminal: true,
    stderrColumns: 80,
    environment: {},
    now: () => 0,
    ...facts,
  })
  reporter.onEvent({ type: 'sent', method: 'm', commands: 1 })
  reporter.stop()
  reporter.finish(undefined)
  await new Promise(setImmediate)
  expect(screen()).toBe(wanted === '' ? '' : '0 rows, 1 request, 0.0 s waiting\n')
})
