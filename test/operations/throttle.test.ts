import { describe, expect, test } from 'vitest'
import { LimitError, TransportError } from '../../src/errors.ts'
import { type Advice, type Answer, Throttle } from '../../src/operations/dispatch/throttle.ts'
import type { CommandResult } from '../../src/operations/dispatch/unit.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import { TARGET_REQUEST_SECONDS } from '../../src/protocol/limits.ts'

const OPTIONS = { batchSize: 50, firstSize: 50, lanes: 4, retries: 3, maxWaitMs: 60_000 }
const NOW = 1_700_000_000_000

const DONE: CommandResult = { kind: 'done', reply: { result: JsonText.of(Buffer.from('true')), time: {} } }

function refused(apiCode: string, status?: number): CommandResult {
  return { kind: 'refused', refusal: { apiCode, description: '' }, status }
}

function lost(fault: 'reset' | 'timeout' = 'reset'): CommandResult {
  return { kind: 'lost', error: new TransportError(fault, 'gone', { executed: 'unknown' }) }
}

function answer(results: readonly CommandResult[], more: Partial<Answer> = {}): Answer {
  return { results, seconds: 1, count: 10, isRepeatable: false, sentAt: NOW, ...more }
}

/** Learns from the same answer again and again. */
function learnt(throttle: Throttle, given: Answer, times: number): Advice[] {
  return Array.from({ length: times }, () => throttle.learn(given, NOW))
}

describe('the size of requests', () => {
  test('begins where it should, and doubles with every good answer', () => {
    const throttle = new Throttle({ ...OPTIONS, firstSize: 10 })
    const sizes = [throttle.size]
    for (let count = 0; count < 4; count++) {
      expect(throttle.learn(answer([DONE], { seconds: 0.1 }), NOW)).toEqual({ kind: 'go-on' })
      sizes.push(throttle.size)
    }
    expect(sizes).toEqual([10, 20, 40, 50, 50])
  })

  test('is what the portal gets through in time: dearer at once, cheaper by and by', () => {
    const throttle = new Throttle(OPTIONS)
    throttle.learn(answer([DONE], { seconds: 20, count: 10 }), NOW)
    expect([throttle.commandSeconds, throttle.size]).toEqual([2, Math.floor(TARGET_REQUEST_SECONDS / 2)])
    throttle.learn(answer([DONE], { seconds: 10, count: 10 }), NOW)
    expect([throttle.commandSeconds, throttle.size]).toEqual([1.5, Math.floor(TARGET_REQUEST_SECONDS / 1.5)])
    throttle.learn(answer([DONE], { seconds: 500, count: 1 }), NOW)
    expect(throttle.size).toBe(1)
  })

  test('is half of what was too much, and never nothing', () => {
    const throttle = new Throttle({ ...OPTIONS, retries: 99 })
    throttle.learn(answer([lost()], { count: 50 }), NOW)
    expect(throttle.size).toBe(25)
    throttle.learn(answer([lost()], { count: 1 }), NOW)
    expect(throttle.size).toBe(1)
    throttle.learn(answer([DONE], { seconds: 0 }), NOW)
    expect(throttle.size).toBe(2)
  })
})

describe('requests in flight', () => {
  test('are half as many after trouble that goes on, and one more with every good answer', () => {
    const throttle = new Throttle({ ...OPTIONS, retries: 99 })
    const lanes = [throttle.lanes]
    for (const result of [lost(), lost(), lost(), DONE, refused('', 400), DONE, DONE]) {
      throttle.learn(answer([result]), NOW)
      lanes.push(throttle.lanes)
    }
    expect(lanes).toEqual([4, 4, 2, 1, 2, 3, 4, 4])
  })

  test('that fail together have failed once', () => {
    const throttle = new Throttle({ ...OPTIONS, lanes: 16 })
    const together = Array.from({ length: 16 }, () =>
      throttle.learn(answer([lost()], { sentAt: NOW - 1000 }), NOW),
    )
    expect(new Set(together.map(({ kind }) => kind))).toEqual(new Set(['hold-back']))
    expect(throttle.lanes).toBe(16)
  })
})

describe('after trouble', () => {
  test.each<[string, CommandResult]>([
    ['an answer that was lost', lost()],
    ['commands without an answer', { kind: 'absent' }],
    ['commands that failed inside of the portal', refused('INTERNAL_SERVER_ERROR')],
  ])('%s: the run holds back, longer each time, and is given up after so many in a row', (_what, result) => {
    const advice = learnt(new Throttle(OPTIONS), answer([result]), 4)
    expect(advice.map(({ kind }) => kind)).toEqual(['hold-back', 'hold-back', 'hold-back', 'give-up'])
    const waits = advice.flatMap((one) => (one.kind === 'hold-back' ? [one.ms] : []))
    for (const [at, ms] of waits.entries()) {
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThanOrEqual(500 * 2 ** at)
    }
  })

  test('a good answer starts the count anew', () => {
    const throttle = new Throttle(OPTIONS)
    for (let round = 0; round < 5; round++) {
      const advice = learnt(throttle, answer([lost()]), 3)
      expect(advice.every(({ kind }) => kind === 'hold-back')).toBe(true)
      throttle.learn(answer([DONE]), NOW)
    }
  })

  test('a batch of which a part failed is no good answer if its end was lost', () => {
    const advice = learnt(new Throttle(OPTIONS), answer([DONE, lost()]), 4)
    expect(advice.at(-1)?.kind).toBe('give-up')
  })

  test('what failed tells why the run is given up', () => {
    const failure = lost()
    const [advice] = learnt(new Throttle({ ...OPTIONS, retries: 0 }), answer([failure]), 1)
    expect(advice).toEqual({ kind: 'give-up', error: failure.kind === 'lost' && failure.error })
    expect(
      learnt(new Throttle({ ...OPTIONS, retries: 0 }), answer([{ kind: 'absent' }]), 1)[0],
    ).toMatchObject({
      error: { code: 'portal.no-answer', exitCode: 5 },
    })
  })

  test('what was repeated already is not tried any more', () => {
    const advice = learnt(new Throttle(OPTIONS), answer([lost()], { isRepeatable: true }), 1)
    expect(advice[0]?.kind).toBe('give-up')
  })

  test('unless it was too much at a time', () => {
    const throttle = new Throttle(OPTIONS)
    const tooMuch = (count: number): Answer => answer([lost('timeout')], { isRepeatable: true, count })
    expect(throttle.learn(tooMuch(50), NOW).kind).toBe('hold-back')
    expect(throttle.learn(tooMuch(2), NOW).kind).toBe('hold-back')
    expect(throttle.learn(tooMuch(1), NOW).kind).toBe('give-up')
  })
})

describe('limits of the portal', () => {
  test.each([refused('OPERATION_TIME_LIMIT'), refused('QUERY_LIMIT_EXCEEDED', 503)])(
    'are waited for as long as is allowed: %j',
    (limited) => {
      const throttle = new Throttle(OPTIONS)
      expect(throttle.learn(answer([limited]), NOW)).toEqual({ kind: 'go-on' })
      expect(throttle.learn(answer([limited]), NOW + 60_000)).toEqual({ kind: 'go-on' })
      const advice = throttle.learn(answer([limited]), NOW + 60_001)
      expect(advice).toMatchObject({ kind: 'give-up', error: expect.any(LimitError) as unknown })
      expect(advice.kind === 'give-up' && String(advice.error)).toContain('--max-wait (60 s)')
      expect([throttle.lanes, throttle.size]).toEqual([4, 50])
    },
  )

  test('that let something through are waited for anew', () => {
    const throttle = new Throttle(OPTIONS)
    const limited = refused('OPERATION_TIME_LIMIT')
    throttle.learn(answer([limited]), NOW)
    throttle.learn(answer([limited, DONE]), NOW + 50_000)
    expect(throttle.learn(answer([limited]), NOW + 100_000)).toEqual({ kind: 'go-on' })
    expect(throttle.learn(answer([limited]), NOW + 160_000)).toEqual({ kind: 'go-on' })
    expect(throttle.learn(answer([limited]), NOW + 160_001).kind).toBe('give-up')
  })
})
