import { mix } from '../random.ts'

export const ID_SHAPES = ['sparse', 'dense', 'hole', 'clusters'] as const
export type IdShape = (typeof ID_SHAPES)[number]

/** The ids a table starts with: a strictly growing function of the index, so that a million are never held. */
export interface IdSequence {
  readonly count: number
  /** The id at an index 0..count-1. */
  at(index: number): number
  /** How many ids are not greater than `id`, which is also the index of the first greater one. */
  countUpTo(id: number): number
}

const ISLANDS = 40
const HOLE_WIDTHS = 20
const OCCUPIED_SHARE = 0.05

/** The id sequence of a shape. Each shape is one arithmetic line; the inverse is found by bisection. */
export function idSequence(shape: IdShape, count: number, seed: number): IdSequence {
  return sequenceOf(count, shapes[shape](count, seed))
}

/** The id sequence that a strictly growing function gives. */
export function sequenceOf(count: number, at: (index: number) => number): IdSequence {
  return {
    count,
    at,
    countUpTo(id) {
      let low = 0
      let high = count
      while (low < high) {
        const middle = (low + high) >>> 1
        if (at(middle) <= id) low = middle + 1
        else high = middle
      }
      return low
    },
  }
}

const shapes: Record<IdShape, (count: number, seed: number) => (index: number) => number> = {
  dense: () => (index) => index + 1,

  /** One id in every block of ten. */
  sparse: (_count, seed) => (index) => index * 10 + 1 + (mix(seed, index) % 10),

  /** 60 % without gaps, nothing for twenty times that width, the rest thinly sown. */
  hole: (count, seed) => {
    const dense = Math.ceil(count * 0.6)
    const shore = dense * (1 + HOLE_WIDTHS)
    return (index) => (index < dense ? index + 1 : shore + (index - dense) * 7 + 1 + (mix(seed, index) % 7))
  },

  /** Forty islands without gaps, each somewhere in its own stretch of emptiness. */
  clusters: (count, seed) => {
    const largest = Math.ceil(count / ISLANDS)
    const stretch = Math.ceil(largest / OCCUPIED_SHARE)
    return (index) => {
      const island = Math.floor(index / Math.max(1, largest))
      const offset = mix(seed, island) % (stretch - largest + 1)
      return island * stretch + offset + (index - island * largest) + 1
    }
  },
}
