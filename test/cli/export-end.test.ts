import { describe, expect, test } from 'vitest'
import { type EndedExport, nextOfExport } from '../../src/cli/export-end.ts'

const STDOUT: EndedExport = {
  argv: ['get-all', 'x.list'],
  isToStandardOutput: true,
  isResumable: false,
  afterId: 70,
  rowsLeft: undefined,
  joins: 'yes',
}

describe('what to do after a run to standard output that ended', () => {
  test.each([
    [5, 'transport.reset', 'go on with: bx24 get-all x.list --after-id 70'],
    [6, 'run.own-limit', 'go on with: bx24 get-all x.list --after-id 70'],
    [4, 'portal.not-authorised', 'go on with: bx24 get-all x.list --after-id 70'],
    [143, 'run.interrupted', 'go on with: bx24 get-all x.list --after-id 70'],
    // A part of a row may be there.
    [74, 'output.failed', 'make room or choose another output, then run again: bx24 get-all x.list'],
    // Rows or values are missing that do not lie behind the last row.
    [3, 'output.columns', undefined],
    [70, undefined, undefined],
    [141, 'output.broken-pipe', undefined],
  ])('with %i for %s', (exitCode, code, step) => {
    expect(nextOfExport(exitCode, code, STDOUT)).toBe(step)
  })

  test.each<[string, Partial<EndedExport>, string]>([
    ['without a row', { afterId: undefined }, 'run again: bx24 get-all x.list'],
    ['within a table of other columns', { joins: 'no' }, 'run again: bx24 get-all x.list'],
    [
      'within a table',
      { joins: 'without header', argv: ['get-all', '--no-header', 'x.list'] },
      'go on with: bx24 get-all x.list --after-id 70 --no-header',
    ],
    [
      'within a limit, and having begun behind an id',
      { argv: ['get-all', '--after-id', '5', 'x.list', '--limit=90'], rowsLeft: 20 },
      'go on with: bx24 get-all x.list --after-id 70 --limit 20',
    ],
    [
      'with words that are no options',
      { argv: ['get-all', '--where', 'A = 1', '--', 'x.list'] },
      "go on with: bx24 get-all --where 'A = 1' --after-id 70 -- x.list",
    ],
  ])('%s', (_what, facts, step) => {
    expect(nextOfExport(5, 'transport.reset', { ...STDOUT, ...facts })).toBe(step)
  })
})

describe('what to do after a run to a file', () => {
  const RESUMABLE = { ...STDOUT, isToStandardOutput: false, isResumable: true }

  test.each<[number, Partial<EndedExport>, string | undefined]>([
    [5, {}, 'go on with: bx24 get-all x.list'],
    [5, { argv: ['get-all', '--restart', 'x.list'] }, 'go on with: bx24 get-all x.list'],
    [
      5,
      { argv: ['get-all', '--restart', 'x.list'], afterId: undefined },
      'run again: bx24 get-all --restart x.list',
    ],
    [74, {}, 'make room, then go on with: bx24 get-all x.list'],
    [3, {}, undefined],
    [5, { isResumable: false }, 'run again: bx24 get-all x.list'],
    [6, { isResumable: false }, undefined],
  ])('with %i, %j', (exitCode, facts, step) => {
    expect(nextOfExport(exitCode, undefined, { ...RESUMABLE, ...facts })).toBe(step)
  })
})
