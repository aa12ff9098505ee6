import { expect, test } from 'vitest'
import { ChainLengths } from '../../src/progress/chain-lengths.ts'
import { Durations } from '../../src/progress/durations.ts'

/** Numbers from 0 to 1 that follow from nothing but a seed. */
function* chance(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state = (state * 48_271) % 2_147_483_647
    yield state / 2_147_483_647
  }
}

function exact(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.ceil(share * values.length) - 1] ?? Number.NaN
}

test.each([
  ['spread evenly', (u: number) => 20 + u * 2_000],
  ['with a long tail', (u: number) => 100 / (1 - u * 0.999)],
  ['of two kinds', (u: number) => (u < 0.7 ? 40 : 9_000)],
])('percentiles of durations %s are those of the sorted list, to 2 %%', (_how, of) => {
  const random = chance(7)
  const values = Array.from({ length: 5_000 }, () => of(random.next().value))
  const durations = new Durations()
  for (const value of values) durations.add(value)
  const { p50, p90, p99, max } = durations.figures ?? { p50: 0, p90: 0, p99: 0, max: 0 }
  expect(Math.abs(p50 / exact(values, 0.5) - 1)).toBeLessThan(0.021)
  expect(Math.abs(p90 / exact(values, 0.9) - 1)).toBeLessThan(0.021)
  expect(Math.abs(p99 / exact(values, 0.99) - 1)).toBeLessThan(0.021)
  expect(max).toBe(Math.max(...values))
})

test('the shortest and the longest are kept too; of none there is nothing to say', () => {
  expect(new Durations().figures).toBeUndefined()
  const durations = new Durations()
  durations.add(0)
  expect(durations.figures).toEqual({ p50: 0, p90: 0, p99: 0, max: 0 })
  durations.add(90 * 60_000)
  expect(durations.figures?.max).toBe(90 * 60_000)
})

test('lengths of chains are exact', () => {
  const chains = new ChainLengths()
  expect(chains.figures).toBeUndefined()
  for (const commands of [2, 50, 50, 50, 17]) chains.add(commands)
  expect(chains.figures).toEqual({ median: 50, mean: 33.8, max: 50 })
})
