import { expect, test } from 'vitest'
import { chooseProgress, hasColor, hasUnicode, type ProgressChoice } from '../../src/progress/choose.ts'

const AWAY: Omit<ProgressChoice, 'wish'> = {
  rowsOnTerminal: false,
  stderrIsTerminal: true,
  stderrColumns: 80,
  environment: {},
  isQuiet: false,
  isJsonOnly: false,
}
const ON_SCREEN = { ...AWAY, rowsOnTerminal: true }
const CRON = { ...AWAY, stderrIsTerminal: false, stderrColumns: 0 }
const DUMB = { ...AWAY, environment: { TERM: 'dumb' } }

test.each([
  ['auto', AWAY, 'bar'], // bx24 … -o FILE, or | jq, at a terminal
  ['auto', ON_SCREEN, 'none'], // rows run over the screen
  ['auto', DUMB, 'none'],
  ['auto', { ...AWAY, environment: { CI: 'true' } }, 'none'],
  ['auto', { ...AWAY, stderrColumns: 0 }, 'none'], // a terminal without a width, where ora would never end
  ['auto', { ...AWAY, environment: { CI: '' } }, 'bar'], // empty is not set
  ['auto', { ...AWAY, environment: { NO_COLOR: '1' } }, 'bar'], // without colour, not without motion
  ['auto', CRON, 'none'],
  ['auto', { ...AWAY, isJsonOnly: true }, 'none'],
  ['bar', AWAY, 'bar'],
  ['bar', { ...AWAY, environment: { CI: 'true' } }, 'bar'], // asked for
  ['bar', CRON, 'plain'], // cannot be drawn
  ['bar', DUMB, 'plain'],
  ['bar', ON_SCREEN, 'plain'],
  ['plain', AWAY, 'plain'],
  ['plain', CRON, 'plain'],
  ['plain', { ...CRON, isJsonOnly: true }, 'json'],
  ['json', CRON, 'json'],
  ['json', { ...CRON, isQuiet: true }, 'json'], // a program asked for it
  ['plain', { ...CRON, isQuiet: true }, 'none'],
  ['auto', { ...AWAY, isQuiet: true }, 'none'],
  ['none', AWAY, 'none'],
] as const)('%s with %j is %s', (wish, facts, kind) => {
  expect(chooseProgress({ ...facts, wish })).toBe(kind)
})

test('NO_COLOR takes the colour away', () => {
  expect(hasColor(AWAY)).toBe(true)
  expect(hasColor({ ...AWAY, environment: { NO_COLOR: '1' } })).toBe(false)
})

test.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
  [{}, false],
])('blocks are drawn only where the terminal knows them: %j', (environment, wanted) => {
  expect(hasUnicode({ ...AWAY, environment })).toBe(wanted)
})
