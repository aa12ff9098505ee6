import { describe, expect, test } from 'vitest'
import { type Part, pagesOf, type PlanFacts, planRequest } from '../../src/strategies/keyset/plan-request.ts'
import { probed } from '../../src/strategies/keyset/probes.ts'
import { leastPages, requestSize } from '../../src/strategies/keyset/request-size.ts'
import type { Segment } from '../../src/strategies/keyset/segments.ts'
import { busySegment, doneSegment, idsFrom, openSegment } from '../support/segments.ts'

const FACTS: PlanFacts = {
  size: 50,
  ceiling: 50,
  placePages: 16,
  soonPlacePages: 16,
  isScarce: false,
  isAnswering: false,
  pagesAhead: 1000,
  nearRows: 15_000,
  mostRows: 25_000,
  roomRows: 25_000,
  rowsWaiting: 0,
  rowsWanted: Infinity,
  isIdle: false,
}

/** Dense ids from `after` on; the row behind the last of them was seen. */
function dense(after: number, rows: number): Segment {
  return openSegment({ after, upTo: after + rows + 1, before: 1, behind: 1, spread: 0 })
}

function shownParts(parts: readonly Part[]): string[] {
  return parts.map((part) => {
    if (part.kind === 'place') return `place ${part.place.at}`
    const rest = part.kind === 'chain' && part.rest !== undefined ? `, rest from ${part.rest}` : ''
    return `${part.kind} of ${pagesOf(part)} from ${part.segment.after}${rest}`
  })
}

const plan = (segments: readonly Segment[], facts: Partial<PlanFacts> = {}): string[] =>
  shownParts(planRequest(segments, { ...FACTS, ...facts }))

describe('the next request', () => {
  test('asks for the beginning of a long stretch, so that others may go on behind it', () => {
    expect(plan([dense(0, 10_000)])).toEqual(['chain of 50 from 0, rest from 2500'])
  })

  test('takes several short stretches, as far as it has room', () => {
    expect(plan([dense(0, 990), dense(1000, 990), dense(2000, 990)])).toEqual([
      'chain of 20 from 0',
      'chain of 20 from 1000',
      'chain of 10 from 2000, rest from 2500',
    ])
  })

  test('does not leave a rest that is hardly worth a chain, if the limit allows more pages', () => {
    expect(plan([dense(0, 2200)], { size: 40 })).toEqual(['chain of 45 from 0'])
    expect(plan([dense(0, 2200)], { size: 40, ceiling: 40 })).toEqual(['chain of 40 from 0'])
  })

  test('looks at places first, and at nothing else', () => {
    const looked = probed(openSegment({ after: 0, upTo: 10_001, before: 1, behind: 1, looks: 0 }), 3)
    expect(plan([dense(20_000, 500), looked])).toEqual(['place 3333', 'place 6667'])
    expect(plan([dense(20_000, 500), looked], { placePages: 2 })).toEqual(['place 3333'])
  })

  test('looks at fewer places at a time where nothing else may be begun', () => {
    const looked = probed(openSegment({ after: 0, upTo: 10_001, before: 1, behind: 1, looks: 0 }), 3)
    expect(plan([looked], { soonPlacePages: 2 })).toEqual(['place 3333'])
    expect(plan([looked, dense(10_000, 500)], { soonPlacePages: 2 })).toEqual(['place 3333', 'place 6667'])
    // What lies so far behind does not count.
    expect(plan([looked, dense(10_000, 500)], { soonPlacePages: 2, mostRows: 9000 })).toEqual(['place 3333'])
  })

  test('asks for the little that is missing in front alone, when much waits behind it', () => {
    const segments = [dense(0, 120), doneSegment(idsFrom(121, 2500)), dense(2620, 10_000)]
    const waiting = { rowsWaiting: 2500, roomRows: 0 }
    expect(plan(segments, waiting)).toEqual(['chain of 3 from 0'])
    expect(plan(segments, { ...waiting, isAnswering: true })).toEqual(['chain of 3 from 0'])
    expect(plan(segments, { rowsWaiting: 100 })).toEqual([
      'chain of 3 from 0',
      'chain of 47 from 2620, rest from 4970',
    ])
    expect(plan([dense(0, 1000), ...segments.slice(1)], waiting)).toEqual([])
  })

  test('takes chains along with places where requests are scarce', () => {
    const looked = probed(openSegment({ after: 0, upTo: 10_001, before: 1, behind: 1, looks: 0 }), 3)
    expect(plan([looked, dense(20_000, 10_000)], { isScarce: true })).toEqual([
      'place 3333',
      'place 6667',
      'chain of 46 from 20000, rest from 22300',
    ])
  })

  test('prefers whole stretches to the rest behind a joint, and fills up with that', () => {
    const reading = busySegment({ after: 0, upTo: 9001, end: 'joint', joint: 2500, before: 1, behind: 1 })
    expect(plan([reading, dense(2500, 6500), dense(10_000, 2000)])).toEqual([
      'chain of 41 from 10000',
      'chain of 9 from 2500, rest from 2950',
    ])
    expect(plan([reading, dense(2500, 6500)])).toEqual(['chain of 50 from 2500, rest from 5000'])
  })

  test('does not begin what would be too short for others to read on behind it', () => {
    const segments = [dense(0, 2400), dense(5000, 1000)]
    expect(plan(segments)).toEqual(['chain of 49 from 0'])
    expect(plan(segments, { size: 53, ceiling: 60 })).toEqual([
      'chain of 49 from 0',
      'chain of 4 from 5000, rest from 5200',
    ])
  })

  test('is as good as full while an answer is on its way, which will tell more', () => {
    expect(plan([dense(0, 2000)], { isAnswering: true })).toEqual([])
    expect(plan([dense(0, 10_000)], { isAnswering: true })).toEqual(['chain of 50 from 0, rest from 2500'])
  })

  test('is not sent half empty where requests are scarce and others are under way', () => {
    const segments = [dense(0, 1000)]
    expect(plan(segments, { isScarce: true })).toEqual([])
    expect(plan(segments, { isScarce: true, pagesAhead: 21 })).toEqual(['chain of 21 from 0'])
    expect(plan(segments, { isScarce: true, isIdle: true })).toEqual(['chain of 21 from 0'])
  })

  test('begins nothing so far behind that it would wait for long', () => {
    const waiting = doneSegment(idsFrom(1, 200))
    const busy = busySegment({ after: 200, upTo: 26_000, before: 1, behind: 1 })
    expect(plan([waiting, busy, dense(26_000, 500)])).toEqual([])
    expect(plan([waiting, busy, dense(26_000, 500)], { mostRows: 30_000 })).toEqual([
      'chain of 11 from 26000',
    ])
  })

  test('is none where no more rows may be taken on, unless nothing is under way', () => {
    expect(plan([dense(0, 500)], { roomRows: 0 })).toEqual([])
    expect(plan([dense(0, 500)], { roomRows: 0, isIdle: true })).toEqual(['chain of 11 from 0'])
  })

  test('asks for no more pages than the rows that are wanted', () => {
    expect(plan([dense(0, 10_000)], { rowsWanted: 120 })).toEqual(['chain of 3 from 0'])
    expect(plan([dense(0, 60), dense(100, 500)], { rowsWanted: 100 })).toEqual([
      'chain of 2 from 0',
      'chain of 1 from 100',
    ])
  })

  test('asks for what is in doubt alone', () => {
    const doubtful = openSegment({ after: 0, upTo: 900, isDoubtful: true })
    expect(plan([doubtful, dense(1000, 500)])).toEqual(['alone of 1 from 0'])
    expect(plan([dense(1000, 500), doubtful])).toEqual(['chain of 11 from 1000'])
  })

  test('leaves what waits for the answer to what lies behind', () => {
    const waiting = openSegment({ after: 0, upTo: 900, end: 'joint', joint: 300, before: 1, behind: 1 })
    expect(plan([waiting, busySegment({ after: 300, upTo: 900 })])).toEqual([])
  })
})

describe('pages of a request', () => {
  const facts = { ceiling: 50, pageSeconds: 0.2, lanes: 4, running: [], openPages: 1000, spacingSeconds: 0 }

  test('are as many as may be where there is much to do', () => {
    expect(requestSize(facts)).toBe(50)
    expect(requestSize({ ...facts, ceiling: 7 })).toBe(7)
  })

  test('are so many near the end that all lanes are done at the same time', () => {
    expect(requestSize({ ...facts, openPages: 100 })).toBe(25)
    // Two others still have 4 seconds to go, which is 20 pages.
    expect(requestSize({ ...facts, openPages: 40, running: [4, 4] })).toBe(20)
    expect(requestSize({ ...facts, openPages: 80, running: [4, 4] })).toBe(30)
  })

  test('are so many that full answers do not come together', () => {
    const many = { ...facts, openPages: 1000, pageSeconds: 0.03 }
    expect(requestSize({ ...many, running: [1.5] })).toBe(49)
    expect(requestSize({ ...many, running: [1.5, 1.47, 1.44] })).toBe(47)
    expect(requestSize({ ...many, running: [1.2, 0.3] })).toBe(50)
    expect(requestSize({ ...many, pageSeconds: 0.22, running: [11] })).toBe(50)
    // Where there is no room between others, a request is as long as it may be.
    expect(requestSize({ ...many, running: Array.from({ length: 20 }, (_, at) => 1.5 - at * 0.03) })).toBe(50)
  })

  test('are not so few that a request is not worth it', () => {
    expect(requestSize({ ...facts, openPages: 4 })).toBe(5)
    expect(requestSize({ ...facts, openPages: 16, pageSeconds: 0.01 })).toBe(16)
    expect(requestSize({ ...facts, openPages: 40, pageSeconds: 0.01 })).toBe(20)
    expect([leastPages(0.2), leastPages(0.03), leastPages(0.001)]).toEqual([5, 5, 16])
  })

  test('are more where requests leave one by one', () => {
    const held = requestSize({ ...facts, openPages: 100, pageSeconds: 0.02, spacingSeconds: 0.5 })
    expect(held).toBeGreaterThan(requestSize({ ...facts, openPages: 100, pageSeconds: 0.02 }))
  })
})
