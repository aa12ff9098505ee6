import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refused } from '../../src/operations/dispatch/fate.ts'
import { InOrder } from '../../src/operations/dispatch/in-order.ts'
import type { Item } from '../../src/operations/dispatch/unit.ts'

const FATE = refused('X', 'x')

function items(count: number): Item[] {
  return Array.from({ length: count }, (_, ordinal) => ({ ordinal, fate: undefined }))
}

describe('items', () => {
  test('leave in the order of their input, whatever the order of their fates, each once', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 }), fc.nat(), (order, every) => {
        const all = items(12)
        const line = new InOrder()
        // They come in any grouping, as units are made of them.
        for (const at of order) line.add([all[at] as Item])
        const left: number[] = []
        for (const [step, at] of order.entries()) {
          ;(all[11 - at] as Item).fate = FATE
          if (step % ((every % 3) + 1) === 0) left.push(...line.take().map(({ ordinal }) => ordinal))
        }
        left.push(...line.take().map(({ ordinal }) => ordinal))
        expect(left).toEqual([...Array(12).keys()])
        expect([line.isEmpty, line.size, line.hasSettled]).toEqual([true, 0, false])
      }),
    )
  })

  test('wait for what stands before them', () => {
    const [a, b, c] = items(3) as [Item, Item, Item]
    const line = new InOrder()
    line.add([a, b])
    line.add([c])
    b.fate = FATE
    expect([line.hasSettled, line.take(), line.size]).toEqual([false, [], 3])
    a.fate = FATE
    expect([line.hasSettled, line.take(), line.size]).toEqual([true, [a, b], 1])
    expect([...line.open()]).toEqual([c])
  })

  test('with a fate all leave at the end, whatever is missing before them', () => {
    const all = items(5)
    const line = new InOrder()
    line.add(all)
    for (const at of [3, 1]) (all[at] as Item).fate = FATE
    expect(line.takeAll()).toEqual([all[1], all[3]])
    expect(line.size).toBe(3)
    expect(line.takeAll()).toEqual([])
  })
})

test('reading stops at the window, but not before the next in order has been read', () => {
  const all = items(6)
  const line = new InOrder()
  line.add(all.slice(2, 5))
  expect(line.isFull(3)).toBe(false)
  line.add(all.slice(1, 2))
  expect(line.isFull(3)).toBe(false)
  line.add(all.slice(0, 1))
  expect([line.isFull(3), line.isFull(5), line.isFull(6)]).toEqual([true, true, false])
})
