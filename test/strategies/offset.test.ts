import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/engine/caller.ts'
import { IncompleteError, NotUnderstoodError, UsageError } from '../../src/errors.ts'
import { readShape } from '../../src/operations/shape-options.ts'
import { JsonText } from '../../src/protocol/json-text.ts'
import type { Command, Outcome, Reply } from '../../src/protocol/types.ts'
import { portalInProcess } from '../support/portal-in-process.ts'
import { walk } from '../support/walk.ts'

interface Answer {
  readonly result: unknown
  readonly next?: number
  readonly total?: number
}

/** A method of unknown dialect: `answer` gives the page from `start` on, the how-manieth request it is told. */
function method(answer: (start: number, request: number) => Answer | undefined): Caller {
  let requests = 0
  const replyTo = ({ params }: Command, request: number): Reply | undefined => {
    const page = answer(Number(params['start'] ?? 0), request)
    if (page === undefined) return undefined
    return { ...page, result: JsonText.of(Buffer.from(JSON.stringify(page.result))), time: {} }
  }
  return {
    call: (command) => Promise.resolve(replyTo(command, ++requests) as Reply),
    batch(commands) {
      const request = ++requests
      const outcomes = commands.map((command): Outcome => {
        const reply = replyTo(command, request)
        return reply === undefined ? { kind: 'absent' } : { kind: 'done', reply }
      })
      return Promise.resolve({ outcomes, time: {} })
    },
  }
}

function rowsFrom(start: number, end: number): { id: number }[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => ({ id: start + index + 1 }))
}

function pages(total: number, size = 50): (start: number) => Answer {
  return (start) => {
    const end = Math.min(total, start + size)
    return { result: rowsFrom(start, end), total, ...(end < total ? { next: end } : {}) }
  }
}

async function count(caller: Caller): Promise<number> {
  const shape = readShape({ paging: 'start' })
  return (await walk(caller, 'some.thing.list', { parameters: { shape } })).rows.length
}

describe('a walk by offset', () => {
  test('reads the departments, page by page', async () => {
    const { portal, caller, truth } = portalInProcess({ rows: '120' })
    expect((await walk(caller, 'department.get')).ids).toEqual(await truth('department.get'))
    expect(portal.stats.requests).toBe(2)
  })

  test.each([0, 1, 50, 51, 1000, 5000])(
    'reads all %i rows of a method that it does not know',
    async (total) => {
      expect(await count(method(pages(total)))).toBe(total)
    },
  )

  test('follows pages of another size', async () => {
    expect(await count(method(pages(95, 10)))).toBe(95)
  })

  test('finds the rows under the only list in the answer', async () => {
    const answer = (start: number): Answer => {
      const page = pages(70)(start)
      return { ...page, result: { things: page.result, more: {} } }
    }
    expect(await count(method(answer))).toBe(70)
  })

  test('does not believe a total that is only that of the page', async () => {
    const answer = (start: number): Answer => ({ ...pages(120)(start), total: 50 })
    expect(await count(method(answer))).toBe(120)
  })

  test('asks alone for a page that failed or was empty inside a batch', async () => {
    const failing = method((start, request) =>
      request === 2 && start === 150 ? undefined : pages(500)(start),
    )
    expect(await count(failing)).toBe(500)
    const empty = method((start, request) =>
      request === 2 && start === 150 ? { result: [] } : pages(500)(start),
    )
    expect(await count(empty)).toBe(500)
  })

  test.each<[string, (start: number, request: number) => Answer, RegExp]>([
    ['the same page again', () => ({ ...pages(50)(0), next: 50 }), /same page again/],
    ['neither total nor next', () => ({ result: rowsFrom(0, 20) }), /same page again.*20 rows/],
    [
      'fewer rows than it counts',
      () => ({ result: rowsFrom(0, 20), total: 30 }),
      /same page again.*20 of 30/,
    ],
    [
      'an end before all rows that it counts',
      (start) => ({ result: start === 0 ? rowsFrom(0, 20) : [], total: 30 }),
      /20 of 30/,
    ],
    [
      'a row a second time',
      (start) => (start === 0 ? pages(70)(0) : { result: start < 70 ? rowsFrom(49, 70) : [], total: 71 }),
      /changed/,
    ],
  ])('ends with an error on %s', async (_, answer, message) => {
    const walked = count(method(answer))
    await expect(walked).rejects.toThrow(IncompleteError)
    await expect(walked).rejects.toThrow(message)
  })
})

describe('an answer of a method that is not known', () => {
  test.each<[string, Answer]>([
    ['several lists', { result: { a: [], b: [] }, total: 5 }],
    ['no list', { result: 5, total: 5 }],
    ['a thing that holds a list', { result: { ID: '1', PHONE: [{ VALUE: '+1' }] } }],
  ])('with %s is not taken for rows', async (_, answer) => {
    const refused = await count(method(() => answer)).catch((error: unknown) => error)
    expect(refused instanceof UsageError || refused instanceof NotUnderstoodError).toBe(true)
  })
})

test('a method that is known to answer whole is asked once', async () => {
  const { portal, caller } = portalInProcess()
  const { rows } = await walk(caller, 'crm.status.list')
  expect(rows.length).toBeGreaterThan(0)
  expect(portal.stats.requests).toBe(1)
})
