import { expect, test } from 'vitest'
import { chooseProgress, hasColor } from '../../src/progress/choose.ts'

const BOTH = { rowsOnTerminal: true, stderrIsTerminal: true, stderrColumns: 80, environment: {} }
const ROWS_AWAY = { ...BOTH, rowsOnTerminal: false }

test.each([
  ['auto', ROWS_AWAY, 'spinner'], // bx24 … -o FILE, or > FILE, at a terminal
  ['auto', BOTH, 'line'], // rows run over the screen
  ['auto', { ...ROWS_AWAY, environment: { TERM: 'dumb' } }, 'line'],
  ['auto', { ...ROWS_AWAY, environment: { CI: 'true' } }, 'line'],
  ['auto', { ...ROWS_AWAY, stderrColumns: 0 }, 'line'], // a terminal without a width, where ora would never end
  ['auto', { ...ROWS_AWAY, environment: { CI: '' } }, 'spinner'], // empty is not set
  ['auto', { ...ROWS_AWAY, environment: { NO_COLOR: '1' } }, 'spinner'], // without colour, not without motion
  ['auto', { ...BOTH, stderrIsTerminal: false }, 'silent'], // 2> log
  ['auto', { ...ROWS_AWAY, stderrIsTerminal: false }, 'silent'], // cron
  ['none', ROWS_AWAY, 'silent'],
] as const)('%s with %j is %s', (wish, facts, kind) => {
  expect(chooseProgress(wish, facts)).toBe(kind)
})

test('NO_COLOR takes the colour away', () => {
  expect(hasColor(ROWS_AWAY)).toBe(true)
  expect(hasColor({ ...ROWS_AWAY, environment: { NO_COLOR: '1' } })).toBe(false)
})
