import { expect, test } from 'vitest'
import type { FaultName } from '../../src/sandbox/faults.ts'
import { PASSING_WRITE_FAULTS, withChance } from '../bench/fault-plan.ts'
import { fateFaults, tallyOf } from '../bench/fates.ts'
import { addLeads, type LeadCalls, type LeadCallsRun } from '../support/lead-calls.ts'

const ROWS = 1000
const REPEATS = { mayRepeat: true }

function addRepeatable({ options, ...calls }: LeadCalls): Promise<LeadCallsRun> {
  return addLeads({ ...calls, options: { ...options, isIdempotent: true } })
}

const PASSES: readonly FaultName[] = PASSING_WRITE_FAULTS.filter((name) => name !== 'refused-command')

test.each(PASSES)('%s at 10 %: sent again until all rows are done', { timeout: 60_000 }, async (fault) => {
  const run = await addRepeatable({ count: ROWS, seed: 1, faults: withChance([fault], 10) })

  expect(run.error).toBeUndefined()
  expect(run.stats.faults[fault]).toBeGreaterThan(0)
  expect(fateFaults(run.inputs, run.said, run.executions, REPEATS)).toEqual([])
  expect(tallyOf(run.said, run.executions)).toMatchObject({ done: ROWS, executed: ROWS })
})

test('all faults that pass at 5 %, but for refusals: all rows are done in the end', async () => {
  const many = { retries: 1000, maxWaitMs: 14_400_000 }
  const faults = withChance(PASSES, 5)
  const run = await addRepeatable({ count: ROWS, seed: 1, faults, options: many, engine: many })

  expect(run.error).toBeUndefined()
  expect(fateFaults(run.inputs, run.said, run.executions, REPEATS)).toEqual([])
  const { done, twice } = tallyOf(run.said, run.executions)
  expect(done).toBe(ROWS)
  expect(twice).toBeGreaterThan(50)
})

test('what is refused when it is sent again is unknown: the first time it may have been carried out', async () => {
  const many = { retries: 1000, maxWaitMs: 14_400_000 }
  const faults = withChance(PASSING_WRITE_FAULTS, 5)
  const run = await addRepeatable({ count: ROWS, seed: 1, faults, options: many, engine: many })

  expect(run.error).toBeUndefined()
  expect(fateFaults(run.inputs, run.said, run.executions, REPEATS)).toEqual([])
  const { refused, unknown } = tallyOf(run.said, run.executions)
  expect(Math.min(refused, unknown)).toBeGreaterThan(5)
})

test.each([
  ['a block', ['lost-reply@3', 'overload@4']],
  ['a portal that has moved', ['lost-reply@3', 'redirect@4']],
  ['a limit that outlasts our patience', ['lost-reply@3', 'rate-limit@4-99']],
  ['no answer at all', ['lost-reply@3-99']],
])('%s behind a lost answer does not make it certain', async (_, faults) => {
  const run = await addRepeatable({
    count: 100,
    seed: 1,
    faults,
    options: { lanes: 1 },
    engine: { maxWaitMs: 30_000 },
  })

  expect(run.error).toBeDefined()
  expect(fateFaults(run.inputs, run.said, run.executions, REPEATS)).toEqual([])
  // Ten by the first request, one alone by the second; the third, of forty, was carried out, and its answer lost.
  expect(tallyOf(run.said, run.executions)).toMatchObject({
    done: 11,
    executed: 51,
    unknown: 40,
    refused: 49,
  })
})
