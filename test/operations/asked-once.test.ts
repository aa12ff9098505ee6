import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AskedOnce } from '../../src/operations/dispatch/asked-once.ts'
import { type Fate, refused } from '../../src/operations/dispatch/fate.ts'
import { JsonText } from '../../src/protocol/json-text.ts'

/** A fate that can be told from others. */
function fate(name: string): Fate {
  return refused('X', name)
}

const WHOLE = Buffer.alloc(40 * 1024 * 1024, '1')

/** An answer of 40 MiB; two of them are more than is kept. */
function large(): Fate {
  return { outcome: 'done', result: JsonText.of(WHOLE) }
}

describe('an id', () => {
  test('is new once, and known from then on, with the fate of the first', () => {
    const known = new AskedOnce()
    expect(['a', 'b', 'a', 'a'].map((id, at) => known.isRepeat(id, at))).toEqual([false, false, true, true])
    known.keep('a', 0, fate('of a'))
    known.keep('b', 1, fate('of b'))
    expect([known.recall('a'), known.recall('a')]).toEqual([fate('of a'), fate('of a')])
  })

  test('is told from others letter by letter', () => {
    const known = new AskedOnce()
    expect(['5', '05', '5.0', ' 5'].map((id, at) => known.isRepeat(id, at))).toEqual(Array(4).fill(false))
  })

  test.each([
    [9_999, true],
    [10_000, false],
  ])('is known again after %i others: %s', (others, isKnown) => {
    const known = new AskedOnce()
    known.isRepeat('a', 0)
    known.keep('a', 0, fate('of a'))
    for (let at = 1; at <= others; at++) known.isRepeat(`x${at}`, at)
    expect(known.isRepeat('a', others + 1)).toBe(isKnown)
  })

  test('that comes again and again stays known', () => {
    const known = new AskedOnce()
    known.isRepeat('a', 0)
    known.keep('a', 0, fate('of a'))
    for (let at = 1; at < 30_000; at++) {
      if (at % 9_000 === 0) expect([known.isRepeat('a', at), known.recall('a')]).toEqual([true, fate('of a')])
      else known.isRepeat(`x${at}`, at)
    }
  })

  test('whose repetition was promised its fate has it, however long that takes', () => {
    const known = new AskedOnce()
    known.isRepeat('a', 0)
    expect(known.isRepeat('a', 1)).toBe(true)
    known.keep('a', 0, fate('of a'))
    for (let at = 2; at < 25_000; at++) known.isRepeat(`x${at}`, at)
    expect(known.recall('a')).toEqual(fate('of a'))
  })
})

describe('large answers', () => {
  test('are forgotten, the oldest first, and asked for again', () => {
    const known = new AskedOnce()
    for (const [at, id] of ['a', 'b'].entries()) {
      known.isRepeat(id, at)
      known.keep(id, at, large())
    }
    expect([known.isRepeat('b', 2), known.isRepeat('a', 3)]).toEqual([true, false])
    expect(known.recall('b')?.outcome).toBe('done')
  })

  test('are kept for repetitions that wait for them', () => {
    const known = new AskedOnce()
    known.isRepeat('a', 0)
    expect(known.isRepeat('a', 1)).toBe(true)
    known.isRepeat('b', 2)
    known.keep('a', 0, large())
    known.keep('b', 2, large())
    expect(known.recall('a')?.outcome).toBe('done')
  })
})

test('every repetition within the memory has the fate of its id, in any order of ids and answers', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), fc.nat(5), (ids, behind) => {
      const known = new AskedOnce()
      const waiting: { id: string; isRepeat: boolean; ordinal: number }[] = []
      const handOn = (): void => {
        const one = waiting.shift()
        if (one === undefined) return
        if (one.isRepeat) expect(known.recall(one.id)).toEqual(fate(one.id))
        else known.keep(one.id, one.ordinal, fate(one.id))
      }
      for (const [ordinal, id] of ids.entries()) {
        waiting.push({ id, ordinal, isRepeat: known.isRepeat(id, ordinal) })
        if (waiting.length > behind) handOn()
      }
      while (waiting.length > 0) handOn()
    }),
  )
})
