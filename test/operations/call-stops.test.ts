import { expect, test } from 'vitest'
import { stopAfterErrors } from '../../src/cli/send-options.ts'
import { AuthError, OwnLimitError } from '../../src/errors.ts'
import type { CallItem } from '../../src/operations/call-rows.ts'
import { fateFaults, tallyOf } from '../bench/fates.ts'
import { addLeads, type LeadCalls, type LeadCallsRun } from '../support/lead-calls.ts'
import { type SeenRequest, watched } from '../support/watched.ts'

const ROWS = 2000

interface StoppedRun extends LeadCallsRun {
  readonly requests: readonly SeenRequest[]
}

/** A run on a portal that takes its time, so that several requests are under way when it ends. */
async function stopped(calls: Partial<LeadCalls>): Promise<StoppedRun> {
  let requests: readonly SeenRequest[] = []
  const run = await addLeads({
    count: ROWS,
    seed: 1,
    faults: [],
    settings: { 'page-ms': '20' },
    watch: ({ portal }) => {
      requests = watched(portal)
    },
    ...calls,
    options: { lanes: 4, ...calls.options },
  })
  return { ...run, requests }
}

function codesOf(items: readonly CallItem[]): Record<string, number> {
  const codes: Record<string, number> = {}
  for (const { fate } of items) {
    const code = fate === undefined ? 'none' : fate.outcome === 'done' ? 'done' : fate.error.code
    codes[code] = (codes[code] ?? 0) + 1
  }
  return codes
}

/** Requests that came after one was answered with this. */
function sentBehind(requests: readonly SeenRequest[], text: string): number {
  const end = requests.find(({ answer }) => answer.includes(text))?.endedAt ?? -Infinity
  return requests.filter(({ startedAt }) => startedAt > end).length
}

test('a webhook without rights: what was sent is refused, the rest is not sent', async () => {
  const { items, error, requests, executions } = await stopped({ engine: { isScopeless: true } })

  expect(error).toBeInstanceOf(AuthError)
  expect(executions.size).toBe(0)
  const { insufficient_scope: refused = 0, ...others } = codesOf(items)
  expect(others).toEqual({ NOT_SENT: ROWS - refused })
  expect(refused).toBeLessThanOrEqual(4 * 10)
  expect(requests.length).toBeLessThanOrEqual(4)
})

test.each([
  ['overload@9', 'OVERLOAD_LIMIT'],
  ['redirect@9', 'moved'],
])('%s ends the run: every row has its fate, and nothing is sent after it', async (fault, text) => {
  const run = await stopped({ faults: [fault] })

  expect(run.error).toBeDefined()
  expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
  const { done = 0, ...others } = codesOf(run.items)
  expect(done).toBeGreaterThan(100)
  expect(others).toEqual({ NOT_SENT: ROWS - done })
  if (fault.startsWith('overload')) expect(sentBehind(run.requests, text)).toBe(0)
  expect(run.requests.length).toBeLessThanOrEqual(12)
})

test('what waits for its turn when the run ends does not leave any more', async () => {
  // The fifth and the sixth wait after a refusal by the bucket when the seventh brings the end.
  const run = await stopped({ faults: ['rate-limit@5-6', 'overload@7'] })

  expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
  expect(run.stats.faults).toEqual({ 'rate-limit': 2, overload: 1 })
  expect(sentBehind(run.requests, 'OVERLOAD_LIMIT')).toBe(0)
})

test('more failures than are allowed end the run', async () => {
  const run = await stopped({
    faults: ['refused-command=5%'],
    options: { stopAfter: stopAfterErrors({ count: 20 }) },
  })

  expect(run.error).toBeInstanceOf(OwnLimitError)
  expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
  const { done = 0, '': refused = 0, ...others } = codesOf(run.items)
  expect(others).toEqual({ NOT_SENT: ROWS - done - refused })
  // Besides the one too many, what was in flight with it.
  expect(refused).toBeGreaterThan(20)
  expect(refused).toBeLessThan(45)
})

test('a share of failures ends the run from the hundredth row on', async () => {
  const run = await stopped({
    faults: ['refused-command=30%'],
    options: { stopAfter: stopAfterErrors({ share: 0.1 }) },
  })

  expect(run.error).toBeInstanceOf(OwnLimitError)
  expect(fateFaults(run.inputs, run.said, run.executions)).toEqual([])
  const { done, refused } = tallyOf(run.said, run.executions)
  expect(done).toBeGreaterThan(50)
  expect(refused).toBeGreaterThan(ROWS - 500)
})
