import { describe, expect, test } from 'vitest'
import { chooseUnits } from '../../src/operations/dispatch/choose-units.ts'
import type { Unit } from '../../src/operations/dispatch/unit.ts'

interface Sketch {
  readonly commands?: number
  readonly lock?: string
  readonly isAlone?: boolean
  readonly hasMore?: boolean
}

function unit({ commands = 1, lock, isAlone = false, hasMore = false }: Sketch): Unit {
  const command = { name: 'c', method: 'm', params: {} }
  return {
    items: [],
    commands: Array.from({ length: commands }, () => command),
    isAlone,
    hasMore,
    lock,
    take: () => undefined,
  }
}

/** The places of those that are chosen. */
function choose(
  sketches: readonly Sketch[],
  { size = 3, held = [] as string[], isSerial = false } = {},
): { places: number[]; isFull: boolean } {
  const ready = sketches.map(unit)
  const { units, isFull } = chooseUnits(ready, { size, heldLocks: new Set(held), isSerial })
  return { places: units.map((one) => ready.indexOf(one)), isFull }
}

describe('a request takes', () => {
  test.each<[string, Sketch[], number[], boolean]>([
    ['nothing of nothing', [], [], false],
    ['all that there is', [{}, {}], [0, 1], false],
    ['as many as it holds', [{}, {}, {}, {}], [0, 1, 2], true],
    ['commands, not units', [{ commands: 2 }, { commands: 1 }, {}], [0, 1], true],
    ['no unit by halves', [{ commands: 2 }, { commands: 2 }, {}], [0], true],
    ['one that is larger than it should be, by itself', [{ commands: 9 }, {}], [0], true],
    ['the first of those with one lock', [{ lock: 'a' }, { lock: 'a' }, { lock: 'b' }], [0, 2], false],
    ['one that must go alone by itself', [{ isAlone: true }, {}], [0], true],
    ['others in front of one that must go alone', [{}, { isAlone: true }, {}], [0, 2], false],
    [
      'none with the lock of one that waits to go alone',
      [{}, { isAlone: true, lock: 'a' }, { lock: 'a' }],
      [0],
      false,
    ],
    ['what has more to come beside the others', [{}, { hasMore: true }], [0, 1], false],
  ])('%s', (_what, sketches, places, isFull) => {
    expect(choose(sketches)).toEqual({ places, isFull })
  })
})

describe('a lock that is held by a request in flight', () => {
  test('makes its units wait, also those behind them, and lets others pass', () => {
    const ready = [{ lock: 'a' }, { lock: 'b' }, { lock: 'a' }, {}]
    expect(choose(ready, { held: ['a'] })).toEqual({ places: [1, 3], isFull: false })
  })

  test('makes one wait that must go alone, and the next one goes', () => {
    const ready = [{ lock: 'a', isAlone: true }, { isAlone: true }]
    expect(choose(ready, { held: ['a'] })).toEqual({ places: [1], isFull: true })
    expect(choose(ready.slice(0, 1), { held: ['a'] })).toEqual({ places: [], isFull: false })
  })
})

describe('in their order', () => {
  test.each<[string, Sketch[], number[], boolean]>([
    ['nothing passes one with the lock of another', [{ lock: 'a' }, { lock: 'a' }, {}], [0], true],
    ['nothing passes one that must go alone', [{}, { isAlone: true }, {}], [0], true],
    ['nothing passes one that has more to come', [{}, { hasMore: true }, {}], [0, 1], true],
    ['all others go together', [{ lock: 'a' }, { lock: 'b' }, {}], [0, 1, 2], true],
  ])('%s', (_what, sketches, places, isFull) => {
    expect(choose(sketches, { isSerial: true })).toEqual({ places, isFull })
  })
})
