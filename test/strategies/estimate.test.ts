import { describe, expect, test } from 'vitest'
import {
  densityAtEnd,
  densityAtStart,
  evennessOf,
  expectedPages,
  expectedRows,
} from '../../src/strategies/keyset/estimate.ts'
import { islandsOf, overIslands } from '../../src/strategies/keyset/islands.ts'
import { cellsOf } from '../../src/strategies/keyset/probes.ts'
import type { Place, ProbedSegment } from '../../src/strategies/keyset/segments.ts'
import { idsFrom, openSegment, readOf } from '../support/segments.ts'

describe('rows for each id', () => {
  test.each([
    ['without gaps', idsFrom(1, 50), 1],
    ['one in ten', idsFrom(1, 491, 10), 0.1],
    ['behind a hole', [...idsFrom(1, 30), ...idsFrom(100_000, 100_190, 10)], 0.1],
    ['a row alone behind a hole', [...idsFrom(1, 49), 1_000_000], 1],
    ['two rows', [7, 9], 0.5],
  ])('at the end of ids %s', (_, ids, expected) => {
    expect(densityAtEnd(ids)).toBeCloseTo(expected)
    const mirrored = ids.map((id) => 2_000_000 - id).reverse()
    expect(densityAtStart(mirrored)).toBeCloseTo(expected)
  })

  test('are those of all rows where several holes show that this is how they lie', () => {
    const islands = [1, 2, 3, 4, 5, 101, 102, 103, 104, 105, 201, 202, 203, 204, 205]
    expect(densityAtEnd(islands)).toBeCloseTo(14 / 204)
    expect(densityAtEnd(islands.slice(0, 10))).toBe(1)
  })

  test('cannot be said from one row', () => {
    expect(densityAtEnd([5])).toBeUndefined()
    expect(densityAtStart([])).toBeUndefined()
  })
})

describe('rows expected in a stretch', () => {
  test('lie as those around it, thinning out by the same factor with every step from one side to the other', () => {
    expect(expectedRows(openSegment({ after: 100, upTo: 1101, before: 0.2, behind: 0.2 })).rows).toBeCloseTo(
      200,
    )
    const uneven = expectedRows(openSegment({ after: 100, upTo: 1101, before: 1, behind: 0.2 }))
    expect(uneven.rows).toBeCloseTo((1000 * 0.8) / Math.log(5))
    expect(uneven.error).toBe(400)
    const shore = expectedRows(openSegment({ after: 100, upTo: 1101, before: 1, behind: 0 }))
    expect(shore).toEqual({ rows: 500, error: 500 })
  })

  test('are not expected where somebody has looked in vain, nor on the share of ids between islands', () => {
    const segment = openSegment({ after: 0, upTo: 1001, before: 1, behind: 1 })
    expect(expectedRows({ ...segment, emptyUpTo: 600 }).rows).toBe(400)
    expect(expectedRows({ ...segment, occupied: 0.25 }).rows).toBe(250)
  })

  test('end at a joint, where there is one', () => {
    const segment = openSegment({ after: 0, upTo: 10_000, end: 'joint', joint: 500, before: 1 })
    expect(expectedRows(segment).rows).toBe(500)
  })

  test('are unknown with nothing around, or no end', () => {
    expect(expectedRows(openSegment({ after: 0, upTo: 100 })).rows).toBe(Infinity)
    expect(expectedRows(openSegment({ after: 0, before: 1 })).rows).toBe(Infinity)
  })

  test('come in pages that bring the seen row at the end too', () => {
    const dense = (rows: number): number =>
      expectedPages(openSegment({ after: 0, upTo: rows + 1, before: 1, behind: 1, spread: 0 }))
    expect([dense(0), dense(49), dense(50), dense(99), dense(100)]).toEqual([1, 1, 2, 2, 3])
  })
})

describe('a list is even', () => {
  test('if all full pages span about as many ids', () => {
    const even = evennessOf([0, 1, 2, 3, 4].map((at) => readOf(idsFrom(1 + at * 9000, 491 + at * 9000, 10))))
    expect(even).toEqual({ density: 0.1, spread: 0 })
  })

  test('but not if one is thinner, nor if there are few', () => {
    const dense = [0, 1, 2, 3].map((at) => readOf(idsFrom(1 + at * 9000, 50 + at * 9000)))
    expect(evennessOf(dense)).toBeDefined()
    expect(evennessOf([...dense, readOf(idsFrom(90_000, 90_000 + 490, 10))])).toBeUndefined()
    expect(evennessOf(dense.slice(1))).toBeUndefined()
  })
})

describe('islands', () => {
  /** A look at places 10,000 apart, of which only those named lie on one of the islands. */
  function looked(onIslands: readonly number[]): ProbedSegment {
    const places = Array.from({ length: 20 }, (_, index): Place => {
      const at = 10_000 * (index + 1)
      const isOn = onIslands.includes(index)
      const below = readOf(isOn ? idsFrom(at - 49, at) : idsFrom(at - 4049, at - 4000))
      const above = readOf(isOn ? idsFrom(at + 1, at + 50) : idsFrom(at + 4001, at + 4050))
      return { at, state: 'done', below, above }
    })
    return { kind: 'probed', segment: openSegment({ after: 0, upTo: 210_000, looks: 0 }), places }
  }

  test('are found if many places lie in holes', () => {
    const islands = islandsOf(looked([3, 8]))
    expect(islands?.occupied).toBeCloseTo(3 / 21)
    expect(islands?.rows).toBeCloseTo((210_000 * 3) / 21 / 19, 0)
  })

  test('are not found if holes are rare', () => {
    expect(islandsOf(looked(idsFrom(0, 19)))).toBeUndefined()
    expect(islandsOf(looked(idsFrom(0, 15)))).toBeUndefined()
    expect(islandsOf(looked(idsFrom(0, 13)))).toBeDefined()
  })

  test('make less expected of a stretch that would be several, and looks at all that are long', () => {
    const islands = { rows: 2000, occupied: 0.1 }
    const [wide, long, short] = overIslands(
      [100_000, 7000, 1400].map((rows) => openSegment({ after: 0, upTo: rows + 1, before: 1, behind: 1 })),
      islands,
    ).map((segment) => openSegment({ ...segment, kind: 'open' }))
    expect([wide, long, short].map((one) => expectedRows(one ?? openSegment({})).rows)).toEqual([
      10_000, 700, 1400,
    ])
    expect([wide, long, short].map((one) => cellsOf(one ?? openSegment({})))).toEqual([2, 2, 1])
    const roomy = overIslands([openSegment({ after: 0, upTo: 7001, before: 1, behind: 1 })], {
      rows: 5000,
      occupied: 0.1,
    })
    expect(roomy.map((one) => cellsOf(openSegment({ ...one, kind: 'open' })))).toEqual([2])
    expect(cellsOf(openSegment({ after: 0, upTo: 7001, before: 1, behind: 1 }))).toBe(1)
  })
})
