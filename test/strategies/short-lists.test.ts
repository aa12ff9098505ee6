import { describe, expect, test } from 'vitest'
import { SMALL_LISTS } from '../bench/speed-limits.ts'
import { virtualExport } from '../bench/virtual-run.ts'
import { ID_SHAPES } from '../../src/sandbox/data/ids.ts'

const PORTAL = { 'page-ms': '30', 'page-cost': '0.03', 'latency-ms': '40', workers: '8', 'row-bytes': '100' }

/** As measured, with little to spare: few requests must not be bought with waiting. */
const MOST_SECONDS: Readonly<Record<number, number>> = { 1: 0.15, 40: 0.15, 400: 0.55, 4000: 1.3 }

describe.each([...SMALL_LISTS])('a list of %i rows takes at most %i requests', (rows, most) => {
  test.each(ID_SHAPES)('with %s ids', { timeout: 120_000 }, async (ids) => {
    for (const seed of [1, 2, 3]) {
      const settings = { ...PORTAL, rows: String(rows), ids, seed: String(seed) }
      const { stats, faults, wallSeconds } = await virtualExport({ settings })
      expect(faults).toEqual([])
      expect(stats.requests).toBeLessThanOrEqual(most)
      expect(wallSeconds).toBeLessThanOrEqual(MOST_SECONDS[rows] ?? 0)
    }
  })
})
