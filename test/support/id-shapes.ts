import fc from 'fast-check'
import { randomOf } from './random.ts'

/** Rows that lie alike, once or several times with the same hole before each. */
interface Stretch {
  readonly rows: number
  /** Ids from one row to the next: always as many, or by chance up to twice as many. */
  readonly step: number
  readonly isEven: boolean
  readonly hole: number
  readonly times: number
}

const MOST_ROWS = 20_000
const HIGHEST_ID = 1e12

const stretch: fc.Arbitrary<Stretch> = fc.record({
  rows: fc.oneof(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 60 }).map((pages) => pages * 50),
    fc.integer({ min: 1, max: 12_000 }),
  ),
  step: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 1000 })),
  isEven: fc.boolean(),
  hole: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 200 }),
    fc.integer({ min: 0, max: 1e6 }),
    fc.integer({ min: 0, max: 1e10 }),
  ),
  times: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) },
  ),
})

/** Ascending ids, up to 20,000 of them: dense, thin, plateaus, islands, single rows far apart, whole pages. */
export const idLists: fc.Arbitrary<readonly number[]> = fc
  .tuple(fc.array(stretch, { maxLength: 5 }), fc.nat())
  .map(([stretches, seed]) => idsOf(stretches, randomOf(seed)))

function idsOf(stretches: readonly Stretch[], random: () => number): number[] {
  const ids: number[] = []
  let id = 0
  for (const { rows, step, isEven, hole, times } of stretches) {
    for (let time = 0; time < times; time++) {
      id += hole
      for (let row = 0; row < rows; row++) {
        id += isEven ? step : 1 + Math.floor(random() * (2 * step - 1))
        if (id > HIGHEST_ID || ids.length >= MOST_ROWS) return ids
        ids.push(id)
      }
    }
  }
  return ids
}
