import { describe, expect, test } from 'vitest'
import { ChildRows, type ChildStep } from '../../src/operations/child-rows.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Reply } from '../../src/protocol/types.ts'

function json(value: unknown): JsonText {
  return JsonText.of(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
}

function page(result: unknown, counts: { total?: number; next?: number } = {}): Reply {
  return { result: json(result), time: {}, ...counts }
}

/** Numbers from … up to, without the last. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}

function textOf(step: ChildStep): string {
  if (step.kind !== 'complete') throw new Error(`not complete but ${JSON.stringify(step)}`)
  return step.result.toString()
}

function after(...replies: readonly (readonly [reply: Reply, isAlone: boolean])[]): ChildStep[] {
  const rows = new ChildRows('some.thing.list')
  return replies.map(([reply, isAlone]) => rows.take(reply, isAlone))
}

describe('one page', () => {
  test.each([
    ['without a count', {}],
    ['with its count', { total: 3 }],
    ['with a count that is too low, as with start=-1', { total: 0 }],
  ])('%s is complete as it stands, byte by byte', (_what, counts) => {
    const [step] = after([page('[ {"a": 1.0},{"a":2} , {"a":3}]', counts), false])
    expect(step && textOf(step)).toBe('[ {"a": 1.0},{"a":2} , {"a":3}]')
  })

  test.each(['{"item":{"id":5}}', 'true', 'null', '"x"', '{"a":[1],"b":[2]}', '{}'])(
    '%s is no list and is taken as it is, unless it says that there is more of it',
    (text) => {
      const [step] = after([page(text, { total: 7 }), false])
      expect(step && textOf(step)).toBe(text)
      expect(after([page(text, { total: 7, next: 50 }), false])[0]).toMatchObject({ kind: 'incomplete' })
      const [, second] = after([page([1], { next: 50 }), false], [page(text), false])
      expect(second).toMatchObject({ kind: 'incomplete' })
    },
  )

  test('with fewer rows than are counted is asked for once more, alone, and that answer counts', () => {
    for (const short of [[], [1, 2]]) {
      const [first, second] = after([page(short, { total: 3 }), false], [page([1, 2, 3], { total: 3 }), true])
      expect(first).toEqual({ kind: 'page', start: 0, isAlone: true })
      expect(second && textOf(second)).toBe('[1,2,3]')
    }
  })
})

describe('several pages', () => {
  test('are put together in the first answer, rows untouched', () => {
    const steps = after(
      [page('{"tasks": [{"id": 1.0},\n{"id":2}], "more": true}', { total: 5, next: 2 }), false],
      [page('{"tasks":[{"id":3},{"id":4}]}', { total: 5, next: 4 }), false],
      [page('{"tasks":[ {"x":"]"} ]}', { total: 5 }), false],
    )
    expect(steps.slice(0, 2)).toEqual([
      { kind: 'page', start: 2, isAlone: false },
      { kind: 'page', start: 4, isAlone: false },
    ])
    expect(steps[2] && textOf(steps[2])).toBe(
      '{"tasks": [{"id": 1.0},{"id":2},{"id":3},{"id":4},{"x":"]"}], "more": true}',
    )
  })

  test('without a count end where no next one is named', () => {
    const steps = after([page(range(0, 50), { next: 50 }), false], [page(range(50, 73)), false])
    expect(steps[1] && textOf(steps[1])).toBe(JSON.stringify(range(0, 73)))
  })

  test('may end with an empty one', () => {
    const steps = after(
      [page(range(0, 50), { total: 50, next: 50 }), false],
      [page([], { total: 50 }), false],
    )
    expect(steps[1] && textOf(steps[1])).toBe(JSON.stringify(range(0, 50)))
  })

  test('are asked for anew, alone, if one of them is short even then', () => {
    const [lastPage, short, shortAgain, again] = after(
      [page([], { total: 60, next: 50 }), false],
      [page(range(50, 60), { total: 60 }), false],
      [page(range(50, 60), { total: 60 }), true],
      [page(range(0, 50), { total: 60, next: 50 }), true],
    )
    expect(lastPage).toEqual({ kind: 'page', start: 50, isAlone: false })
    expect(short).toEqual({ kind: 'page', start: 50, isAlone: true })
    expect(shortAgain).toEqual({ kind: 'page', start: 0, isAlone: true })
    expect(again).toEqual({ kind: 'page', start: 50, isAlone: false })
  })

  test('are read anew if their count changes, and complete after that', () => {
    const steps = after(
      [page(range(0, 50), { total: 60, next: 50 }), false],
      [page(range(50, 61), { total: 61 }), false],
      [page(range(0, 50), { total: 61, next: 50 }), true],
      [page(range(50, 61), { total: 61 }), true],
    )
    expect(steps[1]).toEqual({ kind: 'page', start: 0, isAlone: true })
    expect(steps[3] && textOf(steps[3])).toBe(JSON.stringify(range(0, 61)))
  })

  test('that keep changing are incomplete, and the method of the portal is not asked for ever', () => {
    const rows = new ChildRows('some.thing.list')
    const steps: ChildStep[] = []
    for (let total = 60; steps.at(-1)?.kind !== 'incomplete' && total < 70; total++) {
      steps.push(rows.take(page(range(0, 50), { total, next: 50 }), true))
      steps.push(rows.take(page(range(50, 60), { total: total + 1 }), true))
    }
    expect(steps.at(-1)).toMatchObject({
      kind: 'incomplete',
      description: expect.stringMatching(/change/) as string,
    })
    expect(steps).toHaveLength(6)
  })

  test.each([
    ['by its id', [{ ID: 1 }, { ID: 2, x: 'a' }], [{ x: 'b', ID: 2 }], [{ ID: 3 }]],
    ['by its id in small letters', [{ id: '1' }, { id: '2', x: 'a' }], [{ id: '2' }], [{ id: '3' }]],
    ['as a whole', [{ x: 1 }, { x: 2 }], [{ x: 2 }], [{ x: 3 }]],
  ])('of which a row comes twice, told %s, are read anew', (_what, first, twice, second) => {
    const [, again, , end] = after(
      [page(first, { total: 3, next: 2 }), false],
      [page(twice, { total: 3 }), false],
      [page(first, { total: 3, next: 2 }), true],
      [page(second, { total: 3 }), true],
    )
    expect(again).toEqual({ kind: 'page', start: 0, isAlone: true })
    expect(end && textOf(end)).toBe(JSON.stringify([...first, ...second]))
  })

  test('may have the same row twice on one page, if the portal says so', () => {
    const steps = after([page([{ x: 1 }, { x: 1 }], { next: 2 }), false], [page([{ x: 2 }]), false])
    expect(steps[1] && textOf(steps[1])).toBe('[{"x":1},{"x":1},{"x":2}]')
  })

  test('that lead back are not followed', () => {
    const [, step] = after(
      [page(range(0, 50), { total: 99, next: 50 }), false],
      [page(range(50, 99), { total: 99, next: 50 }), false],
    )
    expect(step).toMatchObject({
      kind: 'incomplete',
      description: expect.stringMatching(/some\.thing\.list/) as string,
    })
    expect(after([page([1], { next: 0 }), false])[0]).toMatchObject({ kind: 'incomplete' })
  })

  test('of more than 100,000 rows are left to a list of its own', () => {
    const rows = new ChildRows('some.thing.list')
    expect(rows.take(page(range(0, 50_000), { next: 50_000 }), false).kind).toBe('page')
    expect(rows.take(page(range(50_000, 100_000), { next: 100_000 }), false).kind).toBe('page')
    expect(rows.take(page([-1], { next: 100_001 }), false)).toMatchObject({ kind: 'incomplete' })
  })
})
