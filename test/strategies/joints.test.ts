import { describe, expect, test } from 'vitest'
import { readChain } from '../../src/strategies/keyset/read-pages.ts'
import type { BusySegment, Segment } from '../../src/strategies/keyset/segments.ts'
import { afterProbes, takeChain } from '../../src/strategies/keyset/take-answer.ts'
import {
  busySegment,
  DEALS,
  doneSegment,
  idsFrom,
  openSegment,
  pageOf,
  readOf,
  shown,
} from '../support/segments.ts'

/** Answers a segment with pages of these rows; `'none'` where every page was refused. */
function answer(segments: Segment[], busy: BusySegment, rows: readonly number[][] | 'none'): void {
  const outcomes = rows === 'none' ? [{ kind: 'absent' } as const] : rows.map(pageOf)
  takeChain(DEALS, segments, busy, readChain(DEALS, busy.segment, outcomes, false))
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]]
  return list.flatMap((one, at) => permutations(list.toSpliced(at, 1)).map((rest) => [one, ...rest]))
}

/** What is read, and what is still to be read; nothing may be both, and nothing neither. */
function accounted(segments: readonly Segment[], from: number, to: number): string {
  let at = from
  for (const segment of segments) {
    if (segment.kind === 'done') {
      if (segment.read.first <= at) return `${segment.read.first} came twice`
      if (segment.read.first > at + 1) return `nobody asks for ${at + 1}`
      at = segment.read.last
    } else if (segment.kind === 'open') {
      if (segment.after !== at) return `${segment.after} is not ${at}`
      if (segment.end !== 'seen' || segment.upTo === undefined) return `open for ever behind ${at}`
      at = segment.upTo - 1
    } else return `still ${segment.kind}`
  }
  return at === to ? 'all' : `${at} is not the end`
}

describe('three chains over one stretch of dense ids, 1 to 599, answered in every order', () => {
  const pages = (first: number, count: number): number[][] =>
    Array.from({ length: count }, (_, at) => idsFrom(first + at * 50, Math.min(600, first + at * 50 + 49)))
  const answers: Record<string, (readonly number[][] | 'none')[]> = {
    'each a little beyond its joint': [pages(1, 5), pages(201, 5), pages(401, 4)],
    'each short of its joint': [pages(1, 2), pages(201, 2), pages(401, 2)],
    'the first to the end of all': [pages(1, 12), pages(201, 3), pages(401, 2)],
    'the second to the end of all': [pages(1, 2), pages(201, 8), pages(401, 1)],
    'nothing for the first': ['none', pages(201, 4), pages(401, 4)],
    'nothing for the second': [pages(1, 3), 'none', pages(401, 4)],
    'nothing for the last': [pages(1, 5), pages(201, 4), 'none'],
    'nothing at all': ['none', 'none', 'none'],
    'the first to the end, nothing for the others': [pages(1, 12), 'none', 'none'],
    'nothing for the first, the second to the end': ['none', pages(201, 8), 'none'],
  }

  test.each(
    Object.entries(answers).flatMap(([name, given]) =>
      permutations([0, 1, 2]).map((order) => [name, order.join(), given, order] as const),
    ),
  )('%s, order %s: no row is lost or doubled', (_name, _order, given, order) => {
    const chains = [
      busySegment({ after: 0, upTo: 600, end: 'joint', joint: 200, before: 1, behind: 1 }),
      busySegment({ after: 200, upTo: 600, end: 'joint', joint: 400, before: 1, behind: 1 }),
      busySegment({ after: 400, upTo: 600, before: 1, behind: 1 }),
    ]
    const segments: Segment[] = [...chains, doneSegment([600])]
    for (const at of order) answer(segments, chains[at] as BusySegment, given[at] ?? 'none')
    expect(accounted(segments, 0, 600)).toBe('all')
  })
})

test('a chain that passes the whole of what nobody has asked for leaves its rows out of what lies behind', () => {
  const first = busySegment({ after: 0, upTo: 600, end: 'joint', joint: 100, before: 1, behind: 1 })
  const open = openSegment({ after: 100, upTo: 151 })
  const segments: Segment[] = [first, open, doneSegment(idsFrom(151, 250)), doneSegment([600])]
  answer(segments, first, [idsFrom(1, 50), idsFrom(51, 100), idsFrom(101, 150), idsFrom(151, 200)])
  expect(shown(segments).slice(0, 2)).toEqual(['done 1-200', 'done 201-250'])
})

test('a chain that was asked for in vain forgets what came meanwhile, not what is still to come', () => {
  const waiting = openSegment({ after: 103, upTo: 900, end: 'joint', joint: 300 })
  const busy: BusySegment = { ...busySegment({ after: 300, upTo: 900 }), skipUpTo: 899 }
  const segments: Segment[] = [waiting, busy, doneSegment([900])]
  answer(segments, busy, 'none')
  expect(shown(segments)).toEqual(['open 103-900', 'done 900-900'])
})

test('a chain that reaches into a segment that is looked at leaves its rows out there', () => {
  const first = busySegment({ after: 0, upTo: 600, end: 'joint', joint: 50, before: 1, behind: 1 })
  const probed = {
    kind: 'probed',
    segment: openSegment({ after: 60, upTo: 600 }),
    places: [
      {
        at: 120,
        state: 'done',
        below: readOf(idsFrom(71, 120)),
        above: readOf(idsFrom(121, 170)),
      },
    ],
  } satisfies Segment
  const segments: Segment[] = [first, doneSegment(idsFrom(51, 60)), probed, doneSegment([600])]
  answer(segments, first, [idsFrom(1, 50), idsFrom(51, 100), idsFrom(101, 130)])
  expect(shown(segments)).toEqual(['done 1-130', 'probed 60-600', 'done 600-600'])
  expect(shown(afterProbes(DEALS, probed))).toEqual(['done 131-170', 'open 170-600'])
})
