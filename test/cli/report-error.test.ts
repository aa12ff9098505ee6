import { describe, expect, test } from 'vitest'
import { cleanText } from '../../src/cli/clean-text.ts'
import { FailedRun } from '../../src/cli/failed-run.ts'
import { reportError } from '../../src/cli/report-error.ts'
import {
  AuthError,
  BrokenPipeError,
  ConfigError,
  IncompleteError,
  InterruptedError,
  LimitError,
  OutputError,
  RefusalError,
  TransportError,
  UsageError,
} from '../../src/errors.ts'

const FACTS = { apiCode: 'X', description: 'no', status: 400, method: 'crm.deal.list' }

function report(error: unknown, debug = false): ReturnType<typeof reportError> {
  return reportError(error, { debug })
}

test.each([
  [new RefusalError(FACTS), 1],
  [new UsageError('x', 'no'), 2],
  [new ConfigError('x', 'no'), 2],
  [new IncompleteError('no'), 3],
  [new AuthError(FACTS), 4],
  [new TransportError('reset', 'no', { executed: 'unknown' }), 5],
  [new LimitError('no', 'later'), 5],
  [new OutputError('no'), 74],
  [new BrokenPipeError(), 141],
  [new TypeError('no'), 70],
  ['a text', 70],
  [undefined, 70],
])('%s ends with %i', (error, exitCode) => {
  expect(report(error).exitCode).toBe(exitCode)
})

test('says what happened, why, what became of the rows, and what to do', () => {
  const error = new OutputError('Cannot write.', 'Free some space.', new Error('the reason'))
  expect(report(new FailedRun(error, ['The rows so far are in x.partial.'])).text).toBe(
    [
      'bx24: Cannot write.',
      '  cause: the reason',
      '  The rows so far are in x.partial.',
      '  hint: Free some space.',
      '',
    ].join('\n'),
  )
})

test('a reader that has gone is not worth a word', () => {
  expect(report(new FailedRun(new BrokenPipeError(), [])).text).toBe('')
})

test('a signal is to be raised again', () => {
  expect(report(new FailedRun(new InterruptedError('SIGTERM'), []))).toMatchObject({
    signal: 'SIGTERM',
    exitCode: 143,
  })
})

describe('a bug', () => {
  test('is called one, with a plea to report it', () => {
    const { text } = report(new TypeError('x is not a function'))
    expect(text).toContain('bx24: internal error: x is not a function\n')
    expect(text).toContain('Please report it')
    expect(text).not.toContain('report-error.test.ts')
  })

  test('shows where it happened if BX24_DEBUG asks for it', () => {
    expect(report(new TypeError('x'), true).text).toContain('report-error.test.ts')
  })
})

test('the code of an error, by which docs/errors.md explains it, is shown if BX24_DEBUG asks for it', () => {
  expect(report(new UsageError('where', 'no')).text).toBe('bx24: no\n')
  expect(report(new UsageError('where', 'no'), true).text).toContain('  code: usage.where\n')
})

describe('causes', () => {
  test('that the message names are not repeated', () => {
    const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    expect(report(new OutputError('the disk is full (ENOSPC)', undefined, cause)).text).not.toContain('cause')
  })

  test('that failed side by side are listed once each', () => {
    const cause = new AggregateError([
      new Error('no route to ::1'),
      new Error('refused'),
      new Error('refused'),
    ])
    const { text } = report(new TransportError('unreachable', 'no', { executed: 'no', cause }))
    expect(text.match(/cause: .*/g)).toEqual(['cause: no route to ::1', 'cause: refused'])
  })

  test('that go round in a circle end', () => {
    const error = new Error('one')
    error.cause = new Error('two', { cause: error })
    expect(report(error).text).toContain('cause: two')
  })
})

test.each([
  ['\u001b[2J\u001b]0;title\u0007hello', 'hello'], // clears the screen, sets the title
  ['one\r\ntwo\u2028three', 'one two three'],
  ['a\u202eb\u2066c', 'a b c'], // turns the direction of text around
  ['\u009b31mred', 'red'], // the one-byte form
  ['https://x.bitrix24.ru/rest/1/secret99/crm.deal.list', 'https://x.bitrix24.ru/rest/1/***/crm.deal.list'],
  ['/rest/12/secret99', '/rest/12/***'],
  ['сделка №1 — 100 €', 'сделка №1 — 100 €'],
])('%j is shown as %j', (text, shown) => {
  expect(cleanText(text)).toBe(shown)
})
