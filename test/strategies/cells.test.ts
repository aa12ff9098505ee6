import { expect, test } from 'vitest'
import { cellsOf, type Probe, probePoints } from '../../src/strategies/cells.ts'
import { probeCount } from '../../src/strategies/survey.ts'

function probe(after: number, ids: readonly number[], isFull = true): Probe {
  return { after, ids, isFull }
}

function run(from: number, step = 1): number[] {
  return Array.from({ length: 50 }, (_, at) => from + at * step)
}

test('places to look at are spread evenly, and none twice', () => {
  expect(probePoints(100, 1_100, 4)).toEqual([100, 350, 600, 850])
  expect(probePoints(0, 2, 40)).toEqual([0, 1])
})

test.each<[string, Probe[], { rows: number; isExact: boolean }]>([
  ['a stretch without gaps is taken to go on', [probe(0, run(1))], { rows: 1_000, isExact: false }],
  ['one id in ten goes on so, too', [probe(0, run(10, 10))], { rows: 100, isExact: false }],
  ['a page that reaches beyond has counted its cell', [probe(0, run(30, 30))], { rows: 33, isExact: true }],
  ['a short page has counted it', [probe(0, [5, 6, 7], false)], { rows: 3, isExact: true }],
  ['no ids at all are a hole', [probe(0, run(5_000))], { rows: 0, isExact: true }],
])('%s', (_what, probes, wanted) => {
  const [cell] = cellsOf([...probes, probe(1_000, run(5_000))], 6_000)
  expect(cell).toMatchObject({ upTo: 1_000, isExact: wanted.isExact })
  expect(cell?.rows).toBeCloseTo(wanted.rows, 0)
})

test('a look that failed leaves a wider cell', () => {
  expect(cellsOf([probe(0, run(1)), probe(2_000, [2_001], false)], 3_000).map(({ upTo }) => upTo)).toEqual([
    2_000, 3_000,
  ])
})

test.each([
  [0.01, 40], // fast: as many as help
  [1, 20], // fewer, so that the request stays short
  [3, 0], // too slow to be worth it
])('if a page takes %f s, %i places are looked at', (seconds, count) => {
  expect(probeCount(seconds)).toBe(count)
})
