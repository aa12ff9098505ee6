import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { CLEAR_DAMAGES, type Damage, fuzzedPortal, ODD_ROWS } from './fuzzed-portal.ts'

/** More of them, and others: BX24_FUZZ_ROUNDS=100 BX24_FUZZ_SEED=7 npx vitest run test/fuzz */
const ROUNDS = Number(process.env['BX24_FUZZ_ROUNDS'] ?? 1)
const SEED = Number(process.env['BX24_FUZZ_SEED'] ?? 1)
const BOUND_MS = 60_000
const TOGETHER = 4

/** Everything that the program may end with when a portal answers nonsense; 70 is a bug of ours. */
const HONEST_ENDS = [0, 1, 3, 4, 5]

interface Fuzzed extends CliRun {
  readonly what: string
  /** What the file holds that was promised on exit 0. */
  readonly file: string | undefined
  readonly truth: string[]
}

async function fuzzedRun(
  damages: readonly Damage[],
  words: readonly string[],
  seed: number,
  share: number,
): Promise<Fuzzed> {
  const portal = await fuzzedPortal(damages, { seed, share, rows: 1_200 })
  const cwd = tempFolder()
  const method = words[0] ?? ''
  try {
    const env = { BX24_WEBHOOK: portal.webhook }
    const all = ['get-all', ...words, '-o', 'rows', '--retries', '1', '--timeout', '5s']
    const run = await runCli(all, { cwd, env, timeoutMs: BOUND_MS })
    const path = join(cwd, 'rows')
    const file = existsSync(path) ? readFileSync(path, 'utf8') : undefined
    return { ...run, file, truth: await portal.truth(method), what: `seed ${seed}, ${words.join(' ')}` }
  } finally {
    portal.close()
  }
}

function idsIn(ndjson: string): string[] {
  const lines = ndjson.split('\n').filter(Boolean)
  return lines.map((line) => String((JSON.parse(line) as { ID: unknown }).ID))
}

/** Runs `work` for each item, a few at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: TOGETHER }, worker))
}

/** Damages that only a walk by id can tell from rows: nothing else says which rows there are. */
const TOLD_BY_IDS = ['rows in another order', 'rows twice', 'rows without ids', 'other ids']

/** What is wrong with a run against answers that must not pass for rows; `undefined` if nothing is. */
function problemOf({ code, stderr, file, truth, what }: Fuzzed): string | undefined {
  const told = `${what}: exit ${code ?? 'by a signal'}, ${stderr.slice(0, 2_000)}`
  if (code === null || !HONEST_ENDS.includes(code)) return told
  if (code === 0)
    return JSON.stringify(idsIn(file ?? '')) === JSON.stringify(truth) ? undefined : `other rows: ${told}`
  return file === undefined && stderr.startsWith('bx24: ') ? undefined : told
}

const timeout = 60_000 + ROUNDS * 120_000

test('damaged answers never end in a crash, a hang, or a file that lacks a row', { timeout }, async () => {
  const runs = Array.from({ length: ROUNDS }, (_, round) => round).flatMap((round) =>
    Object.entries(CLEAR_DAMAGES).map(([name, damage], at) => {
      const seed = SEED * 10_000 + round * 100 + at
      const isById = seed % 4 !== 0 || TOLD_BY_IDS.includes(name)
      const method = isById ? 'crm.deal.list' : 'department.get'
      return { name, damages: [damage], method, seed, share: seed % 3 === 0 ? 1 : 0.2 }
    }),
  )
  const others = Object.entries(CLEAR_DAMAGES).filter(([name]) => !TOLD_BY_IDS.includes(name))
  for (let at = 0; at < 4 * ROUNDS; at++) {
    const damages = others.map(([, damage]) => damage)
    runs.push({ name: 'all', damages, method: 'crm.deal.list', seed: SEED * 7_000 + at, share: 0.05 })
  }
  const problems: string[] = []
  await each(runs, async ({ name, damages, method, seed, share }) => {
    const run = await fuzzedRun(damages, [method], seed, share)
    const problem = problemOf(run)
    if (problem !== undefined) problems.push(`${name}, ${problem}`)
  })
  expect(problems).toEqual([])
})

test('rows with odd values come out as they are, or in the cells of a table', { timeout }, async () => {
  const runs = Array.from({ length: ROUNDS }, (_, round) => round).flatMap((round) =>
    Object.entries(ODD_ROWS).flatMap(([name, damage]) =>
      [[], ['-f', 'csv'], ['-f', 'csv', '--flatten'], ['-f', 'json']].map((words) => ({
        name,
        damage,
        words,
        seed: SEED * 100 + round,
      })),
    ),
  )
  const problems: string[] = []
  await each(runs, async ({ name, damage, words, seed }) => {
    const run = await fuzzedRun([damage], ['crm.deal.list', ...words], seed, 1)
    const { code, stderr, file = '', truth, what } = run
    const told = `${name}, ${what}: exit ${code ?? 'by a signal'}, ${stderr.slice(0, 2_000)}`
    // A table says what does not fit into its columns.
    if (code !== 0 && !(words[1] === 'csv' && code === 3)) problems.push(told)
    if (words.length === 0 && JSON.stringify(idsIn(file)) !== JSON.stringify(truth))
      problems.push(`rows: ${told}`)
    if (words[1] === 'json' && (JSON.parse(file) as unknown[]).length !== truth.length)
      problems.push(`rows: ${told}`)
  })
  expect(problems).toEqual([])
})
