import { expect, test } from 'vitest'
import { PASSING_WRITE_FAULTS, withChance, WRITE_FAULTS } from '../bench/fault-plan.ts'
import { fateFaults, tallyOf } from '../bench/fates.ts'
import { leadTitles } from '../bench/lead-input.ts'
import { addLeads } from '../support/lead-calls.ts'

const ROWS = 5000

/** Faults after which nobody knows what became of a write; after all others the portal says so. */
const LEAVES_DOUBT = [
  'http-500',
  'http-502',
  'http-503',
  'http-504',
  'html-200',
  'reset-before',
  'reset-middle',
  'lost-reply',
  'hang',
  'truncated',
  'empty-batch',
  'failing-command',
  'lost-command',
]

test('without trouble all rows are done, packed by fifty, within the limits', async () => {
  const run = await addLeads({ count: ROWS, seed: 1, faults: [] })

  expect(run.error).toBeUndefined()
  expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
  expect(tallyOf(run.said, run.executions)).toMatchObject({ done: ROWS, executed: ROWS, twice: 0 })
  // 4,948 rows in batches, of which the first two have ten; 52 in calls of their own.
  expect(run.stats.requests).toBeLessThanOrEqual(156)
  expect(run.stats.violations).toEqual({ bucket: 0, operating: 0 })
})

for (const fault of WRITE_FAULTS) {
  test(`${fault} at 5 %: no row twice, and the fate of each is known`, { timeout: 60_000 }, async () => {
    const run = await addLeads({ count: ROWS, seed: 1, faults: withChance([fault], 5) })

    const tally = tallyOf(run.said, run.executions)
    expect(run.stats.faults[fault]).toBeGreaterThan(0)
    expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
    expect(tally.unknown > 0).toBe(LEAVES_DOUBT.includes(fault))
    // What cannot pass ends the run; nothing else does.
    expect(run.error !== undefined).toBe(fault === 'redirect' || fault === 'overload')
    if (fault === 'operating-limit' || fault === 'rate-limit') expect(tally.done).toBe(ROWS)
  })
}

for (const seed of [1, 2, 3]) {
  test(`all faults that pass at 5 %, seed ${seed}`, { timeout: 60_000 }, async () => {
    // Half of all requests fail: the run would soon be given up.
    const options = { retries: 1000, maxWaitMs: 14_400_000 }
    const faults = withChance(PASSING_WRITE_FAULTS, 5)
    const run = await addLeads({
      count: ROWS,
      seed,
      faults,
      options,
      engine: { retries: 1000, maxWaitMs: 14_400_000 },
    })

    const { done, refused, unknown } = tallyOf(run.said, run.executions)
    expect(run.error).toBeUndefined()
    expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
    expect(Math.min(done, refused, unknown)).toBeGreaterThan(100)
    expect(Object.keys(run.stats.faults).sort()).toEqual([...PASSING_WRITE_FAULTS].sort())
  })
}

test('of a run that is given up the fates are known as well', async () => {
  const run = await addLeads({ count: ROWS, seed: 1, faults: withChance(PASSING_WRITE_FAULTS, 5) })

  expect(run.error).toBeDefined()
  expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
  expect(tallyOf(run.said, run.executions).refused).toBeGreaterThan(ROWS / 2)
})

test('the checks above find what they are to find', () => {
  const inputs = leadTitles(3)
  const [a = '', b = '', c = ''] = inputs
  const all = (...outcomes: ('done' | 'refused' | 'unknown')[]): Parameters<typeof fateFaults>[1] =>
    outcomes.map((outcome, at) => ({
      key: inputs[at] ?? '',
      outcome,
      id: outcome === 'done' ? at : undefined,
    }))
  const executions = (...ids: number[][]): Map<string, number[]> =>
    new Map(
      ids.map((those, at) => [inputs[at] ?? 'none', those] as const).filter(([, those]) => those.length > 0),
    )

  const good = all('done', 'refused', 'unknown')
  expect(fateFaults(inputs, good, executions([0], [], [7]))).toEqual([])
  expect(fateFaults(inputs, good, executions([0], [], []))).toEqual([])
  expect(fateFaults(inputs, good.slice(1), executions([0]))).toEqual([`1 without a fate, the first is ${a}`])
  expect(fateFaults(inputs, [...good, ...good.slice(2)], executions([0]))).toEqual(['1 fates too many'])
  expect(fateFaults(inputs, [...good].reverse(), executions([0]))).toEqual(['not in order at line 1'])
  expect(fateFaults(inputs, good, executions([]))).toEqual([
    `1 done and not carried out, the first is ${a}`,
    `1 done with the answer of another one, the first is ${a}`,
  ])
  expect(fateFaults(inputs, good, executions([5]))).toEqual([
    `1 done with the answer of another one, the first is ${a}`,
  ])
  expect(fateFaults(inputs, good, executions([0], [1]))).toEqual([
    `1 refused and carried out, the first is ${b}`,
  ])
  expect(fateFaults(inputs, good, executions([0], [], [1, 2]))).toEqual([
    `1 carried out twice, the first is ${c}`,
  ])
  expect(fateFaults(inputs, good, executions([0], [], [], [9]))).toEqual([
    '1 carried out and never asked for, the first is none',
  ])
})
