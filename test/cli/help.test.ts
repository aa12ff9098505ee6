import { expect, test } from 'vitest'
import { allCommands, commandsFor } from '../../src/cli/commands.ts'
import { runCli } from '../support/run-cli.ts'

const COMMANDS = (await allCommands()).map(({ spec }) => spec)

test.each([[[]], ...COMMANDS.map(({ name }) => [[name]])])(
  'help of %j leads with examples',
  async (words) => {
    const { code, stdout, stderr } = await runCli([...words, '--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Examples:\n {2}# /)
  },
)

test.each([['--version'], ['-V'], ['get-all', '--version']])(
  '%s shows the version alone',
  async (...words) => {
    const { code, stdout, stderr } = await runCli(words)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  },
)

test.each([
  [['raw', 'app.info', '--help'], ['raw']],
  [['--quiet', 'raw'], COMMANDS.map(({ name }) => name)],
  [['help', 'raw'], COMMANDS.map(({ name }) => name)],
  [[], COMMANDS.map(({ name }) => name)],
])('of %j the commands %j are loaded', async (words, names) => {
  expect((await commandsFor(words)).map(({ spec }) => spec.name)).toEqual(names)
})

test('help shows the settings of the network where they mean something', async () => {
  expect((await runCli(['get-all', '--help'])).stdout).toContain('--max-wait <DURATION>')
  expect((await runCli(['sandbox', '--help'])).stdout).not.toContain('--max-wait')
})

test.each([
  [['get-al', 'crm.deal.list'], 'Did you mean get-all?'],
  [['get-all', 'crm.deal.list', '--limt', '5'], 'Did you mean --limit?'],
  [['get-all'], "missing required argument 'METHOD'"],
  [['get-all', 'a.list', 'b.list'], 'too many arguments'],
  [['get-all', 'a.list', '--limit'], 'argument missing'],
  [['get-all', 'a.list', '--limit', '0'], '--limit must be a whole number of at least 1, not "0"'],
  [['get-all', 'a.list', '--batch-size', '51'], '--batch-size must be a whole number from 1 to 50, not "51"'],
  [
    ['get-all', 'a.list', '--concurrency', '51'],
    '--concurrency must be a whole number from 1 to 50, not "51"',
  ],
  [['--concurrency', '0', 'call', 'a.add'], '--concurrency must be a whole number from 1 to 50, not "0"'],
  [['--timeout', '1d', 'get-all', 'a.list'], '--timeout must be a duration'],
  [['get-all', 'a.list', '--accept-partial'], '--accept-partial needs --output FILE'],
  [['get-all', 'a.list', '--sandbox=rows=x'], 'sandbox setting rows'],
  [['get-all', 'a.list', '--sandbox=rows'], 'write NAME=VALUE'],
  [['sandbox', '--concurrency', '3'], '--concurrency means nothing to bx24 sandbox'],
  [['sandbox', '--retries', '3'], '--retries means nothing to bx24 sandbox'],
  [['sandbox', '--rows', '-1'], 'sandbox setting rows'],
])('%j ends with 2', async (words, said) => {
  const { code, stdout, stderr } = await runCli(words)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^bx24: /)
  expect(stderr).toContain(said)
})

test('no word at all is answered with help on stderr, and ends with 2', async () => {
  const { code, stdout, stderr } = await runCli([])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Usage: bx24')
})
