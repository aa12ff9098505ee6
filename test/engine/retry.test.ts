import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextDelayMs } from '../../src/lib/backoff.ts'
import { refusalError } from '../../src/protocol/failures.ts'
import type { RunEvent } from '../../src/engine/events.ts'
import { type CallFacts, retrying } from '../../src/engine/retry.ts'
import { verdictOn } from '../../src/engine/treatment.ts'
import {
  type Executed,
  LimitError,
  type RefusalError,
  TransportError,
  type TransportFault,
} from '../../src/errors.ts'

const READ: CallFacts = { method: 'crm.deal.list', isRepeatable: true, canShrink: false }
const WRITE: CallFacts = { method: 'crm.deal.add', isRepeatable: false, canShrink: false }
const BATCH: CallFacts = { ...READ, canShrink: true }

function fault(kind: TransportFault, executed: Executed, elapsedMs = 100): TransportError {
  return new TransportError(kind, 'test', { executed, elapsedMs })
}

function refused(apiCode: string, status = 400): RefusalError {
  return refusalError({ apiCode, description: '', status, method: 'crm.deal.list' })
}

describe('the verdict on a failure', () => {
  test.each([
    ['a read after a reset', fault('reset', 'unknown'), READ, 'again'],
    ['a write that never left', fault('unreachable', 'no'), WRITE, 'again'],
    ['a write whose answer was lost', fault('reset', 'unknown'), WRITE, 'give-up'], // it may have been executed
    ['a write after a time-out', fault('timeout', 'unknown'), WRITE, 'give-up'],
    ['a page in place of JSON', fault('not-json', 'unknown'), READ, 'again'],
    ['a single read after a time-out', fault('timeout', 'unknown'), READ, 'again'],
    ['a batch after a time-out', fault('timeout', 'unknown'), BATCH, 'give-up'], // it is to be made smaller
    ['a batch that broke after 58 s', fault('reset', 'unknown', 58_000), BATCH, 'give-up'], // the portal's cut
    ['a batch that broke at once', fault('reset', 'unknown'), BATCH, 'again'],
    ['a wrong certificate', fault('certificate', 'no'), READ, 'give-up'],
    ['too many requests', refused('QUERY_LIMIT_EXCEEDED', 503), WRITE, 'at-the-gate'], // surely not executed
    ['a method out of time', refused('OPERATION_TIME_LIMIT', 429), WRITE, 'at-the-gate'],
    ['a block by hand', refused('OVERLOAD_LIMIT', 503), READ, 'give-up'],
    ['trouble inside the portal, reading', refused('INTERNAL_SERVER_ERROR', 500), READ, 'again'],
    ['trouble inside the portal, writing', refused('INTERNAL_SERVER_ERROR', 500), WRITE, 'give-up'],
    ['an old token', refused('expired_token', 401), READ, 'renew'],
    ['a wrong webhook', refused('INVALID_CREDENTIALS', 401), READ, 'give-up'],
    ['a wrong call', refused('ERROR_ARGUMENT', 400), READ, 'give-up'],
    ['a bug of ours', new TypeError('x'), READ, 'give-up'],
  ] as const)('%s', (_, error, facts, verdict) => {
    expect(verdictOn(error, facts)).toBe(verdict)
  })
})

test('delays are up to a step that doubles up to half a minute, and all of it is random', () => {
  expect([1, 2, 3, 7, 50].map((attempt) => nextDelayMs(attempt, 0))).toEqual([0, 0, 0, 0, 0])
  expect([1, 2, 3, 7, 50].map((attempt) => nextDelayMs(attempt, 0.5))).toEqual([
    250, 500, 1000, 15_000, 15_000,
  ])
  expect([1, 2, 3, 7, 50].map((attempt) => nextDelayMs(attempt, 1))).toEqual([
    500, 1000, 2000, 30_000, 30_000,
  ])
})

describe('retrying', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  async function run(
    failures: readonly unknown[],
    policy: { retries?: number; maxWaitMs?: number; renew?: () => Promise<void> } = {},
  ): Promise<{ attempts: number; error: unknown; events: RunEvent[] }> {
    let attempts = 0
    const events: RunEvent[] = []
    const attempt = (): Promise<string> => {
      const failure = failures[Math.min(attempts++, failures.length - 1)]
      if (failure !== undefined) throw failure as Error
      return Promise.resolve('done')
    }
    const ended = retrying(
      attempt,
      READ,
      {
        retries: policy.retries ?? 5,
        maxWaitMs: policy.maxWaitMs ?? 900_000,
        onEvent: (event) => events.push(event),
        renew: policy.renew,
        isDown: () => false,
      },
      new AbortController().signal,
    ).then(
      () => undefined,
      (error: unknown) => error,
    )
    await vi.advanceTimersByTimeAsync(3_600_000)
    return { attempts, error: await ended, events }
  }

  test('ends with the last failure after the retries are used up', async () => {
    const reset = fault('reset', 'unknown')
    expect(await run([reset])).toMatchObject({ attempts: 6, error: reset })
    expect(await run([reset], { retries: 0 })).toMatchObject({ attempts: 1, error: reset })
  })

  test('goes on where a passing failure passes, and says so', async () => {
    const { attempts, error, events } = await run([
      fault('reset', 'unknown'),
      fault('not-json', 'unknown'),
      undefined,
    ])
    expect({ attempts, error }).toEqual({ attempts: 3, error: undefined })
    expect(events.filter(({ type }) => type === 'retrying')).toHaveLength(2)
  })

  test('does not count refusals by a limit as retries, but ends when they outlast the longest wait', async () => {
    const full = refused('QUERY_LIMIT_EXCEEDED', 503)
    const patient = await run([...Array.from({ length: 20 }, () => full), undefined], { retries: 0 })
    expect(patient).toMatchObject({ attempts: 21, error: undefined })
    const impatient = await run([full], { maxWaitMs: 60_000 })
    expect(impatient.error).toBeInstanceOf(LimitError)
    expect(impatient.attempts).toBeLessThan(20)
  })

  test('renews an expired token, but not for ever', async () => {
    let renewals = 0
    const renew = (): Promise<void> => {
      renewals++
      return Promise.resolve()
    }
    expect(await run([refused('expired_token', 401), undefined], { renew })).toMatchObject({
      attempts: 2,
      error: undefined,
    })
    expect(await run([refused('expired_token', 401)], { renew })).toMatchObject({ attempts: 4 })
    expect(renewals).toBe(4)
    renewals = 0
    expect(await run([refused('invalid_token', 401)], { renew })).toMatchObject({ attempts: 2 })
    expect(renewals).toBe(1)
  })
})
