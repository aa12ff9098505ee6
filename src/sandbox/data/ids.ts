import { mix, share } from '../random.ts'

export const ID_SHAPES = ['sparse', 'dense', 'hole', 'clusters', 'skew', 'gaps'] as const
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
/** The last ids are 300 times as far apart as the first. */
const SKEW_WIDTHS = 100
const DELETED_SHARE = 0.3
/** Of so many ids together only one number is kept: how many are left before them. */
const COUNTED_IDS = 16

/** The id sequence of a shape. Each shape is a few arithmetic lines; the inverse is found by bisection. */
export function idSequence(shape: IdShape, count: number, seed: number): IdSequence {
  return sequenceOf(count, shapes[shape](count, seed))
}

/** The id sequence that a strictly growing function gives. */
export function sequenceOf(count: number, at: (index: number) => number): IdSequence {
  return {
    count,
    at,
    countUpTo: (id) => firstAbove(count, at, id),
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

  /** Without gaps at first, then ever thinner with the square of the index. */
  skew: (count, seed) => {
    const least = (index: number): number => {
      const part = index / count
      return index + 1 + Math.floor(SKEW_WIDTHS * count * part * part * part)
    }
    return (index) => least(index) + (mix(seed, index) % (least(index + 1) - least(index)))
  },

  /** Every id, but for three of ten that were deleted, each by its own chance. */
  gaps: (count, seed) => {
    const isLeft = (id: number): boolean => share(mix(seed, id)) >= DELETED_SHARE
    const leftBefore = leftByBlock(count, isLeft)
    return (index) => {
      const block = firstAbove(leftBefore.length, (at) => leftBefore[at] ?? 0, index) - 1
      let id = block * COUNTED_IDS
      let left = leftBefore[block] ?? 0
      while (left <= index) if (isLeft(++id)) left++
      return id
    }
  },
}

/** How many ids are left before each block of ids, for as many blocks as `count` of them need. */
function leftByBlock(count: number, isLeft: (id: number) => boolean): readonly number[] {
  const leftBefore = [0]
  for (let id = 1, left = 0; left < count; id++) {
    if (isLeft(id)) left++
    if (id % COUNTED_IDS === 0) leftBefore.push(left)
  }
  return leftBefore
}

/** The first index of `count` at which a growing function is above `bound`; `count` if it never is. */
function firstAbove(count: number, at: (index: number) => number, bound: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(middle) <= bound) low = middle + 1
    else high = middle
  }
  return low
}
